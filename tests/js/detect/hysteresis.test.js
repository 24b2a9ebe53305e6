import assert from "node:assert/strict";
import { test } from "node:test";
import { Hysteresis } from "../../../proctor/static/js/detect/hysteresis.js";

const THREE_OF_FOUR = { on: { need: 3, of: 4 }, off: { need: 3, of: 4 } };

/**
 * Feed samples, one each 100 ms; give what changed at which.
 * @param {Hysteresis} state
 * @param {string} samples `x` seen, `.` not
 */
function feed(state, samples) {
  return [...samples].flatMap((sample, index) => {
    const change = state.add(sample === "x", sample === "x" ? 0.8 : 0, index * 100);
    return change ? [{ index, ...change }] : [];
  });
}

test("a single picture opens nothing", () => {
  assert.deepEqual(feed(new Hysteresis(THREE_OF_FOUR), "x..x..x.."), []);
});

test("a condition opens when enough of the last samples had it, and says since when", () => {
  const [opened] = feed(new Hysteresis(THREE_OF_FOUR), "..x.xx");
  assert.deepEqual(opened, { index: 5, isOpen: true, confidence: 0.8000000000000002, durationMs: 300 });
});

test("a single picture closes nothing either", () => {
  const changes = feed(new Hysteresis(THREE_OF_FOUR), "xxx.x.xx.x");
  assert.deepEqual(changes.map(({ isOpen }) => isOpen), [true]);
});

test("a condition closes when enough of the last samples lack it, and says how long it was there", () => {
  const changes = feed(new Hysteresis(THREE_OF_FOUR), "xxxxx...");
  assert.deepEqual(changes.map(({ index, isOpen, durationMs }) => [index, isOpen, durationMs]), [
    [2, true, 200],
    [7, false, 400],
  ]);
});

test("after it closed it takes as many samples to open again", () => {
  const changes = feed(new Hysteresis(THREE_OF_FOUR), "xxx...x.xx");
  assert.deepEqual(changes.map(({ index }) => index), [2, 5, 9]);
});

test("what an earlier page left open is closed by this one", () => {
  const changes = feed(new Hysteresis(THREE_OF_FOUR, true), "...");
  assert.deepEqual(changes.map(({ isOpen }) => isOpen), [false]);
});

test("ending it by hand closes what is open and nothing else", () => {
  const state = new Hysteresis(THREE_OF_FOUR);
  assert.equal(state.end(), null);
  feed(state, "xxx");
  assert.equal(state.end()?.isOpen, false);
  assert.equal(state.end(), null);
});
