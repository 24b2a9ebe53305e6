/**
 * Phones, notes and other devices, out of what the object detector found in the whole picture and in its two halves.
 * In a half a small thing is twice as large to the detector, but half an arm or a chair's edge can look like one: so
 * more certainty is asked for there, and what the cut goes through does not count.
 */

import { inWhole } from "./boxes.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {{name: string, score: number, box: Box}} Thing as the detector names it, in its part of the picture */
/** @typedef {"whole" | "left" | "right"} Part */
/** @typedef {{phone: number, notes: number, device: number, persons: {score: number, box: Box}[]}} Objects */

/** The halves overlap, so that what is cut in one is whole in the other. @type {Record<Part, Box>} */
export const PARTS = {
  whole: { x: 0, y: 0, width: 1, height: 1 },
  left: { x: 0, y: 0, width: 0.6, height: 1 },
  right: { x: 0.4, y: 0, width: 0.6, height: 1 },
};

/** By class of the detector: what it means, and how sure it must be in the whole picture and in a half. */
/** @type {Record<string, {kind: "phone" | "notes" | "device", whole: number, half: number}>} */
const CLASSES = {
  "cell phone": { kind: "phone", whole: 0.45, half: 0.58 },
  book: { kind: "notes", whole: 0.35, half: 0.5 },
  laptop: { kind: "device", whole: 0.38, half: 0.55 },
  tv: { kind: "device", whole: 0.38, half: 0.55 },
  keyboard: { kind: "device", whole: 0.38, half: 0.55 },
};
const AT_CUT = 0.02;

/**
 * @param {Partial<Record<Part, Thing[]>>} found
 * @returns {Objects} the surest of each kind, 0 where there is none
 */
export function objects(found) {
  /** @type {Objects} */
  const seen = { phone: 0, notes: 0, device: 0, persons: [] };
  for (const part of /** @type {Part[]} */ (Object.keys(found))) {
    for (const thing of found[part] ?? []) {
      const rule = CLASSES[thing.name];
      const isSure = rule && thing.score >= (part === "whole" ? rule.whole : rule.half);
      if (isSure && !isCut(thing.box, part)) seen[rule.kind] = Math.max(seen[rule.kind], thing.score);
      if (part === "whole" && thing.name === "person") seen.persons.push({ score: thing.score, box: inWhole(thing.box, PARTS[part]) });
    }
  }
  return seen;
}

/**
 * Whether the edge that divides the picture goes through it.
 * @param {Box} box
 * @param {Part} part
 */
function isCut(box, part) {
  if (part === "left") return box.x + box.width > 1 - AT_CUT;
  return part === "right" && box.x < AT_CUT;
}
