/** Shapes of the timeline's picture, as SVG. Places across are shares of the whole, so that nothing moves on resizing. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Each kind has a shape of its own, for those who do not tell colours apart.
 * @type {Record<string, string>}
 */
const GLYPHS = {
  flag: "M-1 9V-9h1l11 5-10 5V9Z",
  note: "M-6-7h12v10l-4 4h-8Z",
  bookmark: "M-5-8h10V8L0 3l-5 5Z",
  chat: "M-7-7h14v10H0l-5 5V3h-2Z",
  action: "M0-8 8 0 0 8-8 0Z",
};

/**
 * @param {string} name
 * @param {Record<string, string | number>} [attributes]
 * @param {string} [title] shown while the pointer rests on it
 */
export function shape(name, attributes = {}, title = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (title) {
    const words = document.createElementNS(SVG, "title");
    words.textContent = title;
    element.append(words);
  }
  return element;
}

/** @param {number} value a share, 0 to 1 */
export function percent(value) {
  return `${(100 * value).toFixed(3)}%`;
}

/**
 * A mark's shape around the point (`share`, `y`).
 * @param {string} kind
 * @param {number} share
 * @param {number} y
 * @param {Record<string, string>} data
 * @param {string} title
 */
export function glyph(kind, share, y, data, title) {
  const holder = shape("svg", { x: percent(share), y, overflow: "visible", class: "timeline__mark", ...data });
  // Larger than what is seen, so that it is easy to hit.
  holder.append(shape("circle", { r: 11, class: "timeline__target" }, title));
  holder.append(shape("path", { d: GLYPHS[kind] ?? GLYPHS.action ?? "", class: "timeline__glyph" }));
  return holder;
}

/**
 * A rectangle; one without any width would not be drawn at all.
 * @param {number} from a share
 * @param {number} to a share
 * @param {number} y
 * @param {number} height
 * @param {Record<string, string>} attributes
 * @param {string} title
 */
export function bar(from, to, y, height, attributes, title = "") {
  const start = Math.max(from, -0.01);
  const width = Math.min(to, 1.01) - start;
  return shape("rect", { x: percent(start), y, width: percent(Math.max(width, 0.0001)), height, rx: 2, ...attributes }, title);
}
