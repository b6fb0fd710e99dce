// The frame view: shows the run that the controls select, scene by scene; all was drawn in Python.
// What it is built from stands before this file: dom.js, picture.js and knobs.js.

const QUIET = 350; // milliseconds without a change until a scene is spoken

function render({ model, el }) {
  const controls = model.get("controls"), runs = () => model.get("runs");
  const stepped = runs().some((run) => run.scenes.length > 1);
  const main = controls.findIndex((control) => control.kind === "slider"); // what the arrows turn if there are no steps
  const root = make("div", {
    class: "cl-card cl-frame-view", tabindex: "0", role: "group", "data-lm-suppress-shortcuts": "true",
    "aria-label": `${model.get("title")}; arrow keys step, space plays, R resets`,
  });
  root.classList.toggle("cl-still", !model.get("motion"));
  const start = controls.map((control) => control.start);
  let timer = null, speaking = null, printing = false;

  const run = () => runs()[model.get("position").reduce((place, digit, at) => place * controls[at].options.length + digit, 0)];
  const at = () => Math.min(model.get("step"), run().scenes.length - 1);
  const here = () => run().scenes[at()];
  const last = () => (stepped ? run().scenes.length : main < 0 ? 1 : controls[main].options.length) - 1;
  const now = () => (stepped ? at() : main < 0 ? 0 : model.get("position")[main]);
  const set = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };
  const turn = (place, digit) => {
    const digits = model.get("position");
    if (digits[place] !== digit) set({ position: digits.with(place, digit) });
  };
  const go = (to) => {
    const inside = Math.max(0, Math.min(to, last()));
    if (stepped) { if (inside !== model.get("step")) set({ step: inside }); } else if (main >= 0) turn(main, inside);
  };
  const by = (change) => { stop(); go(now() + change); };

  const stage = picture(model);
  const say = make("p", { class: "cl-say" });
  const saying = make("div", { class: "cl-saying" }, say);
  const spoken = make("div", { class: "cl-spoken", role: "status", "aria-live": "polite" });
  const asking = asker(model, () => `${model.get("position")}/${at()}`, draw);
  const makers = { slider, choice, switch: toggle };
  const knobs = controls.map((control, place) => {
    const knob = makers[control.kind](control, (digit) => { stop(); turn(place, digit); });
    knob.box.dataset.name = control.name;
    return knob;
  });

  const back = button("back", "Back", "Back (left arrow)", () => by(-1));
  const play = button("play", "Play", "Play or pause (space)", playOrPause);
  const next = button("next", "Next", "Next (right arrow)", () => by(1));
  const again = button("reset", "Reset", "Reset (R)", reset);
  const steps = make("input", { class: "cl-slider cl-step", type: "range", min: "0", "aria-label": "step" });
  const count = make("span", { class: "cl-count" });
  steps.addEventListener("input", () => { stop(); go(Number(steps.value)); });
  for (const node of [steps, count]) node.hidden = !stepped;
  for (const node of [back, play, next]) node.hidden = !stepped && main < 0;
  again.hidden = !stepped && !controls.length;
  const bar = make("div", { class: "cl-bar" }, back, play, next, steps, count, again);
  const panel = make("div", { class: "cl-controls" }, ...knobs.map((knob) => knob.box));
  panel.hidden = !controls.length;

  const told = make("ol", { tabindex: "0", "aria-label": "steps so far" }), log = make("details", { class: "cl-log" }, make("summary", {}, "Steps so far"), told);
  log.hidden = !stepped;
  const rows = make("div", { class: "cl-rows", tabindex: "0", role: "region", "aria-label": "table" });
  const table = make("details", { class: "cl-table" }, make("summary", {}, "The table behind it"), rows);
  const more = make("p", { class: "cl-more" }, "Further rows come with the steps.");
  log.addEventListener("toggle", drawLog);
  table.addEventListener("toggle", drawTable);
  root.append(make("div", { class: "cl-head" }, make("b", { class: "cl-title" }, model.get("title"))),
    make("div", { class: "cl-scroll" }, stage.svg), saying, spoken, asking.box, panel, bar, log, table);

  function reset() {
    stop();
    asking.forget();
    set({ position: start, step: model.get("opening"), streak: 0 });
    draw();
  }

  function playOrPause() {
    if (timer !== null) return stop();
    if (now() >= last()) go(0);
    showPlaying(true);
    timer = setInterval(() => {
      if (asking.open(here())) return stop();
      go(now() + 1);
      if (now() >= last()) stop();
    }, model.get("pace"));
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    showPlaying(false);
  }

  function showPlaying(on) {
    if (play.dataset.on === String(on)) return;
    play.dataset.on = on;
    play.replaceChildren(icon(on ? "pause" : "play"));
    play.setAttribute("aria-label", on ? "Pause" : "Play");
  }

  function draw() {
    const scene = here();
    stage.draw(run(), scene);
    say.textContent = scene.say;
    clearTimeout(speaking); // a drag passes many scenes: only the one it stops at is spoken
    speaking = setTimeout(() => { spoken.textContent = scene.say; }, QUIET);
    knobs.forEach((knob, place) => knob.show(model.get("position")[place]));
    asking.draw(scene);
    steps.max = last();
    steps.value = now();
    const first = model.get("first") ?? 0;
    steps.setAttribute("aria-valuetext", `${now() + first} of ${last() + first}`);
    fill(steps);
    count.textContent = `${now() + first} / ${last() + first}`;
    // Not `disabled`: a disabled button that has the focus swallows the arrow keys.
    back.setAttribute("aria-disabled", String(now() === 0));
    next.setAttribute("aria-disabled", String(now() === last()));
    drawLog();
    drawTable();
  }

  // Room for the longest sentence before the last scene, so that no button moves from under a pointer.
  function makeRoom() {
    const says = runs().flatMap(({ scenes }) => (scenes.length > 1 ? scenes.slice(0, -1) : scenes)).map((scene) => scene.say);
    saying.dataset.room = says.reduce((long, one) => (one.length > long.length ? one : long), "");
  }

  function drawLog() {
    if (!log.open) return;
    told.replaceChildren(...run().scenes.slice(0, at() + 1).map((scene) => make("li", {}, scene.say)));
  }

  function drawTable() {
    const cells = model.get("tables")[run().table];
    table.hidden = cells.length === 0;
    if (table.hidden || !(table.open || printing)) return;
    if (rows.dataset.table !== String(run().table)) {
      rows.dataset.table = run().table;
      const line = (tag, words) => make("tr", {}, ...words.map((word) => make(tag, tag === "th" ? { scope: "col" } : {}, word)));
      rows.replaceChildren(make("table", {}, make("thead", {}, line("th", cells[0])), make("tbody", {}, ...cells.slice(1).map((row) => line("td", row)))), more);
    }
    // Where a question waits, rows of scenes to come would answer it.
    const scenes = run().scenes, reached = scenes.slice(0, at() + 1).map((scene) => scene.row ?? -1);
    more.hidden = true;
    const grows = !printing && scenes.some((scene) => scene.ask) && scenes.some((scene) => (scene.row ?? -1) >= 0);
    [...rows.querySelectorAll("tbody tr")].forEach((row, place) => {
      row.hidden = grows && place > Math.max(...reached);
      if (row.hidden) more.hidden = false;
      row.classList.toggle("cl-here", place === here().row);
      if (place === here().row) rows.scrollTop = Math.max(0, row.offsetTop - rows.clientHeight / 2);
    });
  }

  // What the picture offers under the pointer: a position of a control, a step, an answer.
  function touch(event) {
    const node = root.getRootNode().elementFromPoint(event.clientX, event.clientY)?.closest("[data-set], [data-answer]");
    if (!node || !stage.svg.contains(node)) return;
    if (node.dataset.answer !== undefined) return event.type === "pointerdown" && (stop(), asking.answer(here(), Number(node.dataset.answer)));
    const [name, digit] = node.dataset.set.split("=");
    stop();
    if (name === "step") return go(Number(digit));
    const place = controls.findIndex((control) => control.name === name);
    if (place >= 0) turn(place, Number(digit));
  }

  // A thing that is dragged over rows: each row has its position of a control, as the drag began.
  let carried = null;
  const pick = (event) => {
    const node = event.target.closest?.("[data-drops]");
    if (!node) return null;
    const [name, top, pitch, ...targets] = node.dataset.drops.split(" ");
    const place = controls.findIndex((control) => control.name === name);
    return place < 0 ? null : { place, top: Number(top), pitch: Number(pitch), targets: targets.map(Number) };
  };
  const carry = (event) => {
    const { y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(stage.svg.getScreenCTM().inverse());
    const row = Math.round((y - carried.top) / carried.pitch);
    stop();
    turn(carried.place, carried.targets[Math.max(0, Math.min(row, carried.targets.length - 1))]);
  };

  stage.svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    root.focus({ preventScroll: true });
    event.preventDefault();
    root.classList.add("cl-dragging");
    stage.svg.setPointerCapture(event.pointerId);
    carried = pick(event);
    if (!carried) touch(event);
  });
  stage.svg.addEventListener("pointermove", (event) => {
    if (root.classList.contains("cl-dragging")) (carried ? carry : touch)(event);
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    stage.svg.addEventListener(kind, () => { root.classList.remove("cl-dragging"); carried = null; });
  }

  keepKeys(root, (event) => {
    const own = event.target.matches("input:not(.cl-step), .cl-rows, ol"); // these use the arrows themselves
    const pressed = event.target.closest("button, summary");
    if (/^[1-9]$/.test(event.key) && here().ask) return () => asking.answer(here(), Number(event.key) - 1);
    if (event.key === "r" || event.key === "R") return reset;
    if (event.key === " ") return pressed || event.target.type === "radio" ? null : playOrPause;
    if (own) return null;
    return { ArrowRight: () => by(1), ArrowLeft: () => by(-1), Home: () => by(-Infinity), End: () => by(Infinity) }[event.key];
  });

  el.append(root);
  makeRoom();
  showPlaying(false);
  draw();
  const redraw = () => draw();
  const print = () => { printing = true; drawTable(); printing = false; };
  addEventListener("beforeprint", print);
  const renew = () => { stage.forget(); delete rows.dataset.table; makeRoom(); draw(); };
  for (const name of ["step", "position"]) model.on(`change:${name}`, redraw);
  model.on("change:runs", renew); // new pictures from Python
  return () => {
    stop();
    clearTimeout(speaking);
    removeEventListener("beforeprint", print);
    for (const name of ["step", "position"]) model.off(`change:${name}`, redraw);
    model.off("change:runs", renew);
  };
}
