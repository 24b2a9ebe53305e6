import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { FrameWatch } from "../../../proctor/static/js/proctor/frame-watch.js";

let frames = 0;
const page = { hidden: false };
/** @type {boolean[]} */
let told;
/** @type {FrameWatch} */
let watch;

beforeEach(() => {
  mock.timers.enable({ apis: ["setInterval"] });
  frames = 10;
  page.hidden = false;
  told = [];
  /** @type {any} */
  const video = { getVideoPlaybackQuality: () => ({ totalVideoFrames: frames }) };
  watch = new FrameWatch(video, { onChange: (isStill) => told.push(isStill), page });
});

afterEach(() => {
  watch.close();
  mock.timers.reset();
});

/** @param {number} seconds @param {number} framesPerSecond */
function pass(seconds, framesPerSecond) {
  for (let second = 0; second < seconds; second += 1) {
    frames += framesPerSecond;
    mock.timers.tick(1_000);
  }
}

test("a moving picture is nothing to speak of", () => {
  pass(10, 20);
  assert.deepEqual(told, []);
});

test("a picture without new frames for two seconds stands still, and moves again with the next", () => {
  pass(1, 20);
  pass(2, 0);
  assert.deepEqual(told, [true]);
  pass(1, 1);
  assert.deepEqual(told, [true, false]);
});

test("a page that nobody looks at draws no frames and draws no conclusions", () => {
  pass(1, 20);
  page.hidden = true;
  pass(30, 0);
  page.hidden = false;
  pass(1, 0);
  assert.deepEqual(told, []);
});
