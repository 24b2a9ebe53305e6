import assert from "node:assert/strict";
import { test } from "node:test";
import { EntryWords } from "../../../proctor/static/js/review/entry-words.js";
import { CharacterKeys, commandOf } from "../../../proctor/static/js/review/keys.js";
import { explain, isExpected, playable } from "../../../proctor/static/js/review/recording-state.js";
import { isBarred, isOnlyReopened } from "../../../proctor/static/js/review/verdict-panel.js";
import { endOf, examTimeAt, fileTimeAt, gapBetween, nextStart, segmentsOf } from "../../../proctor/static/js/review/segments.js";

const START = "2026-11-22T09:00:00.000Z";

/** @param {Partial<import("../../../proctor/static/js/review/segments.js").Recording>} given */
function recording(given = {}) {
  return { kind: "camera", state: /** @type {const} */ ("ready"), video_path: "/videos/x", sha256: null, duration_s: 30, received_bytes: 0, segments: [], ...given };
}

/**
 * A key press on an element that matches `selectors`.
 * @param {string} key
 * @param {string[]} selectors
 * @param {object} more
 * @returns {any}
 */
function press(key, selectors = [], more = {}) {
  const target = { closest: (/** @type {string} */ wanted) => (selectors.some((one) => wanted.includes(one)) ? {} : null) };
  return { key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, defaultPrevented: false, target, ...more };
}

test("a moment and its place in a file with gaps lead to each other", () => {
  const segments = segmentsOf(
    recording({
      segments: [
        { starts_at: "2026-11-22T09:01:00.000Z", offset_s: 10, duration_s: 20 },
        { starts_at: "2026-11-22T09:00:05.000Z", offset_s: 0, duration_s: 10 },
      ],
    }),
    START,
  );
  assert.deepEqual([5, 14, 15, 59, 60, 79.5, 80].map((atS) => fileTimeAt(segments, atS)), [0, 9, null, null, 10, 29.5, null]);
  assert.deepEqual([0, 9, 10, 29.5].map((fileS) => examTimeAt(segments, fileS)), [5, 14, 60, 79.5]);
  assert.deepEqual([0, 5, 15, 60].map((atS) => nextStart(segments, atS)), [5, 60, 60, null]);
});

test("a jump over a gap is told from a late tick", () => {
  const segments = [
    { atS: 0, offsetS: 0, durationS: 10 },
    { atS: 60, offsetS: 10, durationS: 20 },
  ];
  assert.equal(gapBetween(segments, 9.9, 60.1), 10);
  assert.equal(gapBetween(segments, 5, 8), null);
  assert.equal(gapBetween(segments, 9.5, 10.2), null);
  assert.equal(gapBetween(segments, 30, 60), null);
  assert.deepEqual([endOf(segments), endOf([])], [80, 0]);
});

test("a file that was sent whole begins with the exam", () => {
  assert.deepEqual(segmentsOf(recording({ duration_s: null }), START), [{ atS: 0, offsetS: 0, durationS: Infinity }]);
});

test("an uploaded file stands in for a camera that was not recorded", () => {
  const upload = recording({ kind: "upload" });
  const camera = recording();
  const screen = recording({ kind: "screen" });
  assert.equal(playable([upload, screen]).camera, upload);
  assert.deepEqual(playable([upload, camera, screen]), { camera, screen });
  assert.deepEqual(playable([recording({ state: "processing", video_path: null })]), { camera: null, screen: null });
  const reopened = recording({ state: "receiving" });
  assert.deepEqual(playable([reopened]), { camera: reopened, screen: null }, "what was joined before more came in");
});

test("why there is no picture is said in one sentence", () => {
  const reasons = [
    explain([], "off"),
    explain([], "on_flags"),
    explain([], "full"),
    explain([recording({ state: "receiving", received_bytes: 12_345_678 })], "full"),
    explain([recording({ state: "processing" })], "full"),
    explain([recording(), recording({ state: "failed" })], "full"),
    explain([recording()], "full"),
  ];
  assert.deepEqual(reasons.map((reason) => reason?.key), [
    "recording.off",
    "recording.no_flags",
    "recording.missing",
    "recording.receiving",
    "recording.processing",
    "recording.failed",
    undefined,
  ]);
  assert.equal(reasons[3]?.values.size, "12.3");
  assert.equal(isExpected([recording({ state: "processing" })]), true);
  assert.equal(isExpected([recording(), recording({ state: "failed" })]), false);
});

test("keys are commands anywhere but where somebody writes", () => {
  assert.deepEqual(["j", "K", " ", "ArrowLeft", "?", "x"].map((key) => commandOf(press(key))), ["next", "previous", "toggle", "back", "help", null]);
  assert.equal(commandOf(press("ArrowRight", [], { shiftKey: true })), "next");
  assert.equal(commandOf(press("j", ["textarea"])), null);
  assert.equal(commandOf(press("j", ["dialog"])), null);
});

test("letters, digits and signs can be switched off, and stay off in this browser", () => {
  const characters = ["j", "K", "b", "n", "v", ",", ".", "+", "-", "0", "?"];
  assert.deepEqual(characters.filter((key) => commandOf(press(key)) === null), []);
  assert.deepEqual(characters.filter((key) => commandOf(press(key), false) !== null), []);
  assert.deepEqual([" ", "ArrowLeft"].map((key) => commandOf(press(key), false)), ["toggle", "back"]);
  assert.equal(commandOf(press("ArrowRight", [], { shiftKey: true }), false), "next");

  const kept = new Map();
  const storage = { getItem: (/** @type {string} */ key) => kept.get(key) ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value) };
  const boxed = () => /** @type {any} */ (Object.assign(new EventTarget(), { checked: false }));
  const box = boxed();
  const keys = new CharacterKeys(box, storage);
  assert.equal(keys.areOn, true);
  box.checked = false;
  box.dispatchEvent(new Event("change"));
  assert.deepEqual([keys.areOn, new CharacterKeys(boxed(), storage).areOn, new CharacterKeys(boxed(), null).areOn], [false, false, true]);
});

test("the browser's own keys stay its own", () => {
  assert.equal(commandOf(press("k", [], { ctrlKey: true })), null);
  assert.equal(commandOf(press("b", [], { metaKey: true })), null);
  assert.equal(commandOf(press("j", [], { defaultPrevented: true })), null);
});

test("the space bar presses what is focused, and arrows move through choices", () => {
  assert.equal(commandOf(press(" ", ["button"])), null);
  assert.equal(commandOf(press("ArrowLeft", ["input[type=radio]"])), null);
  assert.equal(commandOf(press("j", ["button"])), "next");
});

test("who asked for a second reviewer is told so, also after it was reopened, and sees what else can be chosen", () => {
  const state = (/** @type {string} */ verdict, /** @type {string[]} */ ...possible) => ({ verdict, possible, history: [] });

  assert.equal(isBarred(state("second_review")), true);
  assert.equal(isBarred(state("unreviewed", "second_review")), true);
  assert.equal(isOnlyReopened(state("unreviewed", "second_review")), false);
  assert.equal(isBarred(state("unreviewed", "clear", "suspicious", "violation", "second_review")), false);
  assert.equal(isBarred(state("unreviewed")), false, "the exam still runs");
  assert.deepEqual([isBarred(state("clear", "unreviewed")), isOnlyReopened(state("clear", "unreviewed"))], [false, true]);
});

test("a clip of its own is played by its own keys", () => {
  for (const key of [" ", "ArrowLeft", "ArrowRight"]) assert.equal(commandOf(press(key, ["video[controls]"])), null);
  assert.equal(commandOf(press("j", ["video[controls]"])), "next");
});

const words = new EntryWords({
  say: (key, values = {}) => [key, ...Object.values(values)].join(" "),
  events: { phone_detected: ["Phone in view", "bad"], note: ["Note", "action"] },
  rules: { "Phone in view": "Phone" },
  sources: { candidate: "Candidate’s page" },
});
const ENTRY = { id: "x", kind: "flag", name: "phone_detected", atS: 61, lastedS: 42, count: 1, text: "Phone in view", by: null, severity: /** @type {const} */ ("high"), state: "open" };

test("an entry says what, how long, and by whom it was handled", () => {
  assert.equal(words.inOneLine(ENTRY), "1:01 · severity.high · Phone · flag.lasted 0:42");
  assert.equal(words.detailOf({ ...ENTRY, state: "dismissed", by: "p@test.com" }), "flag.lasted 0:42 · flag.dismissed p@test.com");
  assert.equal(words.detailOf({ ...ENTRY, kind: "chat", text: "May I?", by: "candidate", lastedS: null }), "May I? · Candidate’s page");
  assert.equal(words.nameOf({ ...ENTRY, kind: "event", name: "own_type", count: 3 }), "Own type ×3");
  assert.equal(words.detailOf({ ...ENTRY, kind: "condition", text: null }), "flag.lasted 0:42");
  assert.equal(words.detailOf({ ...ENTRY, kind: "condition", text: null, count: 30 }), "flag.within 0:42", "with times between them");
});
