/** How many people a picture shows, from two face detectors and the boxes of whole persons. */

import { distinct, overlap } from "./boxes.js";

/** @typedef {{score: number, box: import("./boxes.js").Box}} Found */
/** @typedef {import("./limits.js").Limits} Limits */

/** @typedef {"left" | "right"} Corner */

/**
 * Where visitors look in, above the candidate's shoulders: their faces are small, and larger in a cut-out.
 * @type {Record<Corner, import("./boxes.js").Box>}
 */
export const CORNERS = {
  left: { x: 0, y: 0, width: 0.5, height: 0.6 },
  right: { x: 0.5, y: 0, width: 0.5, height: 0.6 },
};
/** On a body that is seen as well, a faint face is a face: too much light takes its features away first. */
const FAINTER = 0.2;
/** A cut-out shows leaves, tools and folds as large as faces. */
const SURER_IN_CORNER = 0.1;
const SAME_FACE = 0.4;
/** One body leaning over another covers much of it; a second box for the same body covers nearly all of it. */
const SAME_PERSON = 0.85;
const FAINT_BODY = 0.3;
const SURER_AT_SIDE = 0.05;
const SAME_AT_SIDE = 0.6;

/**
 * @param {Found[]} meshed faces whose features were found: near ones
 * @param {Found[]} detected faces of any size
 * @param {Found[]} bodies
 * @param {Limits} limits
 * @returns {Found[]} each face once, the surest first
 */
export function faces(meshed, detected, bodies, limits) {
  const byScore = [...detected].sort((a, b) => b.score - a.score);
  const sure = distinct([...meshed, ...byScore.filter(({ score }) => score >= limits.face_score)], SAME_FACE);
  if (sure.length || !bodies.length) return sure;
  return byScore.filter(({ score }) => score >= limits.face_score - FAINTER).slice(0, 1);
}

/**
 * Visitors: what is seen in a corner counts only beside somebody. The shelves of an empty workshop came up to 0.8; behind
 * people nothing of the kind came near.
 * @param {Found[]} someFaces in the whole picture
 * @param {Found[]} inCorners
 * @param {Limits} limits
 * @returns {Found[]} each face once
 */
export function withVisitors(someFaces, inCorners, limits) {
  if (someFaces.length === 0) return [];
  const sure = inCorners.filter(({ score }) => score >= limits.face_score + SURER_IN_CORNER);
  return distinct([...someFaces, ...sure], SAME_FACE);
}

/**
 * @param {Found[]} boxes of the class `person`
 * @param {Limits} limits
 * @returns {Found[]} each person once
 */
export function persons(boxes, limits) {
  const sure = boxes.filter(({ score }) => score >= limits.person_score);
  return distinct(sure.sort((a, b) => b.score - a.score), SAME_PERSON);
}

/**
 * Half a body at the edge is faint in the whole picture, and surer in that side's part: then it counts as seen there.
 * @param {Found[]} bodies in the whole picture
 * @param {Found[]} atSides
 * @param {Limits} limits
 * @returns {Found[]}
 */
export function withSides(bodies, atSides, limits) {
  const sure = atSides.filter(({ score }) => score >= limits.person_score + SURER_AT_SIDE);
  return bodies.map((body) => {
    if (body.score >= limits.person_score || body.score < FAINT_BODY) return body;
    const surer = sure.find(({ box }) => overlap(box, body.box) >= SAME_AT_SIDE);
    return surer ? { ...body, score: surer.score } : body;
  });
}

/**
 * How sure it is that there are two or more: as sure as the second of them.
 * @param {Found[]} someFaces
 * @param {Found[]} somePersons
 */
export function severalConfidence(someFaces, somePersons) {
  return Math.max(someFaces[1]?.score ?? 0, somePersons[1]?.score ?? 0);
}
