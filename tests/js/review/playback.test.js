import assert from "node:assert/strict";
import { test } from "node:test";
import { Playback } from "../../../proctor/static/js/review/playback.js";
import { FakeVideo, noTimers } from "./fakes.js";

/**
 * Plays recordings of an exam of 100 seconds; each is a list of [when, where in the file, how long].
 * @param {number[][][]} recordings
 */
function playing(...recordings) {
  const playback = new Playback(100, noTimers);
  const videos = recordings.map(() => new FakeVideo());
  const tracks = recordings.map((segments, index) => ({
    video: /** @type {FakeVideo} */ (videos[index]),
    segments: segments.map(([atS = 0, offsetS = 0, durationS = 0]) => ({ atS, offsetS, durationS })),
  }));
  playback.setTracks(tracks);
  const [camera = new FakeVideo(), screen = new FakeVideo()] = videos;
  return { playback, camera, screen };
}

test("seeking puts both pictures to one moment, each at its own place in its file", () => {
  const { playback, camera, screen } = playing([[0, 0, 100]], [[10, 0, 90]]);

  playback.seek(40);

  assert.deepEqual([camera.currentTime, screen.currentTime], [40, 30]);
  assert.deepEqual([camera.paused, screen.paused], [true, true]);
});

test("the one that leads is the clock, and the other is set right only when it is far off", () => {
  const { playback, camera, screen } = playing([[0, 0, 100]], [[0, 0, 100]]);
  playback.play();

  camera.currentTime = 5;
  screen.currentTime = 4.9;
  playback.tick();
  assert.deepEqual([playback.atS, screen.currentTime], [5, 4.9]);

  screen.currentTime = 4.8;
  playback.tick();
  assert.equal(screen.currentTime, 5);
});

test("while the one that leads is loading, the other waits for it", () => {
  const { playback, camera, screen } = playing([[0, 0, 100]], [[0, 0, 100]]);
  playback.play();
  camera.readyState = 2;
  playback.tick();
  assert.equal(screen.paused, true);

  camera.readyState = 4;
  camera.currentTime = 1;
  playback.tick();
  assert.equal(screen.paused, false);
});

test("a gap that no recording has is skipped", () => {
  const { playback, camera } = playing([[0, 0, 10], [60, 10, 20]]);
  playback.seek(9.9);
  playback.play();

  camera.currentTime = 10.05;
  playback.tick();

  assert.ok(Math.abs(playback.atS - 60.05) < 0.001);
});

test("in a gap of the one that leads, the other takes over, and gives back afterwards", () => {
  const { playback, camera, screen } = playing([[0, 0, 10], [60, 10, 20]], [[0, 0, 100]]);
  playback.seek(9.95);
  playback.play();
  camera.currentTime = 10.05;
  screen.currentTime = 10.05;
  playback.tick();
  assert.equal(playback.atS, 10);
  assert.equal(playback.isShown(camera), false);

  screen.currentTime = 30;
  playback.tick();
  assert.deepEqual([playback.atS, camera.paused, screen.paused], [30, true, false]);

  screen.currentTime = 60.02;
  playback.tick();
  assert.equal(camera.paused, false);
  assert.ok(Math.abs(camera.currentTime - 10.02) < 0.001);
});

test("in a gap of the one that leads, the other is shown as soon as it begins", () => {
  const { playback, camera, screen } = playing([[0, 0, 10], [60, 10, 20]], [[40, 0, 60]]);
  playback.seek(9.95);
  playback.play();
  camera.currentTime = 10.05;
  playback.tick();

  assert.deepEqual([playback.atS, camera.paused, screen.paused, screen.currentTime], [40, true, false, 0]);
});

test("where one has come to its end, what the other has later is gone on with", () => {
  const { playback, camera, screen } = playing([[0, 0, 30]], [[0, 0, 20], [60, 20, 40]]);
  playback.seek(29.9);
  playback.play();
  camera.currentTime = 30;
  Object.assign(camera, { ended: true, paused: true });
  playback.tick();

  assert.deepEqual([playback.isPlaying, playback.atS, screen.currentTime, screen.paused], [true, 60, 20, false]);
});

test("playing from where nothing was recorded goes on where something was", () => {
  const { playback, camera } = playing([[0, 0, 10], [20, 10, 30]]);
  playback.seek(15);
  playback.play();

  assert.equal(playback.atS, 20);
  assert.equal(camera.paused, false);
});

test("a recording that begins late is shown from its beginning", () => {
  const { playback } = playing([[7, 0, 30]]);

  assert.equal(playback.atS, 7);
});

test("at the end of all recordings it stops, and playing again begins anew", () => {
  const { playback, camera } = playing([[0, 0, 100]]);
  playback.seek(99.9);
  playback.play();
  camera.currentTime = 100;
  camera.ended = true;
  playback.tick();
  assert.deepEqual([playback.isPlaying, playback.atS], [false, 100]);

  playback.play();
  assert.deepEqual([playback.isPlaying, playback.atS], [true, 0]);
});

test("a recording that ends before the other one stays at its end", () => {
  const { playback, camera, screen } = playing([[0, 0, 100]], [[0, 0, 100]]);
  playback.play();
  camera.currentTime = 90.1;
  screen.currentTime = 90;
  Object.assign(screen, { ended: true, paused: true });
  playback.tick();

  assert.deepEqual([screen.currentTime, screen.paused], [90, true]);
});

test("without recordings the playhead moves and nothing plays", () => {
  const { playback } = playing();
  playback.seek(50);
  playback.play();

  assert.deepEqual([playback.atS, playback.isPlaying, playback.canPlay], [50, false, false]);
});

test("recordings that are told again as they are known play on undisturbed", () => {
  const { playback, camera } = playing([[0, 0, 100]]);
  playback.play();
  camera.currentTime = 5.08;

  playback.setTracks([{ video: camera, segments: [{ atS: 0, offsetS: 0, durationS: 100 }] }]);
  assert.equal(camera.currentTime, 5.08);

  playback.setTracks([{ video: camera, segments: [{ atS: 3, offsetS: 0, durationS: 97 }] }]);
  assert.equal(playback.atS, 3);
});

test("the playhead stays within the exam, and the speed is that of both pictures", () => {
  const { playback, camera, screen } = playing([[0, 0, 100]], [[0, 0, 100]]);
  playback.seek(-3);
  assert.equal(playback.atS, 0);
  playback.seek(900);
  assert.equal(playback.atS, 100);
  playback.setRate(4);
  assert.deepEqual([camera.playbackRate, screen.playbackRate], [4, 4]);
});
