import assert from "node:assert/strict";
import { test } from "node:test";
import { Countdown, formatRemaining, passedMark } from "../../../proctor/static/js/lib/clock.js";

/** @param {import("../../../proctor/static/js/lib/clock.js").ClockState} state */
function countdownAt(state) {
  const time = { now: 1000, tick: () => {}, cleared: 0 };
  const countdown = new Countdown(state, {
    now: () => time.now,
    setInterval: (fn) => (time.tick = fn),
    clearInterval: () => (time.cleared += 1),
  });
  return { countdown, time };
}

test("a running countdown loses what the monotonic clock gains", () => {
  const { countdown, time } = countdownAt({ remainingMs: 60_000, running: true });
  time.now += 2500;
  assert.equal(countdown.remainingMs, 57_500);
});

test("a standing countdown keeps its time however long it stands", () => {
  const { countdown, time } = countdownAt({ remainingMs: 60_000, running: false });
  time.now += 3_600_000;
  assert.equal(countdown.remainingMs, 60_000);
});

test("a countdown stops at zero", () => {
  const { countdown, time } = countdownAt({ remainingMs: 1000, running: true });
  time.now += 5000;
  assert.equal(countdown.remainingMs, 0);
});

test("what the server says replaces what was counted", () => {
  const { countdown, time } = countdownAt({ remainingMs: 60_000, running: true });
  time.now += 30_000;
  countdown.update({ remainingMs: 600_000, running: true });
  time.now += 1000;
  assert.equal(countdown.remainingMs, 599_000);
});

test("an exam without a time limit has no time left to tell", () => {
  const { countdown } = countdownAt({ remainingMs: null, running: true });
  assert.equal(countdown.remainingMs, null);
});

test("listeners hear each tick, and none after close", () => {
  const { countdown, time } = countdownAt({ remainingMs: 2000, running: true });
  /** @type {(number | null)[]} */
  const heard = [];
  countdown.onTick((ms) => heard.push(ms));
  time.now += 500;
  time.tick();
  countdown.close();
  time.tick();
  assert.deepEqual(heard, [2000, 1500]);
  assert.equal(time.cleared, 1);
});

test("time is written with hours only where there are any, and rounded up", () => {
  assert.equal(formatRemaining(3_600_000), "1:00:00");
  assert.equal(formatRemaining(3_599_000), "59:59");
  assert.equal(formatRemaining(61_001), "1:02");
  assert.equal(formatRemaining(1), "0:01");
  assert.equal(formatRemaining(0), "0:00");
  assert.equal(formatRemaining(-5), "0:00");
});

test("a mark is told once, when it is passed, and the smallest one when several are", () => {
  assert.equal(passedMark(600_500, 599_900, [10, 5, 1]), 10);
  assert.equal(passedMark(599_900, 599_400, [10, 5, 1]), null);
  assert.equal(passedMark(700_000, 50_000, [10, 5, 1]), 1);
  assert.equal(passedMark(null, 50_000, [10, 5, 1]), null);
  assert.equal(passedMark(200_000, 900_000, [10, 5, 1]), null);
});
