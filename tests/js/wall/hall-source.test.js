import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { SessionList } from "../../../proctor/static/js/proctor/session-list.js";
import { HallSource } from "../../../proctor/static/js/wall/hall-source.js";
import { settle } from "../live/fakes.js";

const LIVE = { status: "live", exam_code: "", q: "" };
const ENDED = { status: "finished", exam_code: "", q: "" };
const session = (/** @type {string} */ id, status = "in_progress") =>
  /** @type {any} */ ({ id, status, exam_code: "DEMO", candidate_identifier: id, open_flags: { count: 0, worst: null } });

/** @type {SessionList} */ let list;
/** @type {{values: any, needsPage: boolean}} */ let filters;
/** @type {(url: string) => any} */ let answer;
/** @type {string[]} */ let told;
/** @type {HallSource} */ let source;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  mock.method(console, "warn", () => {});
  list = new SessionList();
  filters = { values: LIVE, needsPage: false };
  told = [];
  answer = () => ({ sessions: [session("a")], next_cursor: null });
  source = new HallSource({
    list,
    filters,
    refreshFlags: async () => void told.push("flags"),
    onRead: () => told.push("read"),
    onFailure: () => told.push("failed"),
    get: async (url) => answer(url),
  });
});

afterEach(() => {
  source.close();
  mock.timers.reset();
  mock.restoreAll();
});

test("everything is read at the start, flags as well", async () => {
  await source.readAll();
  assert.deepEqual([...list.live.keys()], ["a"]);
  assert.deepEqual(told, ["flags", "read"]);
  assert.equal(source.hasMore, false);
});

test("what fails is said and tried again, until it is there", async () => {
  answer = () => {
    throw new Error("away");
  };
  await source.readAll();
  assert.deepEqual([told.at(-1), list.live.size], ["failed", 0]);
  answer = () => ({ sessions: [session("a")], next_cursor: null });
  mock.timers.tick(5_000);
  await settle();
  assert.deepEqual([told.at(-1), list.live.size], ["read", 1]);
});

test("those who may not see flags see the sessions all the same", async () => {
  const options = { list, filters, onRead: () => told.push("read"), onFailure: () => told.push("failed") };
  const refreshFlags = () => Promise.reject(Object.assign(new Error("no"), { status: 403 }));
  await new HallSource({ ...options, refreshFlags, get: async () => answer("") }).readAll();
  assert.deepEqual(told, ["read"]);
});

test("an answer to filters that have changed meanwhile is dropped", async () => {
  filters.values = ENDED;
  filters.needsPage = true;
  answer = () => {
    filters.values = { ...ENDED, q: "later" };
    return { sessions: [session("z", "finished")], next_cursor: "next" };
  };
  await source.readFiltered();
  assert.deepEqual([list.get("z"), source.hasMore], [null, false]);
});

test("more of those that have ended come page by page", async () => {
  filters.values = ENDED;
  filters.needsPage = true;
  answer = (url) =>
    url.includes("cursor") ? { sessions: [session("y", "finished")], next_cursor: null } : { sessions: [session("z", "finished")], next_cursor: "2" };
  await source.readFiltered();
  assert.equal(source.hasMore, true);
  await source.readMore();
  assert.deepEqual([list.get("y")?.id, list.get("z")?.id, source.hasMore], ["y", "z", false]);
});
