import assert from "node:assert/strict";
import { test } from "node:test";
import { Judge } from "../../../proctor/static/js/detect/judge.js";
import { Pace, STEPS } from "../../../proctor/static/js/detect/pace.js";
import { Sampler } from "../../../proctor/static/js/detect/sampler.js";
import { LIMITS } from "./limits.js";

const FACE = { score: 1, box: { x: 0.4, y: 0.2, width: 0.2, height: 0.3 } };
const AHEAD = { yaw: 3, pitch: -10, side: 0 };

/** @param {{facesMs?: number, objectsMs?: number, found?: (typeof FACE)[]}} [machine] */
function bench({ facesMs = 50, objectsMs = 100, found = [FACE] } = {}) {
  const clock = { now: 1 };
  const count = { faces: 0, objects: 0, closed: 0 };
  /** @type {import("../../../proctor/static/js/detect/pace.js").Window[]} */
  const windows = [];
  /** @type {(string | null)[]} the parts that were looked at more closely */
  const looked = [];
  let waitsUntil = Infinity;
  /** @type {() => void} */
  let atEnd = () => {};
  const picture = /** @type {ImageBitmap} */ (/** @type {unknown} */ ({ close: () => (count.closed += 1) }));
  const sampler = new Sampler({
    eyes: {
      facesIn: async (_, corner) => {
        clock.now += facesMs;
        count.faces += 1;
        looked.push(corner);
        return { meshed: found, detected: [], inCorner: [], look: AHEAD };
      },
      thingsIn: async (_, parts) => ((clock.now += objectsMs), (count.objects += 1), looked.push(...parts), {}),
      shadesOf: () => Uint8Array.of(clock.now % 256, 100, 200),
    },
    now: () => clock.now,
    sleep: async (ms) => {
      clock.now += ms;
      if (clock.now >= waitsUntil) atEnd();
    },
    onPace: (window) => windows.push(window),
  });
  const frames = { next: async () => picture, close: () => {} };
  /** @type {string[]} */
  const told = [];
  const judge = new Judge((eventType) => told.push(eventType), LIMITS, { neutral: AHEAD });
  /** @param {number} ms */
  const watchFor = async (ms) => {
    waitsUntil = clock.now + ms;
    atEnd = () => sampler.close();
    await sampler.watch(judge);
  };
  return { sampler, frames, count, looked, windows, told, clock, watchFor };
}

test("faces are looked at three times a second, objects twice, and every picture is given back", async () => {
  const { sampler, frames, count, watchFor } = bench();
  sampler.setFrames(frames);
  await watchFor(10_000);
  assert.ok(count.faces >= 24 && count.faces <= 31, String(count.faces));
  assert.ok(count.objects >= 16 && count.objects <= 21, String(count.objects));
  assert.ok(count.closed >= count.faces);
});

test("every part of the picture has its turn, and none on a machine that is slow", async () => {
  const quick = bench();
  quick.sampler.setFrames(quick.frames);
  await quick.watchFor(3000);
  assert.deepEqual(new Set(quick.looked), new Set(["left", "right", "middle", "turned"]));

  const slow = bench({ facesMs: 900, objectsMs: 3000 });
  slow.sampler.setFrames(slow.frames);
  await slow.watchFor(60_000);
  assert.deepEqual(new Set(slow.looked.slice(-10)), new Set([null]));
});

test("without a camera nothing is looked at, and nothing is told", async () => {
  const { count, told, watchFor } = bench();
  await watchFor(5000);
  assert.deepEqual([count.faces, told], [0, []]);
});

test("the usual look is measured from one face", async () => {
  const { sampler, frames, clock } = bench();
  sampler.setFrames(frames);
  assert.deepEqual(await sampler.calibrate(), AHEAD);
  assert.ok(clock.now < 3000);
});

test("without one face there is no usual look, and that is soon known", async () => {
  const { sampler, frames, clock } = bench({ found: [] });
  sampler.setFrames(frames);
  assert.equal(await sampler.calibrate(), null);
  assert.ok(clock.now < 9000);
});

test("an exam that starts during the measurement goes first", async () => {
  const { sampler, frames, count, watchFor } = bench();
  sampler.setFrames(frames);
  const measured = sampler.calibrate();
  await watchFor(3000);
  assert.equal(await measured, null);
  assert.ok(count.faces > 5);
});

test("a look that fails is forgotten, looks that fail again and again end the watch", async () => {
  const { sampler, frames, count, watchFor } = bench();
  let fails = 3;
  const next = () => (fails-- > 0 ? Promise.reject(new Error("no picture")) : frames.next());
  sampler.setFrames({ ...frames, next });
  await watchFor(3000);
  assert.ok(count.faces > 5);

  const broken = bench();
  broken.sampler.setFrames({ ...frames, next: () => Promise.reject(new Error("no picture")) });
  await assert.rejects(broken.watchFor(60_000), /no picture/);
});

test("a slow machine gets fewer samples first, then fewer detectors", async () => {
  const { sampler, frames, count, windows, watchFor } = bench({ facesMs: 300, objectsMs: 900 });
  sampler.setFrames(frames);
  await watchFor(60_000);
  assert.deepEqual([...new Set(windows.map(({ step }) => step))], [1, 2]);
  const before = count.objects;
  assert.ok(before > 0);
});

test("a very slow machine stops looking for objects and ends what it had seen", async () => {
  const { sampler, frames, count, windows, watchFor } = bench({ facesMs: 900, objectsMs: 3000 });
  sampler.setFrames(frames);
  await watchFor(60_000);
  assert.equal(windows.at(-1)?.step, STEPS.length - 1);
  assert.equal(windows.at(-1)?.objectsMs, null);
  assert.ok(count.objects < 20);
});

test("a machine that is at ease for a minute gets its samples back", () => {
  /** @type {number[]} */
  const steps = [];
  const pace = new Pace(({ step }) => steps.push(step), 0);
  pace.worked("faces", 9000, 10_000);
  for (let now = 20_000; now <= 80_000; now += 10_000) pace.worked("faces", 500, now);
  assert.deepEqual(steps, [1, 1, 1, 1, 1, 1, 0, 0]);
});
