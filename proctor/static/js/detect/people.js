/** How many people a picture shows, from two face detectors and the boxes of whole persons. */

import { distinct } from "./boxes.js";

/** @typedef {{score: number, box: import("./boxes.js").Box}} Found */

/** Spoons and door handles have come up to 0.63. */
const FACE_SCORE = 0.65;
const SAME_FACE = 0.4;
const PERSON_SCORE = 0.5;
/** One body leaning over another covers much of it; a second box for the same body covers nearly all of it. */
const SAME_PERSON = 0.7;

/**
 * @param {Found[]} meshed faces whose features were found: near ones
 * @param {Found[]} detected faces of any size
 * @returns {Found[]} each face once, the surest first
 */
export function faces(meshed, detected) {
  const sure = detected.filter(({ score }) => score >= FACE_SCORE);
  return distinct([...meshed, ...sure.sort((a, b) => b.score - a.score)], SAME_FACE);
}

/**
 * @param {Found[]} boxes of the class `person`
 * @returns {Found[]} each person once
 */
export function persons(boxes) {
  const sure = boxes.filter(({ score }) => score >= PERSON_SCORE);
  return distinct(sure.sort((a, b) => b.score - a.score), SAME_PERSON);
}

/**
 * How sure it is that there are two or more: as sure as the second of them.
 * @param {Found[]} someFaces
 * @param {Found[]} somePersons
 */
export function severalConfidence(someFaces, somePersons) {
  return Math.max(someFaces[1]?.score ?? 0, somePersons[1]?.score ?? 0);
}
