
"use strict";
// Lights up a quantity, where it comes from (its rule's names, and fainter those of their rules) and where it is used;
// the arrow keys step through.
for (const page of document.querySelectorAll(".gradcalc:not([data-started])")) {
  page.dataset.started = "yes";
  // In pixels of 1/96 inch: type of 10.5pt, and what A4 and Letter have room for behind a label.
  const printedSize = 14;
  const printedWidth = 590;
  const all = (selector, within = page) => [...within.querySelectorAll(selector)];
  const steps = all(".quantity");
  const controls = page.querySelector(".steps");
  const said = page.querySelector(".said");
  const seen = page.querySelector(".seen");
  const slider = Object.assign(document.createElement("input"), { type: "range", className: "slider", min: 1 });
  const copier = page.querySelector(".copy");
  const marks = ["is-origin", "is-source", "is-use", "is-now"];
  const sources = new Map();
  const places = new Map();
  const on = (kind, act, capture) => page.addEventListener(kind, act, capture);
  let current = -1;

  const words = (text) => (text || "").split(" ").filter(Boolean);
  const add = (map, key, value) => map.set(key, (map.get(key) || new Set()).add(value));
  for (const step of steps) {
    step.tabIndex = 0;
    for (const name of words(step.dataset.uses)) add(sources, step.dataset.name, name);
  }
  for (const element of all("[data-name]")) {
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
    for (const element of all(marks.map((each) => `.${each}`).join())) element.classList.remove(...marks);
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

  function go(index, focused = true) {
    if (!steps.length) return;
    current = Math.max(0, Math.min(steps.length - 1, index));
    const step = steps[current];
    const section = step.closest("section")?.querySelector("h2")?.textContent;
    const place = [`${current + 1} of ${steps.length}`, section].filter(Boolean).join(", ") + ": ";
    said.textContent = place + step.getAttribute("aria-label");
    // To be seen as mathematics: the quantity with its rule, or with what is given.
    seen.replaceChildren(place, ...all("math", step).slice(0, 2).map((math) => math.cloneNode(true)));
    chosen();
    if (focused) step.focus({ preventScroll: true });
    step.scrollIntoView({ block: "nearest" });
    light(first(step));
  }

  function below() {
    page.style.setProperty("--bar", `${(page.querySelector(".bar")?.offsetHeight || 0) + 8}px`);
  }

  function chosen() {
    slider.value = current + 1;
    slider.setAttribute("aria-valuetext", steps[current].getAttribute("aria-label"));
    copier.disabled = false;
    below();
  }

  // MathML as the LaTeX that it was made of, but for spaces.
  const signs = { "−": "-", "·": "\\cdot ", "⊙": "\\odot ", "×": "\\times ", "∇": "\\nabla ", "⟨": "\\langle ", "⟩": "\\rangle ",
    "‖": "\\|", "⊤": "\\top", "σ": "\\sigma ", "η": "\\eta ", "π": "\\pi ", "∞": "\\infty ", "⋯": "\\cdots ", "⋮": "\\vdots ",
    "⋱": "\\ddots ", "\u2061": "", "\u2062": " ", "δ": "\\delta ", "α": "\\alpha ", "θ": "\\theta ", "_": "\\_" };
  const shapes = { msup: "{#}^{#}", msub: "{#}_{#}", msubsup: "{#}_{#}^{#}", mfrac: "\\frac{#}{#}" };
  function latex(node) {
    const inner = [...node.children].map(latex);
    const text = () => [...node.textContent].map((sign) => signs[sign] ?? sign).join("");
    const built = shapes[node.localName];
    if (built) return built.replace(/#/g, () => inner.shift());
    switch (node.localName) {
      case "mi": return node.textContent.length > 1 ? `\\mathrm{${text()}}` : text();
      case "mtext": return node.textContent === "✗" ? "" : `\\text{${node.textContent}}`;
      case "mn": case "mo": return text();
      case "msqrt": return `\\sqrt{${inner.join("")}}`;
      case "mover": return `${{ "^": "\\hat", "~": "\\tilde", "¯": "\\bar", "→": "\\vec" }[node.lastElementChild.textContent] ?? "\\hat"}{${inner[0]}}`;
      case "mtr": return inner.join(" & ");
      case "mtable": return `\\begin{matrix} ${inner.join(" \\\\ ")} \\end{matrix}`;
      case "mrow": {
        const tall = node.querySelector("mtable, mfrac");
        const ends = inner.length > 2 && node.firstElementChild.localName === "mo" && "([|‖⟨".includes(node.firstElementChild.textContent);
        return tall && ends ? `\\left${inner[0]}${inner.slice(1, -1).join("")}\\right${inner.at(-1)}` : inner.join("");
      }
      default: return inner.join("");
    }
  }

  function copy() {
    const area = document.createElement("textarea");
    area.value = all(":scope > math, :scope > .equation math", steps[current]).map(latex).join(" ");
    copier.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    copier.focus();
    said.textContent = "Copied.";
  }

  on("pointerover", (event) => {
    const over = event.target.closest("[data-name]");
    light(over ? first(over) : settled());
  });
  on("pointerleave", () => light(settled()));
  on("focusin", (event) => {
    const element = event.target.closest("[data-name]");
    if (!element) return;
    if (steps.includes(element)) {
      current = steps.indexOf(element);
      chosen();
    }
    light(first(element));
  });
  on("focusout", (event) => {
    if (!page.contains(event.relatedTarget)) light(first(steps[current]));
  });
  on("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (button) return go(current + Number(button.dataset.step));
    if (event.target.closest(".copy")) return copy();
    const name = first(event.target.closest("[data-name]"));
    // In a network a click shows the numbers of a unit, in other places the equation.
    if (!name || String(window.getSelection()) || event.target.closest(".network")) return undefined;
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
  if (controls && steps.length) {
    controls.hidden = false;
    slider.max = steps.length;
    slider.value = 1;
    slider.setAttribute("aria-label", "Steps of the computation");
    if (steps.length > 1) copier.before(slider);
    else {
      // There is nowhere to go; what there is can be copied.
      for (const each of all("[data-step], .help", controls)) each.hidden = true;
      current = 0;
      copier.disabled = false;
    }
    below();
    window.addEventListener("resize", below);
    slider.addEventListener("input", () => go(slider.value - 1, false));
  }

  // What is too wide for its place is set smaller, as far as it can be read.
  const least = 0.7;
  const fitted = all(".forms > *, .way, .given .quantity");
  const widths = (box) => all("math", box).map((math) => math.getBoundingClientRect().width);
  const beyond = (box) => box.scrollWidth - box.clientWidth;
  const broken = (forms) => [...forms.children].some((form, i, every) =>
    beyond(form) > 0 || (i && form.offsetLeft <= every[i - 1].offsetLeft));
  function fit() {
    for (const box of fitted) box.style.removeProperty("--fit");
    // Where steps stand in columns, one with an equation that has to be broken there takes the whole line.
    for (const step of steps) step.classList.remove("whole");
    for (const forms of all(".forms").filter(broken)) forms.closest(".quantity")?.classList.add("whole");
    const shares = fitted.map((box) => 1 - beyond(box) / Math.max(...widths(box)));
    fitted.forEach((box, i) => shares[i] < 1 && box.style.setProperty("--fit", Math.max(least, shares[i] - 0.02)));
    fade();
  }

  // A number at the edge of what can be scrolled isn't taken for a shorter one: it fades out.
  const scrolled = [...fitted, ...all(".wide, .plot")];
  const fade = () => {
    for (const box of scrolled) {
      box.classList.toggle("goes-on", box.scrollWidth - box.clientWidth - box.scrollLeft > 2);
    }
  };
  on("scroll", fade, true);
  on("toggle", fit, true);
  window.addEventListener("resize", fit);
  fit();

  // What is too wide for paper is printed smaller.
  window.addEventListener("beforeprint", () => {
    for (const each of all(".definitions")) each.open = true;
    for (const box of fitted) {
      const math = box.querySelector("math");
      const printed = math && Math.max(...widths(box)) / parseFloat(getComputedStyle(math).fontSize) * printedSize;
      if (math) box.style.setProperty("--shrink", Math.min(1, printedWidth / printed));
    }
  });
}
