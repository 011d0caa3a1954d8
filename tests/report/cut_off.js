// The numbers that aren't to be seen as a whole: cut, over another, or where nobody can scroll to.
for (const each of document.querySelectorAll("details")) each.open = true;
const probe = document.body.appendChild(document.createElement("span"));
Object.assign(probe.style, {position: "absolute", whiteSpace: "nowrap", visibility: "hidden"});
const known = new Map();
function natural(text, style) {
  const key = [text, style.fontStyle, style.fontWeight, style.fontSize, style.fontFamily].join();
  if (!known.has(key)) {
    Object.assign(probe.style, {fontStyle: style.fontStyle, fontWeight: style.fontWeight, fontSize: style.fontSize,
      fontFamily: style.fontFamily});
    probe.textContent = text;
    known.set(key, probe.getBoundingClientRect().width);
  }
  return known.get(key);
}
const wrong = [];
for (const number of document.querySelectorAll("math mn")) {
  const range = document.createRange();
  range.selectNodeContents(number);
  const text = range.getBoundingClientRect(), box = number.getBoundingClientRect();
  const cell = number.closest("mtd")?.getBoundingClientRect();
  const width = natural(number.textContent, getComputedStyle(number));
  const broken = text.height > 1.9 * parseFloat(getComputedStyle(number).fontSize);
  if (Math.min(box.width, text.width) < width - 0.6 || broken) wrong.push(["cut", number.textContent, box.width, width]);
  if (cell && (text.left < cell.left - 0.6 || text.right > cell.right + 0.6))
    wrong.push(["beside its cell", number.textContent, text.right, cell.right]);
}
for (const row of document.querySelectorAll("mtr")) {
  const edge = (element, side) => element.getBoundingClientRect()[side];
  const cells = [...row.children];
  cells.slice(1).forEach((cell, i) => {
    if (edge(cell.firstElementChild, "left") < edge(cells[i].lastElementChild, "right") - 0.6) wrong.push(["over its neighbour", row.textContent]);
  });
}
for (const math of document.querySelectorAll("math")) {
  let box = math.parentElement;
  const scrolls = (each) => ["auto", "scroll"].includes(getComputedStyle(each).overflowX);
  while (box !== document.documentElement && !scrolls(box)) box = box.parentElement;
  const end = box.getBoundingClientRect().left + box.scrollWidth - box.scrollLeft;
  if (math.getBoundingClientRect().right > end + 1) wrong.push(["out of reach", math.textContent]);
}
probe.remove();
return wrong;
