import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TimelineDrawing } from "../../../proctor/static/js/review/timeline-drawing.js";
import { TimelineModel } from "../../../proctor/static/js/review/timeline-model.js";
import { Zoom } from "../../../proctor/static/js/review/zoom.js";
import { drawingDocument, timelineOf } from "./fakes.js";

const LANES = [
  { name: "looking_away", is_condition: true, count: 2, total_s: 601, is_merged: false, spans: [span(0, 600), span(1800, 1801)] },
  { name: "copy", is_condition: false, count: 1, total_s: 0, is_merged: false, spans: [span(900, 900)] },
];
const MARKS = [
  { kind: "flag", at_s: 100, severity: /** @type {const} */ ("low") },
  { kind: "flag", at_s: 101, severity: /** @type {const} */ ("high") },
  { kind: "note", at_s: 3000 },
];

before(() => void Object.assign(globalThis, { document: drawingDocument }));
after(() => void Reflect.deleteProperty(globalThis, "document"));

/**
 * @param {number} startS
 * @param {number} endS
 */
function span(startS, endS) {
  return { start_s: startS, end_s: endS, count: 1, event_id: `e${startS}`, is_open: false };
}

/**
 * A picture of an exam of one hour, 1,000 pixels wide; rows by their names.
 * @param {Zoom} [zoom]
 */
function picture(zoom = new Zoom(3600)) {
  const drawing = new TimelineDrawing(
    {
      model: new TimelineModel(timelineOf(MARKS, LANES)),
      zoom,
      words: ({ id }) => id,
      nameOf: (name) => name,
      rowOf: (row) => row,
      toneOf: () => "warn",
      recorded: () => [[{ atS: 60, offsetS: 0, durationS: 600 }]],
    },
    1000,
  );
  const rows = drawing.rows();
  /** @type {(name: string) => any[]} */
  const drawn = (name) => rows.find((row) => row.name === name)?.draw(0) ?? [];
  return { drawing, names: rows.map(({ name }) => name), drawn };
}

test("there is a row for recordings, flags, people, each condition, and one for all other events", () => {
  assert.deepEqual(picture().names, ["recorded", "flags", "people", "looking_away", "events"]);
});

test("marks that would hide each other are one, which stands for all of them", () => {
  const { drawing, drawn } = picture();
  const [mark, ...others] = drawn("flags");

  assert.deepEqual([others.length, mark.attributes["data-id"]], [0, "m1"]);
  assert.equal(drawing.glyphOf("m0"), mark);
  assert.equal(drawing.glyphOf("m1"), mark);
  assert.equal(drawing.glyphOf(undefined), null);
});

test("what was over in a moment is drawn as wide as can be seen", () => {
  const isMoment = (/** @type {any} */ { classes }) => classes.has("timeline__bar--moment");
  assert.deepEqual(picture().drawn("looking_away").map(isMoment), [false, true]);
  assert.deepEqual(picture().drawn("events").map(isMoment), [true]);
});

test("only what is in sight is drawn", () => {
  const zoom = new Zoom(3600);
  zoom.by(10, 0);
  const { drawing, drawn } = picture(zoom);

  assert.deepEqual([drawn("flags").length, drawn("people").length, drawn("looking_away").length], [1, 0, 1]);
  assert.equal(drawing.glyphOf("m2"), null);
});
