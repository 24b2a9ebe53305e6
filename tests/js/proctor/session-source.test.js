import assert from "node:assert/strict";
import { test } from "node:test";
import { readLive, readPage } from "../../../proctor/static/js/proctor/session-source.js";

/** @param {(string | null)[]} cursors what each answer names as the next page */
function api(cursors) {
  /** @type {string[]} */ const asked = [];
  const get = async (/** @type {string} */ url) => {
    asked.push(url);
    return { sessions: [{ id: String(asked.length) }], next_cursor: cursors[asked.length - 1] ?? null };
  };
  return { asked, get };
}

test("all live sessions are read, page by page", async () => {
  const { asked, get } = api(["two", null]);
  const { sessions, isComplete } = await readLive(get);
  assert.deepEqual(sessions.map(({ id }) => id), ["1", "2"]);
  assert.equal(isComplete, true);
  assert.match(asked[1] ?? "", /status=live.*cursor=two/);
});

test("a listing that was cut off says so", async () => {
  const { asked, get } = api(Array(50).fill("more"));
  assert.equal((await readLive(get)).isComplete, false);
  assert.equal(asked.length, 10);
});

test("only the filters that are set are asked for, and they are escaped", async () => {
  const { asked, get } = api([null]);
  await readPage({ status: "all", exam_code: "", q: " a&b " }, null, get);
  assert.equal(asked[0], "/api/proctor/sessions?limit=200&q=a%26b");
});
