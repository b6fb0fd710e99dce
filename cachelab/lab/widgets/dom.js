// What every view is built with: elements, buttons with icons, and keys that stay in the view.

const ICONS = {
  first: "M2 3h2v10H2zM9 3.6 4.9 8 9 12.4V9h5V7H9z",
  back: "M7.5 3 2.5 8l5 5V9H14V7H7.5z",
  play: "M4 3l9 5-9 5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  next: "M8.5 3l5 5-5 5V9H2V7h6.5z",
  reset: "M8 2.5a5.5 5.5 0 1 1-5.2 3.7l1.7.6A3.7 3.7 0 1 0 8 4.3V7L3.8 3.5 8 0z",
};
const SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  picture.append(path);
  return picture;
}

function button(name, label, title, act) {
  const node = make("button", { type: "button", class: `cl-${name}`, "aria-label": label, title });
  node.append(icon(name));
  node.addEventListener("click", act);
  return node;
}

// The notebook's own shortcuts would add and delete cells: keys stay inside, but for those that lead
// out of the view or belong to the browser. `acts` returns what a key does, if anything.
function keepKeys(root, acts) {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter")) return;
    if (event.key === "Tab" || event.key === "Escape") return;
    event.stopPropagation();
    const act = acts(event);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
