import assert from "node:assert/strict";
import { test } from "node:test";
import { clusters, TimelineModel, worst } from "../../../proctor/static/js/review/timeline-model.js";
import { formatPosition, ticks, Zoom } from "../../../proctor/static/js/review/zoom.js";
import { timelineOf } from "./fakes.js";

/**
 * @param {number} startS
 * @param {number} endS
 */
function span(startS, endS) {
  return { start_s: startS, end_s: endS, count: 1, event_id: `e${startS}`, is_open: false };
}

const LANES = [
  { name: "looking_away", is_condition: true, count: 2, total_s: 9, is_merged: false, spans: [span(5, 9), span(50, 55)] },
  { name: "copy", is_condition: false, count: 1, total_s: 0, is_merged: false, spans: [span(20, 20)] },
];
const MARKS = [
  { kind: "note", at_s: 30 },
  { kind: "flag", at_s: 5, severity: /** @type {const} */ ("high") },
];

test("entries come in time order, and conditions only when asked for", () => {
  const model = new TimelineModel(timelineOf(MARKS, LANES));
  assert.deepEqual(model.entries.map(({ kind, atS }) => [kind, atS]), [["flag", 5], ["event", 20], ["note", 30]]);

  model.show(["condition"]);
  assert.deepEqual(model.entries.map(({ atS, lastedS }) => [atS, lastedS]), [[5, 4], [50, 5]]);
});

test("each kind is counted, shown or not", () => {
  const { counts } = new TimelineModel(timelineOf(MARKS, LANES));
  assert.deepEqual([counts.flag, counts.note, counts.event, counts.condition, counts.chat], [1, 1, 1, 2, 0]);
});

test("going on reaches every entry once, though the playhead is put before each", () => {
  const model = new TimelineModel(timelineOf([{ at_s: 10 }, { at_s: 10 }, { at_s: 11 }, { at_s: 40 }]));
  const seen = [];
  let entry = model.neighbour(0, 1);
  while (entry) {
    seen.push(entry.id);
    entry = model.neighbour(entry.atS - 2, 1, entry);
  }
  assert.deepEqual(seen, ["m0", "m1", "m2", "m3"]);
});

test("from anywhere else, the neighbours are those before and behind the playhead", () => {
  const model = new TimelineModel(timelineOf([{ at_s: 10 }, { at_s: 40 }]));
  assert.equal(model.neighbour(20, 1)?.atS, 40);
  assert.equal(model.neighbour(20, -1)?.atS, 10);
  assert.equal(model.neighbour(50, 1), null);
  assert.equal(model.neighbour(5, -1), null);
});

test("the current entry is the last one that the playhead has reached", () => {
  const model = new TimelineModel(timelineOf([{ at_s: 10 }, { at_s: 40 }]));
  assert.deepEqual([model.currentAt(9), model.currentAt(10)?.id, model.currentAt(39)?.id], [null, "m0", "m0"]);
});

test("zooming keeps the moment in its place and stays within the exam", () => {
  const zoom = new Zoom(3600);
  zoom.by(4, 1800);
  assert.deepEqual([zoom.fromS, zoom.toS], [1350, 2250]);
  zoom.by(4, 1350);
  assert.equal(zoom.fromS, 1350);
  zoom.pan(-99);
  assert.equal(zoom.fromS, 0);
  zoom.by(1e6, 0);
  assert.equal(zoom.lengthS, 10);
  zoom.whole();
  assert.deepEqual([zoom.fromS, zoom.toS, zoom.isWhole], [0, 3600, true]);
});

test("the picture follows a playhead that leaves it, and places and times are each other's reverse", () => {
  const zoom = new Zoom(3600);
  zoom.by(10, 0);
  assert.equal(zoom.follow(100), false);
  assert.equal(zoom.follow(1000), true);
  assert.ok(zoom.fromS < 1000 && zoom.toS > 1000);
  assert.ok(Math.abs(zoom.timeAt(zoom.shareOf(1010)) - 1010) < 1e-6);
});

test("an exam shorter than the narrowest zoom is shown whole", () => {
  const zoom = new Zoom(4);
  zoom.by(9, 2);
  assert.deepEqual([zoom.fromS, zoom.toS], [0, 4]);
});

test("marks that would hide each other become one, and the worst stands for them", () => {
  const flags = /** @type {const} */ ([["low", 1], ["high", 2], ["medium", 3], ["low", 30]]);
  const { entries } = new TimelineModel(timelineOf(flags.map(([severity, atS]) => ({ kind: "flag", severity, at_s: atS }))));
  const groups = clusters(entries, 5);
  assert.deepEqual(groups.map((group) => group.length), [3, 1]);
  assert.equal(worst(groups[0] ?? []).severity, "high");
  assert.equal(worst((groups[0] ?? []).map((entry) => ({ ...entry, state: entry.severity === "high" ? "dismissed" : "open" }))).severity, "medium");
});

test("an entry is found whether its kind is shown or not", () => {
  const model = new TimelineModel(timelineOf(MARKS, LANES));
  assert.equal(model.entryOf("looking_away/e5")?.kind, "condition");
  assert.equal(model.entryOf(null), null);
});

test("the ruler has round times, as many as fit", () => {
  const zoom = new Zoom(3600);
  assert.deepEqual(ticks(zoom, 8), [0, 600, 1200, 1800, 2400, 3000, 3600]);
  assert.ok(ticks(new Zoom(900_000), 8).length > 0);
});

test("positions read like those of a player", () => {
  assert.deepEqual([0, 61.9, 3599, 3725, -65].map(formatPosition), ["0:00", "1:01", "59:59", "1:02:05", "−1:05"]);
});
