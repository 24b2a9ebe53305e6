import assert from "node:assert/strict";
import { test } from "node:test";
import { Checks, needsRemedy, stateOf } from "../../../proctor/static/js/candidate/checks.js";
import { Steps } from "../../../proctor/static/js/candidate/steps.js";
import { browserOutcome } from "../../../proctor/static/js/candidate/support.js";

test("the exam may start once every check passed or only warned", () => {
  const checks = new Checks(["camera", "network"]);
  assert.deepEqual(checks.missing, ["camera", "network"]);
  checks.set("camera", "passed");
  checks.set("network", "slow", { ms: 900 });
  assert.equal(checks.ready, true);
});

test("a check that fails later closes the start again", () => {
  const checks = new Checks(["camera"]);
  checks.set("camera", "passed");
  checks.set("camera", "lost");
  assert.deepEqual(checks.missing, ["camera"]);
});

test("a check that the exam does not ask for changes nothing", () => {
  const checks = new Checks(["camera"]);
  checks.onChange(() => assert.fail("nothing changed"));
  checks.set("screen", "denied");
  assert.deepEqual(checks.names, ["camera"]);
});

test("each change is told with the name of the check", () => {
  const checks = new Checks(["camera", "network"]);
  /** @type {string[]} */
  const told = [];
  const stop = checks.onChange((name) => told.push(name));
  checks.set("network", "running");
  stop();
  checks.set("camera", "running");
  assert.deepEqual(told, ["network"]);
});

test("an unknown outcome counts as a failure that needs words of help", () => {
  assert.equal(stateOf("something new"), "failed");
  assert.equal(needsRemedy("denied"), true);
  assert.equal(needsRemedy("silent"), true);
  assert.equal(needsRemedy("listening"), false);
  assert.equal(needsRemedy("passed"), false);
});

/** @param {{consent: boolean, checks: boolean}} allowed */
function steps(allowed) {
  /** @type {string[]} */
  const shown = [];
  const mayOpen = { check: () => allowed.consent, start: () => allowed.checks };
  const way = new Steps(["consent", "check", "start"], { mayOpen, onChange: (name) => shown.push(name) });
  return { way, shown };
}

test("nothing comes before consent, and Start not before the checks", () => {
  const allowed = { consent: false, checks: true };
  const { way, shown } = steps(allowed);
  assert.equal(way.go("check"), false);
  assert.equal(way.go("start"), false);
  allowed.consent = true;
  assert.equal(way.go("check"), true);
  allowed.checks = false;
  assert.equal(way.go("start"), false);
  allowed.checks = true;
  assert.equal(way.go("start"), true);
  assert.deepEqual(shown, ["check", "start"]);
  assert.equal(way.current, "start");
});

test("the way back is always open, and an unknown step never", () => {
  const { way } = steps({ consent: true, checks: true });
  way.go("start");
  assert.equal(way.go("consent"), true);
  assert.equal(way.go("elsewhere"), false);
  assert.equal(way.current, "consent");
});

test("an insecure origin is told from a browser that cannot do it", () => {
  const able = { mediaDevices: { getUserMedia: () => {} } };
  assert.equal(browserOutcome({ isSecureContext: false, navigator: {} }), "insecure");
  assert.equal(browserOutcome({ isSecureContext: true, navigator: {} }), "unsupported");
  assert.equal(browserOutcome({ isSecureContext: true, navigator: able }), "unsupported");
  assert.equal(browserOutcome({ isSecureContext: true, navigator: able, RTCPeerConnection: class {} }), "passed");
});
