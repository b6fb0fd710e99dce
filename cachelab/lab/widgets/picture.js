// The picture of a frame view: a backdrop, what is swapped, and above it what keeps its element and glides.

function picture(model) {
  const [width, height] = model.get("size");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("class", "cl-picture");
  // Text of 12 pixels becomes one of 10, and no smaller; then the picture is scrolled.
  svg.style.minWidth = `min(${width * 0.84}px, 170cqw)`;
  svg.style.maxWidth = `${width * 1.25}px`;
  const [back, scene, movers] = ["backdrop", "scene", "movers"].map((name) => {
    const layer = document.createElementNS(SVG, "g");
    layer.setAttribute("class", `cl-${name}`);
    svg.append(layer);
    return layer;
  });
  let behind = null;

  function glide(fresh) {
    const kept = new Map([...movers.children].map((node) => [node.dataset.key, node]));
    for (const node of fresh) {
      const old = kept.get(node.dataset.key);
      if (!old || old.tagName !== node.tagName) { arrive(node); continue; }
      kept.delete(node.dataset.key);
      old.classList.remove("cl-leaving");
      for (const { name } of [...old.attributes]) if (name !== "class" && !node.hasAttribute(name)) old.removeAttribute(name);
      for (const { name, value } of node.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
      if (old.innerHTML !== node.innerHTML) old.replaceChildren(...node.childNodes);
    }
    for (const node of kept.values()) leave(node);
  }

  function arrive(node) {
    node.classList.add("cl-arriving");
    movers.append(node);
    requestAnimationFrame(() => node.classList.remove("cl-arriving"));
  }

  function leave(node) {
    if (getComputedStyle(node).transitionDuration === "0s") return node.remove();
    node.classList.add("cl-leaving");
    setTimeout(() => node.classList.contains("cl-leaving") && node.remove(), 300);
  }

  function draw(run, shown) {
    if (behind !== run.backdrop) back.innerHTML = model.get("backdrops")[(behind = run.backdrop)];
    const parsed = document.createElementNS(SVG, "g");
    parsed.innerHTML = shown.svg;
    const fresh = [...parsed.children].filter((node) => node.dataset.key !== undefined);
    glide(fresh);
    for (const node of fresh) if (node.parentNode === parsed) node.remove();
    scene.replaceChildren(...parsed.childNodes);
    svg.setAttribute("aria-label", shown.say);
  }

  return { svg, draw, forget: () => { behind = null; } };
}

