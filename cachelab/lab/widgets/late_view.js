// The late view: a frame view with a bar while its pictures are being drawn, and a button that ends
// that. `render` is the frame view's; `make` comes from dom.js.

const PATIENCE = 5000; // milliseconds until a stop counts as one that does not come
const ENDLESS = "still stopping: a loop that never ends stops when the kernel is restarted";

function renderLateView({ model, el }) {
  const end = render({ model, el });
  const root = el.querySelector(".cl-frame-view");
  const bar = make("progress", { class: "cl-done", "aria-label": "pictures drawn" });
  const words = make("span", { class: "cl-count", role: "status" });
  const stop = make("button", { type: "button", class: "cl-stop" }, "Stop");
  const box = make("div", { class: "cl-drawing" }, words, bar, stop);
  let slow = null; // a piece of the work that does not end can't be stopped: say what can be done
  stop.addEventListener("click", () => {
    model.set("wanted", false);
    model.save_changes();
    slow ??= setTimeout(() => { slow = "over"; tell(); }, PATIENCE);
  });
  root.querySelector(".cl-head").append(box);

  function tell() {
    const runs = model.get("running"), trouble = model.get("trouble"), short = model.get("done") < model.get("parts");
    const said = trouble || (runs ? (model.get("wanted") ? "drawing" : slow === "over" ? ENDLESS : "stopping") : short && !model.get("wanted") ? "stopped" : "");
    bar.max = model.get("parts");
    bar.value = model.get("done");
    bar.hidden = !runs;
    if (!runs && stop.getRootNode().activeElement === stop) root.focus({ preventScroll: true });
    stop.hidden = !runs;
    if (words.textContent !== said) words.textContent = said; // else it would be read out each time
    box.hidden = !said;
    root.setAttribute("aria-busy", String(runs));
  }

  tell();
  const names = ["parts", "done", "running", "wanted", "trouble"];
  for (const name of names) model.on(`change:${name}`, tell);
  return () => {
    end();
    clearTimeout(slow);
    for (const name of names) model.off(`change:${name}`, tell);
  };
}
