import assert from "node:assert/strict";
import { test } from "node:test";
import { byAlarm } from "../../../proctor/static/js/proctor/flag-model.js";
import { byRisk, matches } from "../../../proctor/static/js/proctor/session-model.js";
import { OrderId, reached } from "../../../proctor/static/js/wall/exam-model.js";
import { wordOf } from "../../../proctor/static/js/wall/peek.js";
import { arranged, nextPlace } from "../../../proctor/static/js/wall/tile-order.js";
import { LOST, session } from "../proctor/fakes.js";

/** @typedef {import("../../../proctor/static/js/proctor/session-model.js").Session} Session */

const flagged = (/** @type {string} */ worst, /** @type {number} */ count) => ({ open_flags: { count, worst } });

test("the wall begins with the worst flag, then the most, a hand, the lost, the lowest score, and ends by name", () => {
  const expected = ["high", "many", "one", "hand", "lost", "low score", "a", "b"];
  const sessions = [
    session("b"),
    session("a"),
    session("low score", { score: 70 }),
    session("lost", LOST),
    session("hand", { hand_raised: true }),
    session("one", flagged("medium", 1)),
    session("many", { ...flagged("medium", 2), score: 100 }),
    session("high", flagged("high", 1)),
  ];
  assert.deepEqual(sessions.sort(byRisk).map(({ id }) => id), expected);
  assert.deepEqual(sessions.reverse().sort(byRisk).map(({ id }) => id), expected);
});

test("the filter for flags asks for at least so bad a flag", () => {
  const all = { status: "live", exam_code: "", q: "" };
  const passes = (/** @type {string} */ flag, /** @type {Partial<Session>} */ given) => matches(session("x", given), { ...all, flag });
  assert.deepEqual(["", "any", "medium", "high"].map((flag) => passes(flag, {})), [true, false, false, false]);
  assert.deepEqual(["", "any", "medium", "high"].map((flag) => passes(flag, flagged("medium", 1))), [true, true, true, false]);
});

test("while somebody points at the wall nobody moves, nobody goes, and who is new comes last", () => {
  assert.deepEqual(arranged(["c", "new", "a"], ["a", "b", "c"], true), ["a", "b", "c", "new"]);
  assert.deepEqual(arranged(["c", "new", "a"], ["a", "b", "c"], false), ["c", "new", "a"]);
});

test("arrow keys walk through the grid and stop at its edges", () => {
  const from = (/** @type {string} */ key, /** @type {number} */ place) => nextPlace(key, place, 7, 3);
  assert.deepEqual([from("ArrowRight", 0), from("ArrowDown", 1), from("ArrowUp", 4), from("ArrowLeft", 3)], [1, 4, 1, 2]);
  assert.deepEqual([from("ArrowLeft", 0), from("ArrowUp", 2), from("ArrowDown", 5), from("ArrowRight", 6)], [0, 2, 5, 6]);
  assert.deepEqual([from("Home", 4), from("End", 4), from("x", 4)], [0, 6, null]);
});

test("the feed has the worst first, and of them the latest", () => {
  const flag = (/** @type {string} */ id, /** @type {string} */ severity, /** @type {string} */ at) =>
    /** @type {any} */ ({ id, severity, raised_at: at });
  const flags = [flag("low", "low", "3"), flag("old", "high", "1"), flag("new", "high", "2"), flag("medium", "medium", "9")];
  assert.deepEqual(flags.sort(byAlarm).map(({ id }) => id), ["new", "old", "medium", "low"]);
});

test("an action on an exam reaches those whose state allows it, and no other exam", () => {
  const sessions = [
    session("running"),
    session("paused", { status: "paused" }),
    session("waiting", { status: "joined", clock: { remaining_ms: null, running: false } }),
    session("over", { status: "finished" }),
    session("other", { exam_code: "OTHER" }),
  ];
  const count = (/** @type {any} */ name) => reached(name, "DEMO", sessions);
  assert.deepEqual([count("broadcast"), count("pause"), count("resume"), count("extend")], [3, 1, 1, 2]);
});

test("an order keeps its id until it is settled, and another order has another", () => {
  let made = 0;
  const ids = new OrderId(() => `id ${(made += 1)}`);
  const order = { name: /** @type {const} */ ("extend"), examCode: "DEMO", message: "", minutes: 5 };
  assert.deepEqual([ids.of(order), ids.of({ ...order })], ["id 1", "id 1"]);
  assert.equal(ids.of({ ...order, minutes: 6 }), "id 2");
  ids.settle();
  assert.equal(ids.of({ ...order, minutes: 6 }), "id 3");
});

test("a tile has few words for how its video is", () => {
  assert.deepEqual(["live", "full", "negotiating", "interrupted", "ended"].map((state) => wordOf(/** @type {any} */ (state))), [
    "live",
    "full",
    "connecting",
    "connecting",
    "none",
  ]);
});
