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

/** What the detector's classes mean. @type {Record<string, "phone" | "notes" | "device">} */
const KINDS = { "cell phone": "phone", book: "notes", laptop: "device", tv: "device", keyboard: "device" };
/** So much surer than in the whole picture it must be in a half. */
const SURER_IN_HALF = 0.15;
const AT_CUT = 0.02;

/**
 * @param {Partial<Record<Part, Thing[]>>} found
 * @param {import("./limits.js").Limits} limits
 * @returns {Objects} the surest of each kind, 0 where there is none
 */
export function objects(found, limits) {
  const least = { phone: limits.phone_score, notes: limits.notes_score, device: limits.device_score };
  /** @type {Objects} */
  const seen = { phone: 0, notes: 0, device: 0, persons: [] };
  for (const part of /** @type {Part[]} */ (Object.keys(found))) {
    for (const thing of found[part] ?? []) {
      const kind = KINDS[thing.name];
      const isSure = kind && thing.score >= least[kind] + (part === "whole" ? 0 : SURER_IN_HALF);
      if (isSure && !isCut(thing.box, part)) seen[kind] = Math.max(seen[kind], thing.score);
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
