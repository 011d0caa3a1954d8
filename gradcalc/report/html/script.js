
"use strict";
// Lights up a quantity, where it comes from (its rule's names, and fainter those of their rules) and where it is used;
// the arrow keys step through.
for (const page of document.querySelectorAll(".gradcalc:not([data-started])")) {
  page.dataset.started = "yes";
  // In pixels of 1/96 inch: type of 10.5pt, and what A4 and Letter have room for behind a label.
  const printedSize = 14;
  const printedWidth = 590;
  const steps = [...page.querySelectorAll(".quantity")];
  const controls = page.querySelector(".steps");
  const said = page.querySelector(".said");
  const marks = ["is-origin", "is-source", "is-use", "is-now"];
  const sources = new Map();
  const places = new Map();
  let current = -1;

  const words = (text) => (text || "").split(" ").filter(Boolean);
  const add = (map, key, value) => map.set(key, (map.get(key) || new Set()).add(value));
  for (const step of steps) {
    for (const name of words(step.dataset.uses)) add(sources, step.dataset.name, name);
  }
  for (const element of page.querySelectorAll("[data-name]")) {
    for (const name of words(element.dataset.name)) add(places, name, element);
  }

  function mark(name, kind) {
    for (const element of places.get(name) || []) {
      // Within the equation of another quantity only its name lights up, not the equation.
      element.classList.remove(...marks);
      element.classList.add(kind);
    }
  }

  function light(name) {
    for (const element of page.querySelectorAll(marks.map((each) => `.${each}`).join())) element.classList.remove(...marks);
    if (!name) return;
    // What is nearer comes later, and so prevails where one element shows two quantities.
    const near = [...(sources.get(name) || [])];
    for (const origin of near.flatMap((each) => [...(sources.get(each) || [])])) mark(origin, "is-origin");
    for (const [target, names] of sources) if (names.has(name)) mark(target, "is-use");
    for (const source of near) mark(source, "is-source");
    mark(name, "is-now");
  }

  const first = (element) => words(element?.dataset.name)[0];
  const settled = () => first(page.contains(document.activeElement) ? document.activeElement.closest("[data-name]")
    : null) || first(steps[current]);

  function go(index) {
    if (!steps.length) return;
    current = Math.max(0, Math.min(steps.length - 1, index));
    const step = steps[current];
    step.focus({ preventScroll: true });
    step.scrollIntoView({ block: "nearest" });
    light(first(step));
    const section = step.closest("section")?.querySelector("h2")?.textContent;
    said.textContent = `${current + 1} of ${steps.length}${section ? `, ${section}` : ""}: ${step.getAttribute("aria-label")}`;
  }

  page.addEventListener("pointerover", (event) => {
    const over = event.target.closest("[data-name]");
    light(over ? first(over) : settled());
  });
  page.addEventListener("pointerleave", () => light(settled()));
  page.addEventListener("focusin", (event) => {
    const element = event.target.closest("[data-name]");
    if (!element) return;
    if (steps.includes(element)) current = steps.indexOf(element);
    light(first(element));
  });
  page.addEventListener("focusout", (event) => {
    if (!page.contains(event.relatedTarget)) light(first(steps[current]));
  });
  page.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (button) return go(current + Number(button.dataset.step));
    const name = first(event.target.closest("[data-name]"));
    if (!name || String(window.getSelection())) return undefined;
    const index = steps.findIndex((step) => step.dataset.name === name);
    return index < 0 ? undefined : go(index);
  });
  const keys = page.tagName === "BODY" ? document : page;
  keys.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || !controls || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, textarea, select, .wide, .scroll[tabindex]:focus")) return;
    event.preventDefault();
    go(current + by);
  });
  if (controls && steps.length) controls.hidden = false;

  // A number at the edge of what can be scrolled isn't taken for a shorter one: it fades out.
  const scrolled = page.querySelectorAll(".form, .way, .wide, .given .quantity");
  const fade = () => {
    for (const box of scrolled) {
      box.classList.toggle("goes-on", box.scrollWidth - box.clientWidth - box.scrollLeft > 2);
    }
  };
  page.addEventListener("scroll", fade, true);
  page.addEventListener("toggle", fade, true);
  window.addEventListener("resize", fade);
  fade();

  // What is too wide for paper is printed smaller.
  window.addEventListener("beforeprint", () => {
    for (const form of page.querySelectorAll(".form, .way, .given .quantity")) {
      const widths = [...form.querySelectorAll("math")].map((math) => math.getBoundingClientRect().width);
      if (!widths.length) continue;
      const size = parseFloat(getComputedStyle(form.querySelector("math")).fontSize);
      const printed = Math.max(...widths) / size * printedSize;
      form.style.setProperty("--shrink", Math.min(1, printedWidth / printed));
    }
  });
}
