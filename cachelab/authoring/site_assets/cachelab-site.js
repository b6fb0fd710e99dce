// Brings the views of a page to life without a kernel: each is an ES module over a plain state.

function modelOf(state) {
  const heard = new Map();
  const at = (name) => heard.get(name) ?? heard.set(name, []).get(name);
  return {
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      for (const act of [...at(`change:${name}`), ...at("change")]) act();
    },
    on: (name, act) => at(name).push(act),
    off: (name, act) => heard.set(name, act ? at(name).filter((other) => other !== act) : []),
    save_changes() {}, // there is nobody to tell
    send() {},
  };
}

async function enliven(island) {
  const state = JSON.parse(island.querySelector("script").textContent);
  const { module, style } = island.dataset;
  const place = document.createElement("div");
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = new URL(style, import.meta.url);
  document.head.append(sheet);
  const view = (await import(new URL(module, import.meta.url))).default;
  await view.render({ model: modelOf(state), el: place });
  island.replaceChildren(place); // only now: a view that fails leaves its still picture
  island.dataset.alive = "true";
}

for (const island of document.querySelectorAll(".cachelab-island")) {
  enliven(island).catch((error) => console.error(error));
}

// What the theme leaves out: headings have a level, and what scrolls can be scrolled with keys.
for (const node of document.querySelectorAll("p.caption[role=heading]")) node.ariaLevel = "2";
for (const node of document.querySelectorAll("pre, .cachelab-figure")) node.tabIndex = 0;
// Its name of a folded cell is not what stands there.
for (const node of document.querySelectorAll("details.hide > summary")) node.removeAttribute("aria-label");
