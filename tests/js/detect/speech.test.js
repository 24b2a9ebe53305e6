import assert from "node:assert/strict";
import { test } from "node:test";
import { Conditions } from "../../../proctor/static/js/detect/conditions.js";
import { Downsampler, FRAME, FRAME_MS } from "../../../proctor/static/js/detect/speech.js";

for (const rate of [16_000, 44_100, 48_000]) {
  test(`a second at ${rate} samples is a second at 16,000, in the same pitch`, () => {
    const tone = Float32Array.from({ length: rate }, (_, index) => Math.sin((2 * Math.PI * 200 * index) / rate));
    const downsampler = new Downsampler(rate);
    const frames = [...downsampler.add(tone.subarray(0, 1000)), ...downsampler.add(tone.subarray(1000))];
    assert.equal(frames.length, Math.floor(16_000 / FRAME));
    const samples = frames.flatMap((frame) => [...frame]);
    const crossings = samples.filter((sample, index) => index > 0 && sample >= 0 && (samples[index - 1] ?? 0) < 0).length;
    assert.ok(Math.abs(crossings - (200 * samples.length) / 16_000) <= 1, String(crossings));
  });
}

test("half a second of speech says nothing, a sentence does, and so does its end", () => {
  /** @type {string[]} */
  const told = [];
  const conditions = new Conditions(["voice"], (eventType) => told.push(eventType));
  let at = 0;
  /** @param {number} ms @param {number} confidence */
  const hear = (ms, confidence) => {
    for (const end = at + ms; at < end; at += FRAME_MS) conditions.add("voice", confidence, at);
  };
  hear(400, 0.9);
  hear(3000, 0);
  assert.deepEqual(told, []);
  hear(1500, 0.9);
  assert.deepEqual(told, ["voice_detected"]);
  hear(800, 0);
  hear(500, 0.9);
  assert.deepEqual(told, ["voice_detected"]);
  hear(2000, 0);
  assert.deepEqual(told, ["voice_detected", "voice_silent"]);
});
