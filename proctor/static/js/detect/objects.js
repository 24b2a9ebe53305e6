/**
 * Phones, notes and other devices, out of what the object detector found in the whole picture and in parts of it. In a
 * part a small thing is larger to the detector, but half an arm or a chair's edge can look like one: so mostly more
 * certainty is asked for there, and what the cut goes through does not count.
 */

import { inWhole } from "./boxes.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {{name: string, score: number, box: Box}} Thing as the detector names it, in its part of the picture */
/** @typedef {"whole" | "left" | "right" | "middle" | "turned"} Part */
/** @typedef {"left" | "right"} Side */
/** @typedef {{score: number, box: Box}} Body in the whole picture's measure */
/** @typedef {{phone: number, notes: number, device: number, persons: Body[], atSides: Partial<Record<Side, Body[]>>}} Objects */

/**
 * Three upright parts overlap, so that what is cut in one is whole in another. The fourth is the whole picture on its
 * side: things that are held across stand upright there, as the detector knows them best.
 * @type {Record<Part, Box & {isTurned?: boolean}>}
 */
export const PARTS = {
  whole: { x: 0, y: 0, width: 1, height: 1 },
  left: { x: 0, y: 0, width: 0.6, height: 1 },
  right: { x: 0.4, y: 0, width: 0.6, height: 1 },
  middle: { x: 0.2, y: 0, width: 0.6, height: 1 },
  turned: { x: 0, y: 0, width: 1, height: 1, isTurned: true },
};
/** All at once would take too long, so looks take turns. @type {[Part, Part][]} */
export const TURNS = [
  ["left", "right"],
  ["middle", "turned"],
];

/** @typedef {"phone" | "notes" | "device"} Kind */
/**
 * What the detector's classes mean, and how much surer than the limit it must be. A phone seen from its edge or back is
 * often taken for a remote control, which hardly anybody brings to an exam.
 * @type {Record<string, {kind: Kind, surer: number}>}
 */
const CLASSES = {
  "cell phone": { kind: "phone", surer: 0 },
  remote: { kind: "phone", surer: 0.15 },
  book: { kind: "notes", surer: 0 },
  laptop: { kind: "device", surer: 0 },
  tv: { kind: "device", surer: 0 },
  keyboard: { kind: "device", surer: 0 },
};
/** A part of an arm or of a chair looks like a phone more often than like a book. @type {Record<Kind, number>} */
const SURER_IN_PART = { phone: 0.1, notes: 0, device: 0.05 };
const AT_CUT = 0.02;
/** @type {Side[]} */
const SIDES = ["left", "right"];

/**
 * @param {Partial<Record<Part, Thing[]>>} found
 * @param {import("./limits.js").Limits} limits
 * @returns {Objects} the surest of each kind, 0 where there is none
 */
export function objects(found, limits) {
  const least = { phone: limits.phone_score, notes: limits.notes_score, device: limits.device_score };
  /** @type {Objects} */
  const seen = { phone: 0, notes: 0, device: 0, persons: bodies(found.whole ?? [], PARTS.whole), atSides: {} };
  for (const side of SIDES) {
    const inPart = found[side];
    if (inPart) seen.atSides[side] = bodies(inPart, PARTS[side]);
  }
  for (const part of /** @type {Part[]} */ (Object.keys(found))) {
    for (const thing of found[part] ?? []) {
      const { kind, surer } = CLASSES[thing.name] ?? {};
      if (kind && !isCut(thing.box, PARTS[part])) {
        const enough = least[kind] + (surer ?? 0) + (part === "whole" ? 0 : SURER_IN_PART[kind]);
        if (thing.score >= enough) seen[kind] = Math.max(seen[kind], thing.score);
      }
    }
  }
  return seen;
}

/**
 * @param {Thing[]} things
 * @param {Box} part
 * @returns {Body[]}
 */
function bodies(things, part) {
  const whole = things.filter(({ name, box }) => name === "person" && !isCut(box, part));
  return whole.map(({ score, box }) => ({ score, box: inWhole(box, part) }));
}

/**
 * Whether an edge that divides the picture goes through it.
 * @param {Box} box in the part's own measure
 * @param {Box} part
 */
export function isCut(box, part) {
  const isCutLeft = part.x > 0 && box.x < AT_CUT;
  const isCutRight = part.x + part.width < 1 && box.x + box.width > 1 - AT_CUT;
  return isCutLeft || isCutRight || (part.y + part.height < 1 && box.y + box.height > 1 - AT_CUT);
}
