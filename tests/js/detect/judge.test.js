import assert from "node:assert/strict";
import { test } from "node:test";
import { Judge } from "../../../proctor/static/js/detect/judge.js";
import { LIMITS } from "./limits.js";

const FACE = { score: 0.9, box: { x: 0.4, y: 0.2, width: 0.2, height: 0.3 } };
const OTHER = { score: 0.8, box: { x: 0.8, y: 0.2, width: 0.1, height: 0.15 } };
const AHEAD = { yaw: 0, pitch: 0, side: 0 };
const ASIDE = { yaw: 40, pitch: 0, side: 0 };

/** @typedef {import("../../../proctor/static/js/detect/objects.js").Thing} Thing */

/** @param {string} name @param {number} score @returns {Thing} */
function thing(name, score, x = 0.2) {
  return { name, score, box: { x, y: 0, width: 0.4, height: 1 } };
}

/** @param {{open?: string[], neutral?: import("../../../proctor/static/js/detect/pose.js").Look | null}} [before] */
function scene(before = { neutral: AHEAD }) {
  /** @type {string[]} */
  const told = [];
  /** @type {Record<string, unknown>[]} */
  const payloads = [];
  let at = 0;
  const judge = new Judge((eventType, payload) => (told.push(eventType), payloads.push(payload)), LIMITS, before);
  /** @param {import("../../../proctor/static/js/detect/people.js").Found[]} found @param {typeof AHEAD | null} look @param {number} times */
  const faces = (found, look = AHEAD, times = 6) => {
    for (let count = 0; count < times; count += 1) judge.faces({ meshed: found.slice(0, 1), detected: found, inCorner: [], look }, null, (at += 333));
  };
  /** @param {Thing[]} seen @param {number} times */
  const things = (seen, times = 6) => {
    for (let count = 0; count < times; count += 1) judge.objects({ whole: seen }, (at += 500));
  };
  return { judge, told, payloads, faces, things };
}

test("one face that looks at the screen says nothing", () => {
  const { told, faces, things } = scene();
  faces([FACE]);
  things([]);
  assert.deepEqual(told, []);
});

test("face, empty, two faces, phone, face gives the events and their ends", () => {
  const { told, faces, things } = scene();
  faces([FACE]);
  faces([], null);
  faces([FACE, OTHER]);
  faces([FACE]);
  things([thing("cell phone", 0.7)]);
  things([]);
  assert.deepEqual(told, ["no_face", "face_detected", "multiple_faces", "single_face", "phone_detected", "phone_gone"]);
});

test("what ends is told before what begins, because one ends the other on the server", () => {
  const { told, faces } = scene();
  faces([FACE, OTHER]);
  faces([], null);
  faces([FACE, OTHER]);
  assert.deepEqual(told, ["multiple_faces", "single_face", "no_face", "face_detected", "multiple_faces"]);
});

test("bodies without any face are nobody's face, not several people", () => {
  const { told, faces, things } = scene();
  things([thing("person", 0.9, 0), thing("person", 0.9, 0.6)], 1);
  faces([], null);
  assert.deepEqual(told, ["no_face"]);
});

test("each event carries how sure it is and how long it lasted", () => {
  const { payloads, faces } = scene();
  faces([FACE, OTHER]);
  faces([FACE]);
  assert.deepEqual(payloads, [{ confidence: 0.8, duration_ms: 666 }, { confidence: 0.8, duration_ms: 1665 }]);
});

test("looking away is told against the neutral look, and ends when the face is gone", () => {
  const { told, faces } = scene();
  faces([FACE], ASIDE);
  faces([], null);
  assert.deepEqual(told, ["looking_away", "no_face", "looking_back"]);
});

test("of several people none is said to look away", () => {
  const { told, faces } = scene();
  faces([FACE, OTHER], ASIDE);
  assert.deepEqual(told, ["multiple_faces"]);
});

test("without a calibration the first looks are taken for the usual one", () => {
  const { told, faces } = scene({ neutral: null });
  faces([FACE], ASIDE, 25);
  assert.deepEqual(told, []);
  faces([FACE], AHEAD);
  assert.deepEqual(told, ["looking_away"]);
});

test("a second body counts for a moment although its face is not seen", () => {
  const { told, faces, things } = scene();
  things([thing("person", 0.9, 0), thing("person", 0.7, 0.6)], 1);
  faces([FACE]);
  assert.deepEqual(told, ["multiple_faces"]);
});

test("a small face in a corner counts until that corner is looked at again", () => {
  const { judge, told } = scene();
  const corners = /** @type {const} */ (["left", "right"]);
  for (let look = 0; look < 8; look += 1) {
    const corner = corners[look % 2] ?? "left";
    judge.faces({ meshed: [FACE], detected: [FACE], inCorner: corner === "right" && look < 4 ? [{ ...OTHER, score: 0.9 }] : [], look: AHEAD }, corner, 1000 + look * 333);
  }
  assert.deepEqual(told, ["multiple_faces", "single_face"]);
});

test("what the page before a reload left open is ended here", () => {
  const { told, faces } = scene({ open: ["no_face"], neutral: AHEAD });
  faces([FACE]);
  assert.deepEqual(told, ["face_detected"]);
});

test("a camera that goes off ends what it showed", () => {
  const { told, payloads, judge, faces } = scene();
  faces([], null);
  judge.blind();
  assert.deepEqual(told, ["no_face", "face_detected"]);
  assert.equal(payloads[1]?.reason, "camera_off");
  assert.deepEqual(judge.open, []);
});

test("a covered lens is not also frozen", () => {
  const { told, judge } = scene();
  for (let at = 0; at < 20_000; at += 333) judge.picture(new Uint8Array(100), at);
  assert.deepEqual(told, ["camera_covered"]);
});

test("a camera that gives no new picture is frozen until it does", () => {
  const { told, judge } = scene();
  const picture = Uint8Array.from({ length: 100 }, (_, index) => index);
  for (let at = 1; at < 12_000; at += 333) judge.picture(picture, at);
  judge.picture(picture.map((shade) => shade + 1), 12_500);
  assert.deepEqual(told, ["camera_frozen", "camera_unfrozen"]);
});

test("where objects are no longer looked for, none stays open", () => {
  const { told, judge, things } = scene();
  things([thing("laptop", 0.6)]);
  judge.withoutObjects();
  assert.deepEqual(told, ["device_detected", "device_gone"]);
});
