import assert from "node:assert/strict";
import { test } from "node:test";
import { SessionList } from "../../../proctor/static/js/proctor/session-list.js";
import { byUrgency, matches, presenceOf } from "../../../proctor/static/js/proctor/session-model.js";
import { LOST, session } from "./fakes.js";

/** @typedef {import("../../../proctor/static/js/proctor/session-model.js").Session} Session */

const LIVE = { status: "live", exam_code: "", q: "" };

/** @param {Session[]} sessions */
function ids(sessions) {
  return sessions.map(({ id }) => id);
}

test("who needs a look comes first and who has ended comes last", () => {
  const sessions = [
    session("ended", { status: "finished", ended_at: "2026-11-22T10:00:00Z" }),
    session("created", { status: "created", presence: { online: false, lost_since: null } }),
    session("joined", { status: "joined" }),
    session("running"),
    session("paused", { status: "paused" }),
    session("lost", LOST),
  ];
  assert.deepEqual(ids(sessions.sort(byUrgency)), ["lost", "paused", "running", "joined", "created", "ended"]);
});

test("open flags come before everything but the end, the worst first", () => {
  const flagged = (/** @type {string} */ worst) => ({ open_flags: { count: 1, worst } });
  const sessions = [
    session("ended", { status: "finished", ...flagged("high") }),
    session("lost", LOST),
    session("low", flagged("low")),
    session("high", flagged("high")),
    session("medium", { ...flagged("medium"), score: 10 }),
  ];
  assert.deepEqual(ids(sessions.sort(byUrgency)), ["high", "medium", "low", "lost", "ended"]);
});

test("of equals the lower score comes first, then the name", () => {
  const sessions = [session("b"), session("a"), session("worst", { score: 40 })];
  assert.deepEqual(ids(sessions.sort(byUrgency)), ["worst", "a", "b"]);
});

test("of ended sessions the latest comes first", () => {
  const early = session("early", { status: "finished", ended_at: "2026-11-22T10:00:00Z" });
  const late = session("late", { status: "terminated", ended_at: "2026-11-22T11:00:00Z" });
  assert.deepEqual(ids([early, late].sort(byUrgency)), ["late", "early"]);
});

test("presence tells lost from never here and from over", () => {
  assert.equal(presenceOf(session("a")), "online");
  assert.equal(presenceOf(session("a", LOST)), "lost");
  assert.equal(presenceOf(session("a", { presence: { online: false, lost_since: null } })), "absent");
  assert.equal(presenceOf(session("a", { ...LOST, status: "finished" })), "ended");
});

test("search ignores case and surrounding space, and does not read wildcards", () => {
  const ada = session("1", { candidate_identifier: "Ada Lovelace" });
  assert.equal(matches(ada, { ...LIVE, q: " LOVE " }), true);
  assert.equal(matches(ada, { ...LIVE, q: "A.a" }), false);
});

test("filters for state and exam both count", () => {
  const paused = session("1", { status: "paused", exam_code: "MATH" });
  assert.equal(matches(paused, { status: "paused", exam_code: "MATH", q: "" }), true);
  assert.equal(matches(paused, { status: "paused", exam_code: "DEMO", q: "" }), false);
  assert.equal(matches(paused, { status: "joined", exam_code: "", q: "" }), false);
  assert.equal(matches(paused, { status: "all", exam_code: "", q: "" }), true);
});

test("a message changes a row, and an ended session leaves the live list", () => {
  const list = new SessionList();
  assert.equal(list.put(session("1")), "new");
  assert.equal(list.put(session("1", LOST)), "lost");
  assert.equal(list.put(session("1", { ...LOST, score: 90 })), "changed");
  assert.equal(list.visible(LIVE)[0]?.score, 90);
  list.put(session("1", { status: "finished" }));
  assert.deepEqual(list.visible(LIVE), []);
  assert.deepEqual(ids(list.visible({ ...LIVE, status: "all" })), ["1"]);
});

test("a page that was asked for before a message came does not undo the message", () => {
  const list = new SessionList();
  list.putPage([session("1"), session("2")], list.mark());
  const mark = list.mark();
  list.put(session("1", { status: "paused" }));
  list.putPage([session("1"), session("2", { score: 50 })], mark);
  assert.equal(list.visible({ ...LIVE, status: "paused" }).length, 1);
  assert.equal(list.visible(LIVE).find(({ id }) => id === "2")?.score, 50);
});

test("a session that ended while the console was away is not shown as live any more", () => {
  const list = new SessionList();
  list.putPage([session("stays"), session("gone")], list.mark());
  const mark = list.mark();
  list.put(session("came meanwhile"));
  const live = [session("stays")];
  list.putPage(live, mark);
  list.keepOnlyLive(live, mark);
  assert.deepEqual(ids(list.visible(LIVE)).sort(), ["came meanwhile", "stays"]);
});

test("counts follow the exam and the search, not the filter for state", () => {
  const list = new SessionList();
  list.put(session("1"));
  list.put(session("2", LOST));
  list.put(session("3", { status: "paused", exam_code: "MATH" }));
  list.put(session("4", { status: "finished" }));
  const counts = list.counts({ status: "joined", exam_code: "DEMO", q: "" });
  assert.deepEqual(counts, { lost: 1, created: 0, joined: 0, in_progress: 2, paused: 0 });
});

test("time left runs between messages, stands in a pause and never falls below zero", () => {
  let now = 0;
  const list = new SessionList(() => now);
  list.put(session("runs"));
  list.put(session("stands", { clock: { remaining_ms: 60_000, running: false } }));
  list.put(session("unlimited", { clock: { remaining_ms: null, running: true } }));
  now = 10_000;
  assert.deepEqual(["runs", "stands", "unlimited"].map((id) => list.remainingMs(id)), [50_000, 60_000, null]);
  now = 90_000;
  assert.equal(list.remainingMs("runs"), 0);
});
