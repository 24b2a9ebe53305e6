import assert from "node:assert/strict";
import { test } from "node:test";
import { FlagAlert } from "../../../proctor/static/js/proctor/flag-alert.js";
import { FlagList, isLasting, rankOf } from "../../../proctor/static/js/proctor/flag-model.js";

/** @typedef {import("../../../proctor/static/js/proctor/flag-model.js").Flag} Flag */

/**
 * @param {string} id
 * @param {Partial<Flag>} [given]
 * @returns {Flag}
 */
function flag(id, given = {}) {
  return {
    id,
    session_id: "s",
    rule_id: "no_face",
    severity: "medium",
    message: "No face in view",
    began_at: "2026-11-22T09:00:00Z",
    raised_at: "2026-11-22T09:00:10Z",
    cleared_at: null,
    lasted_ms: null,
    evidence: { confidence: null, event_count: 1, snapshot: null },
    state: "open",
    handled_by: null,
    reason: null,
    ...given,
  };
}

const CLEARED = { cleared_at: "2026-11-22T09:01:00Z", lasted_ms: 60_000 };

test("what needs a look comes first: unhandled, going on, worse, later", () => {
  const list = new FlagList();
  list.put([
    flag("handled", { state: "acknowledged", severity: "high" }),
    flag("over", { ...CLEARED, severity: "high" }),
    flag("going on"),
    flag("worse", { severity: "high" }),
    flag("later", { severity: "high", began_at: "2026-11-22T09:30:00Z" }),
  ]);
  assert.deepEqual(list.byNeed.map(({ id }) => id), ["later", "worse", "going on", "over", "handled"]);
});

test("withdrawn flags are not shown", () => {
  const list = new FlagList();
  list.put([flag("1")]);
  list.put([flag("1", { state: "withdrawn" })]);
  assert.deepEqual(list.byNeed, []);
});

test("news is a flag that is new or has become worse, and nothing else", () => {
  const list = new FlagList();
  assert.equal(list.put([flag("1")]).length, 1);
  assert.equal(list.put([flag("1")]).length, 0);
  assert.equal(list.put([flag("1", { severity: "high" })]).length, 1);
  assert.equal(list.put([flag("1", { severity: "high", ...CLEARED })]).length, 0);
  assert.equal(list.put([flag("2", { state: "dismissed" })]).length, 0);
});

test("severities are ranked, and nothing is less than any", () => {
  assert.deepEqual([null, "low", "medium", "high"].map(rankOf), [0, 1, 2, 3]);
});

test("a cleared or withdrawn flag does not go on", () => {
  assert.equal(isLasting(flag("1")), true);
  assert.equal(isLasting(flag("1", CLEARED)), false);
  assert.equal(isLasting(flag("1", { state: "withdrawn" })), false);
});

/** A page with a box to tick, a storage and a loudspeaker that counts. */
function surroundings(/** @type {string | null} */ kept = null) {
  const doc = Object.assign(new EventTarget(), { title: "Sessions", hidden: true });
  const box = Object.assign(new EventTarget(), { checked: false });
  const heard = { tones: 0, kept };
  const tone = { frequency: { value: 0 }, connect: () => ({ connect: () => {} }), start: () => (heard.tones += 1), stop() {} };
  const gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
  class AudioContext {
    currentTime = 0;
    destination = {};
    async resume() {}
    async close() {}
    createOscillator = () => tone;
    createGain = () => ({ gain });
  }
  const storage = { getItem: () => heard.kept, setItem: (/** @type {string} */ _key, /** @type {string} */ value) => (heard.kept = value) };
  /** @type {any} */
  const around = { storage, doc, AudioContext };
  return { around, box: /** @type {any} */ (box), doc, heard };
}

test("a flag makes no sound and no mark unless the proctor wants them", () => {
  const { around, box, doc, heard } = surroundings();
  new FlagAlert(box, around).alert();
  assert.deepEqual([heard.tones, doc.title], [0, "Sessions"]);
});

test("the wish is remembered, flags are counted in the title until the proctor looks", () => {
  const { around, box, doc, heard } = surroundings("on");
  const alert = new FlagAlert(box, around);
  assert.equal(box.checked, true);
  alert.alert();
  alert.alert();
  assert.deepEqual([heard.tones, doc.title], [2, "(2) Sessions"]);
  doc.hidden = false;
  doc.dispatchEvent(new Event("visibilitychange"));
  assert.equal(doc.title, "Sessions");
  box.checked = false;
  box.dispatchEvent(new Event("change"));
  assert.equal(heard.kept, "off");
  alert.close();
});
