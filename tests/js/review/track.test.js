import assert from "node:assert/strict";
import { test } from "node:test";
import { correct, has, isLoading, place, shownAt } from "../../../proctor/static/js/review/track.js";
import { FakeVideo } from "./fakes.js";

/** A recording of the seconds 10 to 30 and 60 to 80 of an exam. */
function track() {
  const segments = [
    { atS: 10, offsetS: 0, durationS: 20 },
    { atS: 60, offsetS: 20, durationS: 20 },
  ];
  return { video: new FakeVideo(), segments };
}

test("a recording is put where the playhead is, and runs only while it plays", () => {
  const recording = track();
  place(recording, 65, false);
  assert.deepEqual([recording.video.currentTime, recording.video.paused], [25, true]);

  place(recording, 65, true);
  assert.equal(recording.video.paused, false);
});

test("where it has nothing, it stands still", () => {
  const recording = track();
  place(recording, 15, true);

  place(recording, 40, true);
  assert.deepEqual([has(recording, 40), recording.video.paused, recording.video.currentTime], [false, true, 5]);

  recording.video.paused = false;
  correct(recording, 40);
  assert.equal(recording.video.paused, true);
});

test("while it runs along, only what is far off is set right, and nothing that is on its way", () => {
  const recording = track();
  recording.video.currentTime = 5.1;
  correct(recording, 15);
  assert.deepEqual([recording.video.currentTime, recording.video.paused], [5.1, false]);

  recording.video.currentTime = 5.2;
  recording.video.seeking = true;
  correct(recording, 15);
  assert.deepEqual([recording.video.currentTime, isLoading(recording)], [5.2, true]);

  recording.video.seeking = false;
  correct(recording, 15);
  assert.deepEqual([recording.video.currentTime, isLoading(recording)], [5, false]);
});

test("it says which moment it shows, and after its end that is its end", () => {
  const recording = track();
  recording.video.currentTime = 21;
  assert.equal(shownAt(recording), 61);

  recording.video.ended = true;
  assert.equal(shownAt(recording), 80);
});
