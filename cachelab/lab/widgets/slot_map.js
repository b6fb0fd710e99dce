// The slot map is a frame view with a line to type keys in. What is typed goes to Python, which
// sends new pictures; so the line shows only where Python answers. `render` is the frame view's.

const PAUSE = 60; // milliseconds after the last letter until the keys are sent

function renderSlotMap({ model, el }) {
  const input = make("input", { type: "text", class: "cl-typed", spellcheck: "false", "aria-label": "keys, with spaces between them" });
  const line = make("label", { class: "cl-typing" }, make("span", { class: "cl-label" }, "keys"), input);
  const inner = make("div");
  const root = make("div", { "data-lm-suppress-shortcuts": "true" }, line, inner);
  const end = render({ model, el: inner });
  let timer = null;
  line.hidden = true;
  input.value = model.get("typed");

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { model.set("typed", input.value); model.save_changes(); }, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" && event.key !== "Escape") event.stopPropagation();
  });
  const answered = () => { line.hidden = false; };
  model.on("change:answers", answered);
  el.append(root);
  model.set("asks", model.get("asks") + 1);
  model.save_changes();
  return () => {
    clearTimeout(timer);
    end();
    model.off("change:answers", answered);
  };
}
