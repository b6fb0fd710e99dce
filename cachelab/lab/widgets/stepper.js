// The stepper: draws frames[step] and nothing else; what happened was found out in Python, once.
// `make`, `button` and `keepKeys` come from dom.js, `stage` from stage.js; both stand before this file.

const PAUSE = { requests: 1100, lines: 750 };

// ---- the parts of the page; each returns its elements and how to draw a frame into them

function requestStrip(model) {
  const list = make("ol", { class: "cl-requests", "aria-label": "requests" });
  const items = model.get("requests").map((label) => {
    const item = make("li", { class: "cl-request" }, make("b", {}, label), make("i"));
    list.append(item);
    return item;
  });
  const results = model.get("frames");
  function draw(frame) {
    const done = frame.running ? frame.request - 1 : frame.request;
    items.forEach((item, place) => {
      const seen = place < done ? results[place + 1] : null;
      item.lastChild.textContent = seen?.result ?? "";
      item.className = `cl-request ${seen ? "cl-was-" + seen.phase : "cl-to-come"}`;
      const now = place === frame.request - 1;
      item.classList.toggle("cl-now", now);
      if (now) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
  }
  return { list, draw };
}

function codePanel(model) {
  const panel = make("pre", { class: "cl-listing", tabindex: "-1" });
  const rows = model.get("code").map((text) => {
    const row = make("span", { class: "cl-row" }, text + "\n");
    panel.append(row);
    return row;
  });
  const box = make("details", { class: "cl-code" }, make("summary", {}, "The code that runs"), panel);
  box.hidden = rows.length === 0;
  function draw(frame) {
    rows.forEach((row, place) => {
      const ran = frame.lines.includes(place);
      row.classList.toggle("cl-ran", ran);
      row.classList.toggle("cl-line", ran && Boolean(frame.running));
      row.toggleAttribute("aria-current", row.classList.contains("cl-line"));
    });
    const row = rows[frame.lines[0]];
    if (!row || !box.open) return;
    const top = row.offsetTop, shown = top - panel.scrollTop;
    if (shown < 0 || shown > panel.clientHeight - 40) panel.scrollTop = Math.max(0, top - panel.clientHeight / 3);
  }
  return { box, draw };
}

// ---- the view

function render({ model, el }) {
  const root = make("div", {
    class: "cl-card cl-stepper", tabindex: "0", role: "group", "data-lm-suppress-shortcuts": "true",
    "aria-label": `${model.get("title")} step by step; arrow keys step, space plays, R goes back to the start`,
  });
  root.classList.toggle("cl-still", !model.get("motion"));
  const calm = () => !model.get("motion") || matchMedia("(prefers-reduced-motion: reduce)").matches;
  const answered = new Set(); // only the first guess at a request counts
  let timer = null, tries = { step: -1, keys: [] };

  const zoom = () => model.get("zoom");
  const frames = () => (zoom() === "lines" ? model.get("lines") : model.get("frames"));
  const here = () => frames()[Math.min(model.get("step"), frames().length - 1)];
  const set = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };
  const go = (step) => {
    const inside = Math.max(0, Math.min(step, frames().length - 1));
    if (inside !== model.get("step")) set({ step: inside });
  };
  const by = (change) => { stop(); go(model.get("step") + change); };

  const score = make("span", { class: "cl-score" }), streak = make("span", { class: "cl-streak" });
  const head = make("div", { class: "cl-head" },
    make("span", { class: "cl-title" }, make("b", {}, model.get("title")), ` capacity ${model.get("capacity")}`), score, streak);
  const strip = requestStrip(model), listing = codePanel(model), picture = stage(model, choose);
  const say = make("output", { class: "cl-say", "aria-live": "polite" });
  const ask = make("p", { class: "cl-ask", "aria-live": "polite" });
  const numbers = make("p", { class: "cl-numbers" });

  const first = button("first", "First step", "First step (Home)", () => by(-Infinity));
  const back = button("back", "Back", "Back (left arrow)", () => by(-1));
  const play = button("play", "Play", "Play or pause (space)", toggle);
  const next = button("next", "Next", "Next (right arrow)", () => by(1));
  const slider = make("input", { class: "cl-slider", type: "range", min: "0", "aria-label": "step" });
  const count = make("span", { class: "cl-count" });
  const zooms = make("button", { type: "button", class: "cl-zoom", title: "One step per request, or per line that runs" });
  slider.addEventListener("input", () => { stop(); go(Number(slider.value)); });
  zooms.addEventListener("click", changeZoom);
  next.prepend("Next");
  const bar = make("div", { class: "cl-bar" }, first, back, play, next, slider, count, zooms);
  root.append(head, strip.list, make("div", { class: "cl-body" }, make("div", { class: "cl-view" }, picture.area, numbers, say, ask), listing.box), bar);

  function choose(key) {
    const frame = here(), step = model.get("step");
    if (!frame.ask) return;
    stop();
    tries = { step, keys: [...(tries.step === step ? tries.keys : []), key] };
    if (!answered.has(frame.request)) {
      answered.add(frame.request);
      set({ streak: frame.ask.keys.includes(key) ? model.get("streak") + 1 : 0 });
    }
    draw();
  }

  function drawQuestion(frame) {
    const guesses = frame.ask && tries.step === model.get("step") ? tries.keys : [];
    const right = (key) => frame.ask.keys.includes(key), last = guesses.at(-1);
    for (const key of guesses) picture.mark(key, right(key) ? "cl-right" : "cl-wrong");
    ask.className = "cl-ask" + (last === undefined ? "" : right(last) ? " cl-right" : " cl-wrong");
    ask.textContent = last === undefined ? frame.ask?.say ?? ""
      : right(last) ? `Right: ${last} goes. Step on to see it.`
      : `Wrong: ${last} stays. Try another key, or step on to see.`;
  }

  function changeZoom() {
    stop();
    const { request } = here(), lines = zoom() === "requests";
    const all = model.get("lines");
    const step = lines ? all.findLastIndex((frame) => frame.request === request) : request;
    set({ zoom: lines ? "lines" : "requests", step });
  }

  function toggle() {
    if (timer !== null) return stop();
    if (model.get("step") >= frames().length - 1) go(0);
    showPlaying(true);
    timer = setInterval(() => {
      go(model.get("step") + 1);
      if (model.get("step") >= frames().length - 1) stop();
    }, PAUSE[zoom()]);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    showPlaying(false);
  }

  function showPlaying(on) {
    play.replaceChildren(icon(on ? "pause" : "play"));
    play.setAttribute("aria-label", on ? "Pause" : "Play");
  }

  function draw() {
    const frame = here(), asking = Boolean(frame.ask), page = root.getRootNode();
    const focused = root.contains(page.activeElement);
    root.classList.toggle("cl-asking", asking);
    root.classList.toggle("cl-lines", zoom() === "lines");
    strip.draw(frame);
    picture.draw(frame, asking);
    listing.draw(frame);
    if (say.textContent !== frame.say) say.textContent = frame.say;
    say.className = `cl-say cl-was-${frame.phase}`;
    drawQuestion(frame);
    numbers.textContent = Object.entries(frame.numbers ?? {}).map(([name, n]) => `${name} = ${n}`).join(", ");
    drawScore(frame);
    drawBar();
    // A box that went away may have had the focus: the keys must still step.
    if (focused && !root.contains(page.activeElement)) root.focus({ preventScroll: true });
  }

  function drawScore({ hits, misses }) {
    const ratio = hits + misses ? (hits / (hits + misses)).toFixed(2) : "-";
    score.replaceChildren(...[["hits", hits], ["misses", misses], ["hit ratio", ratio]]
      .map(([name, n]) => make("span", {}, `${name} `, make("b", {}, String(n)))));
    streak.textContent = `streak ${model.get("streak")}`;
    streak.hidden = answered.size === 0 && model.get("streak") === 0;
  }

  function drawBar() {
    const step = model.get("step"), last = frames().length - 1;
    slider.max = last;
    slider.value = step;
    slider.setAttribute("aria-valuetext", `${step} of ${last}`);
    count.textContent = `${step} / ${last}`;
    slider.style.setProperty("--done", `${last ? (100 * step) / last : 0}%`);
    // Not `disabled`: a disabled button that has the focus swallows the arrow keys.
    for (const node of [first, back]) node.setAttribute("aria-disabled", String(step === 0));
    next.setAttribute("aria-disabled", String(step === last));
    zooms.textContent = zoom() === "requests" ? "Line by line" : "Request by request";
    zooms.hidden = model.get("lines").length === model.get("frames").length;
  }

  keepKeys(root, (event) => ({
    ArrowRight: () => by(1), ArrowLeft: () => by(-1), Home: () => by(-Infinity), End: () => by(Infinity),
    r: () => by(-Infinity), R: () => by(-Infinity),
    " ": event.target.closest("button, summary") ? null : toggle,
  })[event.key]);

  const observer = new ResizeObserver(() => { picture.lay(); draw(); });
  const redraw = () => draw();
  const rezoom = () => { listing.box.open = zoom() === "lines"; draw(); };
  const restreak = () => drawScore(here());
  el.append(root);
  listing.box.open = zoom() === "lines";
  picture.lay();
  draw();
  observer.observe(picture.area);
  model.on("change:step", redraw);
  model.on("change:zoom", rezoom);
  model.on("change:streak", restreak);
  return () => {
    stop();
    picture.stop();
    observer.disconnect();
    model.off("change:step", redraw);
    model.off("change:zoom", rezoom);
    model.off("change:streak", restreak);
  };
}
