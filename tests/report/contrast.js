// The texts that can't be told from what they stand on, as WCAG 2 defines it (AA: 4.5).
const parse = (text) => {
  const parts = text.match(/[\d.]+/g).map(Number);
  const scale = text.startsWith("color(srgb") ? 255 : 1;
  return [...parts.slice(0, 3).map((each) => each * scale), parts[3] ?? 1];
};
const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
const luminance = (colour) => [0.2126, 0.7152, 0.0722].reduce((sum, share, i) => {
  const part = colour[i] / 255;
  return sum + share * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
}, 0);
const found = new Map();
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const style = getComputedStyle(element);
  if (!own || element.closest("script, style, svg, [hidden]") || !element.getClientRects().length) continue;
  const behind = [];
  for (let box = element; box; box = box.parentElement) behind.push(parse(getComputedStyle(box).backgroundColor));
  const paper = behind.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  const [one, other] = [luminance(over(parse(style.color), paper)), luminance(paper)].sort((a, b) => b - a);
  const ratio = (one + 0.05) / (other + 0.05);
  if (ratio < 4.5) found.set(element.tagName + "." + element.className + " " + style.color, ratio);
}
return [...found];
