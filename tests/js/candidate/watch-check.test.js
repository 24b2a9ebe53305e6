import assert from "node:assert/strict";
import { test } from "node:test";
import { Checks } from "../../../proctor/static/js/candidate/checks.js";
import { WatchCheck } from "../../../proctor/static/js/candidate/watch-check.js";

/** @param {{loads?: boolean, isKnown?: boolean}} [world] */
function set({ loads = true, isKnown = true } = {}) {
  const checks = new Checks(["camera", "watch"], { optional: ["watch"] });
  /** @type {string[]} */
  const outcomes = [];
  checks.onChange((name) => name === "watch" && outcomes.push(checks.finding("watch").outcome));
  const devices = { camera: { id: 1 } };
  const detection = { load: async () => loads, setDevices: () => {}, calibrate: async () => isKnown };
  const media = { track: () => devices.camera };
  const check = new WatchCheck(/** @type {any} */ ({ checks, media, detection }));
  return { checks, check, outcomes, devices };
}

test("models are loaded, then the candidate looks at the screen", async () => {
  const { checks, check, outcomes } = set();
  checks.set("camera", "passed");
  await check.load();
  assert.deepEqual(outcomes, ["running", "calibrating", "passed"]);
});

test("the exam does not wait for it", () => {
  const { checks, check } = set();
  checks.set("camera", "passed");
  check.progress(1, 5);
  assert.equal(checks.ready, true);
});

test("a camera that comes after the models is measured then, another camera again", async () => {
  const { checks, check, outcomes, devices } = set();
  await check.load();
  checks.set("camera", "passed");
  await new Promise((resolve) => setImmediate(resolve));
  devices.camera = { id: 2 };
  checks.set("camera", "passed");
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(outcomes, ["running", "calibrating", "passed", "calibrating", "passed"]);
});

test("a face that cannot be measured is a warning, models that cannot be loaded as well", async () => {
  const unclear = set({ isKnown: false });
  unclear.checks.set("camera", "passed");
  await unclear.check.load();
  assert.equal(unclear.checks.state("watch"), "warned");
  const absent = set({ loads: false });
  await absent.check.load();
  assert.deepEqual([absent.checks.state("watch"), absent.outcomes.at(-1)], ["warned", "unavailable"]);
});
