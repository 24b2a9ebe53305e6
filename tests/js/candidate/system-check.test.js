import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Checks } from "../../../proctor/static/js/candidate/checks.js";
import { DeviceCare } from "../../../proctor/static/js/candidate/device-care.js";
import { SystemCheck } from "../../../proctor/static/js/candidate/system-check.js";

/** Devices whose answers and losses the test decides. */
class FakeMedia {
  /** @type {Record<string, string>} */ outcomes = { camera: "passed", microphone: "passed" };
  /** @type {Set<(kind: any) => void>} */ listeners = new Set();
  stream = {};
  asked = 0;

  async open() {
    this.asked += 1;
    return this.outcomes;
  }

  /** @param {string} kind */
  async openOne(kind) {
    this.asked += 1;
    return this.outcomes[kind];
  }

  /** @param {string} kind */
  isOn(kind) {
    return this.outcomes[kind] === "passed";
  }

  /** @param {(kind: any) => void} listener */
  onLost(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @param {string} kind */
  lose(kind) {
    for (const listener of this.listeners) listener(kind);
  }
}

class FakeScreen {
  outcome = "passed";
  surface = "monitor";
  stream = null;
  /** @type {() => void} */ lose = () => {};

  async share() {
    return this.outcome;
  }

  /** @param {() => void} listener */
  onLost(listener) {
    this.lose = listener;
    return () => {};
  }
}

/** An audio graph that hears what the test sets. */
function hearing() {
  const ear = { sample: 0, closed: 0 };
  class AudioContext {
    async resume() {}
    async close() {
      ear.closed += 1;
    }
    createAnalyser() {
      return { fftSize: 32, getFloatTimeDomainData: (/** @type {Float32Array} */ to) => to.fill(ear.sample) };
    }
    createMediaStreamSource() {
      return { connect() {} };
    }
  }
  return { ear, AudioContext };
}

/** @param {{browser?: string}} [options] */
function systemCheck({ browser = "passed" } = {}) {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const checks = new Checks(["browser", "camera", "microphone", "screen", "network"]);
  const media = new FakeMedia();
  const screen = new FakeScreen();
  const { ear, AudioContext } = hearing();
  /** @type {any} */
  const parts = {
    checks,
    media,
    screen,
    AudioContext,
    browserOutcome: () => browser,
    measureNetwork: async () => ({ outcome: "passed", ms: 12 }),
    onLevel: () => {},
  };
  const check = new SystemCheck(parts);
  const close = () => {
    check.close();
    mock.timers.reset();
  };
  return { check, checks, media, screen, ear, close, outcome: (/** @type {string} */ name) => checks.finding(name).outcome };
}

test("a browser that cannot take part is not asked for its camera", async () => {
  const { check, media, outcome, close } = systemCheck({ browser: "insecure" });
  await check.run();
  assert.equal(media.asked, 0);
  assert.deepEqual([outcome("browser"), outcome("camera")], ["insecure", "waiting"]);
  close();
});

test("the microphone passes once something is heard", async () => {
  const { check, outcome, ear, close } = systemCheck();
  await check.run();
  assert.deepEqual([outcome("camera"), outcome("microphone")], ["passed", "listening"]);
  ear.sample = 0.1;
  mock.timers.tick(100);
  assert.equal(outcome("microphone"), "passed");
  mock.timers.tick(10_000);
  assert.equal(outcome("microphone"), "passed");
  close();
});

test("a silent microphone is a warning, and a word said later takes it back", async () => {
  const { check, outcome, ear, close } = systemCheck();
  await check.run();
  mock.timers.tick(6000);
  assert.equal(outcome("microphone"), "silent");
  ear.sample = 0.1;
  mock.timers.tick(100);
  assert.equal(outcome("microphone"), "passed");
  close();
});

test("a device that goes off during the check is told, and its meter stops", async () => {
  const { check, media, ear, outcome, close } = systemCheck();
  await check.run();
  media.lose("microphone");
  assert.equal(outcome("microphone"), "lost");
  assert.equal(ear.closed, 1);
  close();
});

test("trying again asks for both when both are off, else for the one", async () => {
  const { check, media, outcome, close } = systemCheck();
  media.outcomes = { camera: "denied", microphone: "denied" };
  await check.run();
  media.outcomes = { camera: "passed", microphone: "denied" };
  await check.retry("camera");
  assert.deepEqual([outcome("camera"), outcome("microphone")], ["passed", "denied"]);
  media.outcomes = { camera: "passed", microphone: "passed" };
  await check.retry("microphone");
  assert.equal(outcome("microphone"), "listening");
  close();
});

test("sharing that stops opens the screen check again", async () => {
  const { check, screen, outcome, close } = systemCheck();
  await check.shareScreen();
  assert.equal(outcome("screen"), "passed");
  screen.lose();
  assert.equal(outcome("screen"), "lost");
  close();
});

/** @param {{isScreenRequired?: boolean}} [options] */
function care({ isScreenRequired = false } = {}) {
  const media = new FakeMedia();
  const screen = new FakeScreen();
  /** @type {string[]} */
  const reported = [];
  /** @type {Record<string, unknown>[]} */
  const payloads = [];
  /** @type {Map<string, any>} */
  const shown = new Map();
  let changed = 0;
  /** @type {any} */
  const parts = {
    media,
    screen,
    isScreenRequired,
    text: (/** @type {string} */ key) => key,
    notices: { show: shown.set.bind(shown), clear: shown.delete.bind(shown) },
    report: (/** @type {string} */ eventType, /** @type {any} */ payload) => (reported.push(eventType), payloads.push(payload)),
    onChange: () => (changed += 1),
  };
  new DeviceCare(parts);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { media, screen, reported, payloads, shown, changes: () => changed, settle };
}

test("the exam's record begins with camera and microphone on", () => {
  assert.deepEqual(care().reported, ["camera_on", "mic_on"]);
});

test("a camera that goes off is said, reported and brought back by one press", async () => {
  const { media, reported, shown, changes, settle } = care();
  media.lose("camera");
  assert.equal(shown.get("camera").title, "camera.lost.title");
  shown.get("camera").button.press();
  await settle();
  assert.deepEqual(reported.slice(2), ["camera_off", "camera_on"]);
  assert.equal(shown.size, 0);
  assert.equal(changes(), 2);
});

test("a press that does not help says what to do and reports nothing", async () => {
  const { media, reported, shown, settle } = care();
  media.lose("microphone");
  media.outcomes = { microphone: "busy" };
  shown.get("microphone").button.press();
  await settle();
  assert.equal(shown.get("microphone").text, "check.microphone.busy.remedy");
  assert.deepEqual(reported.slice(2), ["mic_off"]);
});

test("after a reload a required screen is asked for, one that is not required is not", () => {
  assert.ok(care({ isScreenRequired: true }).shown.has("screen"));
  assert.equal(care().shown.size, 0);
});

test("a window instead of the whole screen is reported and asked for again, the whole screen is let be", async () => {
  const { screen, reported, payloads, shown, settle } = care({ isScreenRequired: true });
  Object.assign(screen, { outcome: "partial", surface: "window" });
  shown.get("screen").button.press();
  await settle();
  assert.equal(shown.get("screen").text, "check.screen.partial.remedy");
  Object.assign(screen, { outcome: "passed", surface: "monitor" });
  shown.get("screen").button.press();
  await settle();
  assert.equal(shown.size, 0);
  assert.deepEqual(reported.slice(2), ["screen_share_stop", "screen_share_partial", "screen_share_start"]);
  assert.deepEqual(payloads.slice(3), [{ surface: "window" }, { surface: "monitor" }]);
});
