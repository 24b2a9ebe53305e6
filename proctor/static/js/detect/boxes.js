/** Boxes in a picture: where they are, and whether two of them are about the same thing. */

/** @typedef {{x: number, y: number, width: number, height: number}} Box in parts of the picture's width and height */

/**
 * How much two boxes share, of the smaller one: 1 where one lies in the other.
 * @param {Box} a
 * @param {Box} b
 */
export function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / Math.min(a.width * a.height, b.width * b.height);
}

/**
 * Leave out what lies mostly in a box that comes before it.
 * @template {{box: Box}} T
 * @param {T[]} found the surest first
 * @param {number} most
 */
export function distinct(found, most) {
  /** @type {T[]} */
  const kept = [];
  for (const each of found) {
    if (kept.every(({ box }) => overlap(box, each.box) <= most)) kept.push(each);
  }
  return kept;
}

/**
 * A box found in a part of the picture, in the whole picture's measure.
 * @param {Box} box
 * @param {Box} part
 * @returns {Box}
 */
export function inWhole(box, part) {
  return {
    x: part.x + box.x * part.width,
    y: part.y + box.y * part.height,
    width: box.width * part.width,
    height: box.height * part.height,
  };
}
