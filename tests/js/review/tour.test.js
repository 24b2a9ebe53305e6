import assert from "node:assert/strict";
import { test } from "node:test";
import { TimelineModel } from "../../../proctor/static/js/review/timeline-model.js";
import { Tour } from "../../../proctor/static/js/review/tour.js";
import { timelineOf } from "./fakes.js";

/** @param {number[]} times of the entries */
function tourOf(...times) {
  const model = new TimelineModel(timelineOf(times.map((atS) => ({ at_s: atS }))));
  const playback = { atS: 0, isPlaying: false, seek: (/** @type {number} */ atS) => void (playback.atS = Math.max(atS, 0)) };
  const tour = new Tour(playback, () => model);
  const visit = (/** @type {1 | -1} */ direction) => {
    const entry = tour.neighbour(direction);
    if (entry) tour.visit(entry);
    return entry?.atS ?? null;
  };
  return { tour, playback, visit };
}

test("each entry is gone to once, though the playhead is put before it", () => {
  const { playback, visit } = tourOf(10, 11, 40);
  assert.deepEqual([visit(1), visit(1), visit(1), visit(1)], [10, 11, 40, null]);
  assert.equal(playback.atS, 38);
  assert.deepEqual([visit(-1), visit(-1), visit(-1)], [11, 10, null]);
});

test("an entry is what is looked at until it is reached; then the playhead decides", () => {
  const { tour, playback, visit } = tourOf(10, 11);
  visit(1);
  visit(1);
  playback.isPlaying = true;
  assert.equal(tour.current()?.atS, 11);

  playback.atS = 10.5;
  assert.equal(tour.current()?.atS, 11);

  playback.atS = 11.1;
  assert.equal(tour.current()?.atS, 11);
  playback.atS = 10.5;
  assert.equal(tour.current()?.atS, 10);
});

test("while it stands still, what was gone to stays", () => {
  const { tour, playback, visit } = tourOf(10, 40);
  visit(1);
  playback.atS = 50;
  assert.equal(tour.current()?.atS, 10);
});

test("seeking elsewhere forgets what was gone to", () => {
  const { tour, visit } = tourOf(10, 40);
  visit(1);
  tour.seek(45);
  assert.equal(tour.current()?.atS, 40);
  assert.equal(tour.neighbour(-1)?.atS, 40);
});
