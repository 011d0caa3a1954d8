
// A diagram is laid out from top to bottom where it has no room across the page: what stands in data-down is exchanged.
// Of a network, the unit or the edge that is pointed at, tapped or has the focus shows its numbers.
for (const svg of document.querySelectorAll(".gradcalc svg[data-down]:not(.fits)")) {
  // So far a diagram may be shrunk, so that its letters stay larger than 11 pixels; and what paper has room for.
  const shrunk = 0.917;
  const paper = 650;
  const view = svg.viewBox.baseVal;
  const wide = view.width;
  const all = (selector) => [...svg.querySelectorAll(selector)];
  const units = all(".unit");
  const links = all("[data-ends]");
  const named = "[data-ends][aria-label]";
  const moved = [svg, ...all("[data-down]")];
  const told = units.length && svg.closest("figure").querySelector("p:last-child");
  const hint = told.textContent;
  const attributes = { svg: ["viewBox"], path: ["d"], rect: ["width", "height"], g: [], text: [] };
  svg.classList.add("fits");

  function make(name, parent, attributes) {
    const made = parent.appendChild(document.createElementNS(svg.namespaceURI, name));
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function turn() {
    for (const part of moved) {
      const own = attributes[part.localName];
      const others = own.length > 1 ? part.dataset.down.split(" ") : [part.dataset.down];
      const place = part.getAttribute("transform");
      part.dataset.down = place?.slice(10, -1) || own.map((each) => part.getAttribute(each)).join(" ") || part.textContent;
      if (place) part.setAttribute("transform", `translate(${others})`);
      else if (own.length) own.forEach((each, i) => part.setAttribute(each, others[i]));
      else part.textContent = others[0];
    }
    svg.classList.toggle("down");
    svg.setAttribute("width", view.width);
    svg.setAttribute("height", view.height);
    for (const hit of all(".hit")) hit.setAttribute("points", points(links[hit.dataset.link]));
  }

  function fit(room) {
    if (svg.classList.contains("down") !== room < shrunk * wide) turn();
  }

  function arrange() {
    const beside = svg.closest(".beside") && matchMedia("(min-width: 66rem)").matches;
    fit(beside ? 0.46 * innerWidth : svg.closest("main").clientWidth);
    show(at(document.activeElement));
  }

  // The numbers of a network.
  const points = (link) => link.getAttribute("d").replace(/[ML]/g, " ");
  links.forEach((link, i) => {
    if (!link.matches(named)) return;
    link.tabIndex = -1;
    link.setAttribute("role", "img");
    make("polyline", link.parentNode, { class: "hit", points: points(link), "data-link": i });
  });
  const numbers = make("g", svg, { "aria-hidden": true });
  const at = (element) => (svg.contains(element) ? links[element.dataset.link] || element.closest(`.unit, ${named}`) : null);
  const ends = (link) => link.dataset.ends.split(" ").map((each) => units[each]);
  const around = (unit) => links.filter((link) => ends(link).includes(unit));
  const label = (element) => element.getAttribute("aria-label").replace(/-(?=\d|inf)/g, "−");

  // The number of an edge stands in its middle; with those of a unit at the other end, where there is none yet.
  function number(link, unit, taken) {
    const [, weight, , slope] = label(link).match(/ = (.*?)(, gradient (.*))?$/);
    const text = make("text", numbers, { class: "halo" });
    make("tspan", text, { x: 0, dy: slope ? -7.5 : 0 }).textContent = weight;
    if (slope) make("tspan", text, { x: 0, dy: 15, class: "gradient" }).textContent = `∇ ${slope}`;
    const half = text.getBBox().width / 2 + 2;
    let { x, y } = link.getPointAtLength(link.getTotalLength() / 2);
    let step = 0;
    if (unit) {
      const [source, target] = ends(link);
      const side = source === unit ? -1 : 1;
      const other = side < 0 ? target : source;
      const { e, f } = other.transform.baseVal[0].matrix;
      const { width, height } = other.querySelector("rect").getBBox();
      const down = svg.classList.contains("down");
      step = down && side * 32;
      x = down ? e : e + side * (width / 2 + 5 + half);
      y = f + height / 2 + (down && side * (height / 2 + 20));
    }
    x = Math.max(half, Math.min(view.width - half, x));
    while (step && taken.some((each) => each.y === y && Math.abs(each.x - x) < each.half + half)) y += step;
    taken.push({ x, y, half });
    text.setAttribute("transform", `translate(${x},${y})`);
  }

  function show(chosen) {
    numbers.replaceChildren();
    for (const each of all(".on")) each.classList.remove("on");
    svg.classList.toggle("chosen", Boolean(chosen));
    if (told) told.textContent = chosen ? label(chosen).replace("gradient", "∇") : hint;
    if (!chosen) return;
    const unit = units.find((each) => each === chosen);
    const taken = [];
    chosen.classList.add("on");
    for (const link of unit ? around(unit) : [chosen]) {
      link.classList.add("on");
      if (link.matches(named)) number(link, unit, taken);
    }
  }

  let home = null;
  if (units.length) {
    svg.addEventListener("pointerover", (event) => show(at(event.target) || at(document.activeElement)));
    svg.addEventListener("pointerleave", () => show(at(document.activeElement)));
    svg.addEventListener("click", (event) => at(event.target)?.focus({ preventScroll: true }));
    svg.addEventListener("focusin", (event) => show(at(event.target)));
    svg.addEventListener("focusout", () => show(null));
    svg.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const now = at(event.target);
      if (units.includes(now)) home = now;
      if (event.key === "Escape") (now === home ? now.blur() : home.focus());
      if (!by) return;
      event.preventDefault();
      const all = [home, ...around(home).filter((link) => link.matches(named))];
      all.at((all.indexOf(now) + by) % all.length).focus();
    });
  }
  addEventListener("resize", arrange);
  addEventListener("beforeprint", () => { fit(paper); show(null); });
  addEventListener("afterprint", arrange);
  arrange();
}
