/** Where tiles stand: riskiest first, and nobody jumps while somebody points at them. Pure rules. */

/**
 * @param {string[]} wanted ids in the order of their risk
 * @param {string[]} present ids as they stand now
 * @param {boolean} isHeld whether somebody points at a tile, or has come to one by keyboard
 * @returns {string[]} held tiles keep their places, even those whose session is over; new ones come last
 */
export function arranged(wanted, present, isHeld) {
  if (!isHeld) return wanted;
  const known = new Set(present);
  return [...present, ...wanted.filter((id) => !known.has(id))];
}

/**
 * The place that a key leads to in a grid.
 * @param {string} key
 * @param {number} from
 * @param {number} count
 * @param {number} columns
 * @returns {number | null} null for keys that lead nowhere
 */
export function nextPlace(key, from, count, columns) {
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = steps[/** @type {keyof typeof steps} */ (key)];
  if (step === undefined) return null;
  const place = from + step;
  return place < 0 || place >= count ? from : place;
}
