// The dashboard: shows the one picture that Python last sent, and a button that stops the work.
// `make` and `keepKeys` come from dom.js, `picture` from picture.js, which stand before this file.

function renderDashboard({ model, el }) {
  const stage = picture(model);
  const say = make("p", { class: "cl-say" });
  const state = make("span", { class: "cl-count", role: "status" });
  const stop = make("button", { type: "button", class: "cl-stop" }, "Stop");
  const rows = make("tbody"), table = make("details", { class: "cl-table" },
    make("summary", {}, "The table behind it"), make("div", { class: "cl-rows" }, make("table", {}, rows)));
  const root = make("div", {
    class: "cl-card cl-frame-view cl-dashboard", tabindex: "0", role: "group", "data-lm-suppress-shortcuts": "true",
    "aria-label": `${model.get("title")}; S stops it`,
  }, make("div", { class: "cl-head" }, make("b", { class: "cl-title" }, model.get("title")), state),
    make("div", { class: "cl-scroll" }, stage.svg), say, make("div", { class: "cl-bar" }, stop), table);
  root.classList.toggle("cl-still", !model.get("motion"));
  const halt = () => { model.set("wanted", false); model.save_changes(); };
  stop.addEventListener("click", halt);
  keepKeys(root, (event) => (event.key === "s" || event.key === "S" ? halt : null));

  function draw() {
    const live = model.get("live");
    stage.draw({ backdrop: 0 }, live);
    say.textContent = live.say;
    if (table.open || !rows.childElementCount) {
      rows.replaceChildren(...live.table.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell)))));
    }
    const runs = model.get("running");
    if (state.textContent !== (runs ? "live" : "stopped")) state.textContent = runs ? "live" : "stopped";
    stop.hidden = !runs;
  }

  el.append(root);
  draw();
  for (const name of ["live", "running"]) model.on(`change:${name}`, draw);
  return () => { for (const name of ["live", "running"]) model.off(`change:${name}`, draw); };
}
