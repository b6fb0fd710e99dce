// The three forms of a lesson. All they show is in the model; Python only reads what was answered.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Text with `code` in backticks, as nodes: nothing is ever parsed as HTML.
function rich(text) {
  return text.split(/`([^`]+)`/).map((part, place) => (place % 2 ? make("code", {}, part) : part));
}

function paragraphs(text) {
  return text.split("\n\n").map((part) => make("p", {}, ...rich(part)));
}

function legend(label, question) {
  const [first, ...others] = question.split("\n\n");
  return [
    make("legend", {}, make("span", { class: "clf-kind" }, label), " ", ...rich(first)),
    ...others.map((part) => make("p", {}, ...rich(part))),
  ];
}

function radios(options) {
  const list = make("div", { class: "clf-options" });
  const rows = options.map((option, place) => {
    const input = make("input", { type: "radio", name: "choice", value: String(place) });
    const mark = make("span", { class: "clf-mark" });
    const reply = make("div", { class: "clf-reply", "aria-live": "polite" });
    const label = make("label", {}, input, make("span", { class: "clf-text" }, ...rich(option)), mark);
    const row = make("div", { class: "clf-option" }, label, reply);
    list.append(row);
    return { option, input, row, mark, reply };
  });
  return { list, rows, chosen: () => rows.find(({ input }) => input.checked)?.option };
}

// A button, and beside it the reason why it is closed.
function action(label) {
  const id = `clf-${Math.random().toString(36).slice(2)}`;
  const button = make("button", { type: "submit", "aria-describedby": id }, label);
  const hint = make("span", { class: "clf-hint", id });
  const bar = make("div", { class: "clf-bar" }, button, hint);
  return { bar, explain: (why) => { button.disabled = Boolean(why); hint.textContent = why; } };
}

// ---- one function per form: fills the page, returns how to draw the state and what to do on submit

function predict({ model, group }) {
  const content = model.get("content");
  const asked = content.options.length ? askOption(content) : askNumber(content);
  const sure = askSure(content.sure);
  const { bar, explain } = action("Commit");
  const done = make("p", { class: "clf-done", tabindex: "-1", role: "status" });
  group.append(...legend("Predict", content.question), asked.body, sure.body, bar, done);
  group.addEventListener("input", draw);

  function draw() {
    const answer = model.get("answer"), committed = answer !== null;
    asked.lock(answer);
    sure.lock(committed, model.get("sure"));
    explain(committed ? "" : asked.missing());
    bar.hidden = committed;
    done.hidden = !committed;
    const said = model.get("sure") ? `, ${model.get("sure")} % sure` : "";
    const text = committed ? `You predicted ${asked.words(answer)}${said}. Now run the next cell.` : "";
    if (done.dataset.text !== text) done.replaceChildren(...rich(text));
    done.dataset.text = text;
  }

  function submit() {
    if (model.get("answer") !== null || asked.missing()) return;
    model.set("sure", sure.value());
    model.set("answer", asked.value());
    model.save_changes();
    draw();
    done.focus(); // the button is gone, and with it the place of the keyboard
  }
  return { draw, submit };
}

// How sure, if one wants to say so; nothing is chosen beforehand, and a second click takes it back.
function askSure(steps) {
  const inputs = steps.map((step) => make("input", { type: "radio", name: "sure", value: step }));
  const labels = inputs.map((input) => make("label", {}, input, `${input.value} %`));
  const id = `clf-${Math.random().toString(36).slice(2)}`;
  const body = make("div", { class: "clf-sure", role: "radiogroup", "aria-labelledby": id });
  body.append(make("span", { id }, "How sure are you? (optional)"), ...labels);
  let before = null;
  body.addEventListener("click", ({ target }) => {
    if (!inputs.includes(target)) return;
    if (target === before) target.checked = false;
    before = target.checked ? target : null;
  });
  return {
    body,
    value: () => Number(inputs.find((input) => input.checked)?.value) || null,
    lock(committed, sure) {
      body.hidden = committed && !sure;
      for (const input of inputs) {
        input.disabled = committed;
        if (committed) input.checked = Number(input.value) === sure;
      }
    },
  };
}

function askOption({ options }) {
  const { list, rows, chosen } = radios(options);
  return {
    body: list,
    value: chosen,
    missing: () => (chosen() === undefined ? "Choose an option first." : ""),
    words: (answer) => (answer.includes(" ") ? `"${answer}"` : answer),
    lock(answer) {
      if (answer === null) return;
      for (const { option, input, row } of rows) {
        input.disabled = true;
        input.checked = option === answer;
        row.classList.toggle("clf-kept", option === answer);
      }
    },
  };
}

function askNumber({ unit, low, high, range }) {
  const input = make("input", { type: "number", step: "any", inputmode: "decimal", class: "clf-number" });
  if (low !== null) input.min = low;
  if (high !== null) input.max = high;
  const said = `a number${range.startsWith(",") ? "" : " "}${range}`.trim();
  const note = [unit, range.replace(/^, /, "")].filter(Boolean).join(", ") || "a number";
  const outside = () => (low !== null && Number(input.value) < low) || (high !== null && Number(input.value) > high);
  return {
    body: make("label", { class: "clf-asked" }, input, make("span", {}, note)),
    value: () => Number(input.value),
    missing() {
      if (input.value === "") return `Type ${said} first.`;
      return outside() ? `${input.value} is outside: type ${said}.` : "";
    },
    words: (answer) => String(answer),
    lock(answer) {
      if (answer === null) return;
      input.value = answer;
      input.disabled = true;
    },
  };
}

function explain({ model, group }) {
  const { question, answer, least } = model.get("content");
  const field = make("textarea", { rows: "3", "aria-label": "Your explanation", placeholder: "One sentence of your own" });
  const { bar, explain } = action("Show the course's answer");
  const shown = make("div", { class: "clf-answer", tabindex: "-1", role: "status" });
  group.append(...legend("Explain", question), field, bar, shown);
  field.addEventListener("input", () => { model.set("answer", field.value); draw(); });
  field.addEventListener("change", () => model.save_changes());

  const written = () => field.value.trim().length;
  function draw() {
    if (field.value !== model.get("answer")) field.value = model.get("answer");
    const opened = model.get("opened"), soFar = written() ? ` (${written()} so far)` : "";
    explain(written() < least ? `Write at least ${least} characters first${soFar}.` : "");
    bar.hidden = opened;
    shown.hidden = !opened;
    if (opened && !shown.firstChild)
      shown.append(make("p", { class: "clf-heading" }, "The course's answer"), ...paragraphs(answer));
  }

  function submit() {
    if (written() < least || model.get("opened")) return;
    model.set("opened", true);
    model.save_changes();
    draw();
    shown.focus();
  }
  return { draw, submit };
}

function quiz({ model, group }) {
  const { question, options, replies, right } = model.get("content");
  const { list, rows, chosen } = radios(options);
  const { bar, explain } = action("Check");
  group.append(...legend("Quiz", question), list, bar);
  group.addEventListener("input", draw);

  function draw() {
    const tried = model.get("answer"), choice = chosen();
    rows.forEach((row, place) => drawReply(row, replies[place], tried.includes(row.option)));
    if (choice === undefined) explain("Choose an option first.");
    else if (tried.includes(choice))
      explain(tried.includes(right) ? "Answered. The other options have replies too." : "Choose another option to try again.");
    else explain("");
  }

  function drawReply({ option, row, mark, reply }, text, tried) {
    if (!tried || reply.firstChild) return;
    const word = option === right ? "Right" : "Wrong";
    row.classList.add(option === right ? "clf-right" : "clf-wrong");
    mark.textContent = option === right ? "✓" : "✗";
    mark.setAttribute("aria-hidden", "true");
    reply.append(make("b", {}, `${word}.`), " ", ...rich(text));
  }

  function submit() {
    const choice = chosen(), tried = model.get("answer");
    if (choice === undefined || tried.includes(choice)) return;
    model.set("answer", [...tried, choice]);
    model.save_changes();
    draw();
    rows.find(({ option }) => option === choice).input.focus(); // arrow keys go on from here
  }
  return { draw, submit };
}

// ---- the widget

const FORMS = { predict, explain, quiz };

// The notebook's own keys would add, delete and re-run cells under a learner who fills in a form.
function keepKeys(root, el) {
  root.addEventListener("keydown", (event) => {
    const saving = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";
    if (saving) return;
    event.stopPropagation();
    if (event.key === "Escape") el.closest(".jp-Cell, .cell")?.focus();
    if (event.key === "Enter" && event.shiftKey && event.target.matches("textarea")) event.preventDefault();
  });
}

function render({ model, el }) {
  const group = make("fieldset");
  const root = make("form", { class: "cl-form", autocomplete: "off", novalidate: "" }, group);
  const { draw, submit } = FORMS[model.get("kind")]({ model, group });
  root.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  keepKeys(root, el);
  el.append(root);
  draw();
  model.on("change:answer", draw);
  model.on("change:opened", draw);
  return () => {
    model.off("change:answer", draw);
    model.off("change:opened", draw);
  };
}

export default { render };
