// The lanes of a cache as rows of boxes. A key keeps its box from frame to frame, so that it slides.

const GAP = 8, BOX = 40, CAPTION = 20, SPACE = 6;

function stage(model, choose) {
  const lanes = [...model.get("lanes"), { name: "evicted", slots: mostVictims(model), tray: true }];
  const area = make("div", { class: "cl-stage" });
  const longest = Math.max(1, ...[...model.get("lines")].flatMap((f) => Object.values(f.lanes).flat().map((k) => k.length)));
  const width = Math.max(46, longest * 9 + 22);
  const labels = Math.max(...lanes.map((lane) => lane.name.length)) * 7.6 + 20;
  const drawn = new Map(), nodes = [], leaving = new Set();
  const ends = model.get("frames")[0].ends ?? {};
  const most = Math.max(...lanes.map((lane) => lane.slots));
  area.style.setProperty("min-width", `min(${labels + most * (width + GAP)}px, 55cqw)`);
  let columns = 0;

  for (const lane of lanes) {
    const row = make("div", { class: "cl-lane", "data-lane": lane.name });
    row.classList.toggle("cl-tray", Boolean(lane.tray));
    row.append(make("span", { class: "cl-name" }, lane.name), make("span", { class: "cl-end" }, "next out"));
    const empty = Array.from({ length: lane.slots }, () => make("span", { class: "cl-slot" }));
    row.append(...empty);
    area.append(row);
    drawn.set(lane.name, { row, empty, lane });
  }

  const spot = (name, place) => {
    const { top } = drawn.get(name);
    return [labels + (place % columns) * (width + GAP), top + Math.floor(place / columns) * (BOX + GAP)];
  };
  const move = (node, [x, y]) => { node.style.transform = `translate(${x}px, ${y}px)`; };

  function lay() {
    const room = area.clientWidth || 640;
    columns = Math.max(1, Math.floor((room - labels + GAP) / (width + GAP)));
    let top = 0;
    for (const entry of drawn.values()) {
      entry.top = top + (entry.lane.name in ends ? CAPTION : SPACE);
      entry.row.style.transform = `translateY(${entry.top}px)`;
      entry.empty.forEach((slot, place) => {
        move(slot, [labels + (place % columns) * (width + GAP), Math.floor(place / columns) * (BOX + GAP)]);
        slot.style.width = `${width}px`;
      });
      top = entry.top + Math.ceil(entry.lane.slots / columns) * (BOX + GAP);
    }
    area.style.height = `${top}px`;
  }

  function enter(key, name, place) {
    const node = make("button", { type: "button", class: "cl-key", "data-key": key });
    node.append(make("span", { class: "cl-text" }, key), make("span", { class: "cl-note" }));
    node.style.width = `${width}px`;
    node.addEventListener("click", () => choose(key));
    const [x, y] = spot(name, place);
    node.classList.add("cl-arriving");
    move(node, [x + 28, y]);
    area.append(node);
    void node.offsetWidth; // so that the move that follows is animated
    node.classList.remove("cl-arriving");
    return node;
  }

  function leave(entry) {
    nodes.splice(nodes.indexOf(entry), 1);
    entry.node.classList.add("cl-leaving");
    entry.node.removeAttribute("data-key");
    entry.node.blur();
    entry.node.inert = true;
    leaving.add(setTimeout(() => entry.node.remove(), 350));
  }

  // A key that moves keeps its box: first the box in the same lane, then one from anywhere.
  function draw(frame, asking) {
    const wanted = lanes.flatMap(({ name, tray }) =>
      (tray ? frame.victims : frame.lanes[name] ?? []).map((key, place) => ({ key, name, place })));
    const free = new Set(nodes);
    const take = (want, test) => {
      const found = [...free].find((entry) => entry.key === want.key && test(entry));
      if (found) { free.delete(found); want.entry = found; }
    };
    for (const want of wanted) take(want, (entry) => entry.name === want.name);
    for (const want of wanted) if (!want.entry) take(want, () => true);
    for (const entry of free) leave(entry);
    for (const want of wanted) {
      if (!want.entry) nodes.push(want.entry = { key: want.key, node: enter(want.key, want.name, want.place) });
      want.entry.name = want.name;
      move(want.entry.node, spot(want.name, want.place));
      dress(want, frame, asking);
    }
    for (const [name, entry] of drawn) drawEnd(name, entry, frame, asking);
    if (asking) sort(wanted.map((want) => want.entry.node));
  }

  // The tab order follows the picture. A box that is in its place stays, or it would lose the focus.
  function sort(order) {
    const now = [...area.children].filter((node) => order.includes(node));
    if (now.some((node, place) => node !== order[place])) area.append(...order);
  }

  function dress({ entry, key, name, place }, frame, asking) {
    const { node } = entry, note = frame.notes?.[name]?.[key];
    const tray = name === "evicted";
    node.className = "cl-key";
    node.classList.toggle("cl-lookup", Boolean(drawn.get(name).lane.index));
    node.classList.toggle("cl-current", key === frame.key && !tray);
    node.classList.toggle("cl-victim", tray);
    node.lastChild.textContent = note ?? "";
    node.setAttribute("aria-label", tray ? `${key}, evicted` : `${key}, ${name} ${place + 1}` + (note === undefined ? "" : `, ${note}`));
    const open = asking && !tray;
    node.tabIndex = open ? 0 : -1;
    node.setAttribute("aria-disabled", String(!open));
  }

  function drawEnd(name, { row, lane }, frame, asking) {
    const end = frame.ends?.[name], keys = frame.lanes[name] ?? [];
    const mark = row.querySelector(".cl-end");
    row.classList.toggle("cl-absent", !lane.tray && !(name in frame.lanes));
    mark.hidden = !end || !keys.length || asking;
    if (mark.hidden) return;
    const [x, y] = spot(name, end === "left" ? 0 : keys.length - 1);
    mark.style.transform = `translate(${x}px, ${y - drawn.get(name).top - 18}px)`;
    mark.style.width = `${width}px`;
  }

  function mark(key, verdict) {
    for (const entry of nodes) if (entry.key === key) entry.node.classList.add(verdict);
  }

  return { area, lay, draw, mark, stop: () => leaving.forEach(clearTimeout) };
}

function mostVictims(model) {
  return Math.max(1, ...model.get("frames").map((frame) => frame.victims.length));
}
