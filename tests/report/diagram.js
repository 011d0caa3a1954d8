// What is wrong with the diagrams of a page as they are laid out now: texts that lie on each other, are cut or too small.
const TOUCH = 0.75;
const faults = [];
const boxOf = (element) => element.getBoundingClientRect();
const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > TOUCH
  && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > TOUCH;
const inside = (a, b) => a.left >= b.left - TOUCH && a.right <= b.right + TOUCH && a.top >= b.top - TOUCH && a.bottom <= b.bottom + TOUCH;

// Two lines of one label are two texts.
const texts = (svg) => [...svg.querySelectorAll("text")].filter((each) => each.textContent && getComputedStyle(each).display !== "none")
  .flatMap((each) => (each.children.length ? [...each.children] : [each]))
  .map((each) => ({ words: each.textContent, box: boxOf(each), size: parseFloat(getComputedStyle(each).fontSize),
    home: each.closest("g[tabindex]") }));

function look(svg, state) {
  const own = boxOf(svg), scale = own.width / svg.viewBox.baseVal.width;
  const found = texts(svg);
  const say = (what, ...which) => faults.push([svg.getAttribute("aria-label"), state, what, ...which.map((each) => each.words)]);
  found.forEach((one, i) => {
    if (!inside(one.box, own)) say("outside the picture", one);
    if (one.box.left < -TOUCH || one.box.right > window.innerWidth + TOUCH) say("outside the window", one);
    if (one.size * scale < 10.99) say(`letters of ${one.size * scale}`, one);
    for (const other of found.slice(i + 1)) if (meet(one.box, other.box)) say("on each other", one, other);
  });
  for (const rect of svg.querySelectorAll("rect")) {
    for (const one of found) {
      if (one.home?.contains(rect) ? !inside(one.box, boxOf(rect)) : meet(one.box, boxOf(rect))) say("not in its box", one);
    }
  }
  if (!inside(own, boxOf(svg.closest(".scroll")))) say("the picture is cut");
  return found.length;
}

for (const svg of document.querySelectorAll(".diagram svg[data-down]")) {
  document.activeElement.blur();
  look(svg, "printed");
  for (const unit of svg.querySelectorAll(".unit")) {
    unit.focus();
    const links = [...svg.querySelectorAll("[data-ends][aria-label]")].filter((each) => each.classList.contains("on"));
    const shown = svg.lastElementChild.querySelectorAll("text").length;
    if (shown !== links.length) faults.push([unit.getAttribute("aria-label"), "numbers are missing"]);
    look(svg, unit.getAttribute("aria-label"));
  }
}
document.activeElement.blur();
return faults;
