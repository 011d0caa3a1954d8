// The texts that can't be told from what they stand on, as WCAG 2 defines it (AA: 4.5).
const parse = (text) => {
  const parts = (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const scale = text.startsWith("color(srgb") ? 255 : 1;
  return [...parts.slice(0, 3).map((each) => each * scale), parts[3] ?? 1];
};
const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
const luminance = (colour) => [0.2126, 0.7152, 0.0722].reduce((sum, share, i) => {
  const part = colour[i] / 255;
  return sum + share * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
}, 0);
const contrast = (one, other) => {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};
const found = new Map();
const papers = (element) => {
  const behind = [];
  for (let box = element; box; box = box.parentElement) behind.push(parse(getComputedStyle(box).backgroundColor));
  return behind.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
};
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const style = getComputedStyle(element);
  if (!own || element.closest("script, style, svg, [hidden]") || !element.getClientRects().length) continue;
  const paper = papers(element);
  const ratio = contrast(over(parse(style.color), paper), paper);
  if (ratio < 4.5) found.set(element.tagName + "." + element.className + " " + style.color, ratio);
}
// In a drawing a text stands on the shape of its group, if it lies within that, else on the page.
for (const text of document.querySelectorAll("svg text")) {
  const box = text.getBoundingClientRect();
  if (!box.width) continue;
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const shape = [...(text.closest("g")?.querySelectorAll("rect, circle, .band") ?? [])].find((each) => {
    const around = each.getBoundingClientRect();
    return around.left < x && x < around.right && around.top < y && y < around.bottom;
  });
  const paper = papers(text.closest("svg").parentElement);
  const ground = shape ? over(parse(getComputedStyle(shape).fill), paper) : paper;
  const ratio = contrast(over(parse(getComputedStyle(text).fill), ground), ground);
  if (ratio < 4.5) found.set("text." + text.getAttribute("class") + " " + getComputedStyle(text).fill, ratio);
}
return [...found];
