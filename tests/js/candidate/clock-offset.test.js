import assert from "node:assert/strict";
import { test } from "node:test";
import { ClockOffset } from "../../../proctor/static/js/candidate/clock-offset.js";

const SERVER_TIME = "2026-11-22T09:00:00.000Z";
const SERVER_MS = Date.parse(SERVER_TIME);

function scene() {
  /** @type {unknown[]} */
  const told = [];
  return { told, clock: new ClockOffset((eventType, payload) => told.push([eventType, payload])) };
}

test("a clock that is right, or nearly, is not told of", () => {
  const { told, clock } = scene();
  clock.heard(SERVER_TIME, 200, SERVER_MS + 100);
  clock.heard(SERVER_TIME, 0, SERVER_MS + 1999);
  assert.deepEqual(told, []);
});

test("a clock that is off is told once, with half the way allowed for", () => {
  const { told, clock } = scene();
  clock.heard(SERVER_TIME, 1000, SERVER_MS - 86_400_000 + 500);
  clock.heard(SERVER_TIME, 0, SERVER_MS - 86_400_000 + 900);
  assert.deepEqual(told, [["clock_skew", { offset_ms: 86_400_000 }]]);
});

test("a clock that jumps is told again, and once it is right as well", () => {
  const { told, clock } = scene();
  clock.heard(SERVER_TIME, 0, SERVER_MS + 60_000);
  clock.heard(SERVER_TIME, 0, SERVER_MS);
  assert.deepEqual(told.length, 2);
  assert.deepEqual(told[1], ["clock_skew", { offset_ms: 0 }]);
});

test("a time that was long under way says nothing of the clock", () => {
  const { told, clock } = scene();
  clock.heard(SERVER_TIME, 5000, SERVER_MS + 5000);
  assert.deepEqual(told, []);
});
