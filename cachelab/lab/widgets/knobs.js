// The controls of a frame view; each returns its element and how to show a position. Then the question.

function slider(control, turn) {
  const input = make("input", { type: "range", min: 0, max: control.options.length - 1, class: "cl-slider", "aria-label": control.label });
  const value = make("span", { class: "cl-value" });
  value.style.minWidth = `${Math.max(...control.options.map((option) => option.length)) + 1}ch`;
  input.addEventListener("input", () => turn(Number(input.value)));
  const box = make("label", { class: "cl-control" }, make("span", { class: "cl-label" }, control.label), input, value);
  const show = (at) => {
    input.value = at;
    input.setAttribute("aria-valuetext", control.options[at]);
    fill(input);
    value.textContent = control.options[at];
  };
  return { box, show };
}

function choice(control, turn) {
  // Each view loads this text as a module of its own: a counter would begin anew in each.
  const name = `cl-choice-${Math.random().toString(36).slice(2)}`;
  const inputs = control.options.map((_, at) => {
    const input = make("input", { type: "radio", name, value: at });
    input.addEventListener("change", () => turn(at));
    return input;
  });
  const labels = inputs.map((input, at) => make("label", { class: "cl-option" }, input, control.options[at]));
  const box = make("div", { class: "cl-control", role: "radiogroup", "aria-label": control.label },
    make("span", { class: "cl-label" }, control.label), make("span", { class: "cl-options" }, ...labels));
  return { box, show: (at) => { inputs[at].checked = true; } };
}

function toggle(control, turn) {
  const button = make("button", { type: "button", role: "switch", class: "cl-switch" },
    make("span", { class: "cl-knob", "aria-hidden": "true" }), control.label);
  const value = make("span", { class: "cl-value" });
  button.addEventListener("click", () => turn(button.getAttribute("aria-checked") === "true" ? 0 : 1));
  const box = make("div", { class: "cl-control" }, button, value);
  const show = (at) => {
    button.setAttribute("aria-checked", String(at === 1));
    value.textContent = control.options[at];
  };
  return { box, show };
}

function fill(input) {
  input.style.setProperty("--done", `${Number(input.max) ? (100 * input.value) / input.max : 0}%`);
}

// What is asked before the next scene shows; only the first answer counts for the streak.
function asker(model, key, redraw) {
  const box = make("div", { class: "cl-asking-box" });
  const asks = model.get("runs").some((run) => run.scenes.some((scene) => scene.ask)); // room for it is kept
  const given = new Map(); // scene -> places of the options that were tried
  const open = (scene) => scene.ask && !(given.get(key()) ?? []).some((at) => scene.ask.right.includes(at));

  function answer(scene, at) {
    if (!open(scene) || !(at in scene.ask.options)) return;
    const tries = given.get(key()) ?? [];
    if (!tries.length) {
      model.set("streak", scene.ask.right.includes(at) ? model.get("streak") + 1 : 0);
      model.save_changes();
    }
    given.set(key(), [...tries, at]);
    redraw();
  }

  function draw(scene) {
    box.hidden = !asks;
    if (!scene.ask) return box.replaceChildren();
    const tries = given.get(key()) ?? [], right = (at) => scene.ask.right.includes(at);
    const words = !tries.length ? scene.ask.say
      : right(tries.at(-1)) ? `Right: ${scene.ask.options[tries.at(-1)]}. ${scene.ask.why}`
      : `Not ${scene.ask.options[tries.at(-1)]}. Try another, or step on to see.`;
    const buttons = scene.ask.options.map((option, at) => {
      const node = make("button", { type: "button", class: "cl-answer" }, option);
      if (tries.includes(at)) node.classList.add(right(at) ? "cl-right" : "cl-wrong");
      node.setAttribute("aria-disabled", String(!open(scene)));
      node.addEventListener("click", () => answer(scene, at));
      return node;
    });
    const streak = make("span", { class: "cl-streak" }, `streak ${model.get("streak")}`);
    streak.hidden = given.size === 0 && model.get("streak") === 0;
    const had = [...box.querySelectorAll("button")].indexOf(box.getRootNode().activeElement);
    box.replaceChildren(make("p", { class: "cl-ask", "aria-live": "polite" }, words), ...buttons, streak);
    buttons[had]?.focus();
  }

  return { box, draw, answer, open, forget: () => given.clear() };
}

