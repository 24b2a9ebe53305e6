import assert from "node:assert/strict";
import { test } from "node:test";
import { postEvents, sendLeftovers } from "../../../proctor/static/js/candidate/leftovers.js";

const EXAM = { handle: "a/b", csrfToken: "token" };

test("events go to the exam's own address, with its token, and what was taken comes back", async () => {
  /** @type {any[]} */
  const posted = [];
  /** @type {any} */
  const post = async (/** @type {any[]} */ ...request) => (posted.push(request), { accepted: ["one"] });
  const event = { id: "one", event_type: "tab_hidden", timestamp: "2026-11-22T02:00:00.000Z", seq: 7 };
  assert.deepEqual(await postEvents(EXAM, [event], "5e1f0c9a", post), ["one"]);
  assert.deepEqual(posted, [["/exam/a%2Fb/events", { events: [event], outbox: "5e1f0c9a" }, { csrfToken: "token" }]]);
});

test("an exam that left nothing behind asks the server nothing", async () => {
  const outbox = await sendLeftovers(EXAM, { factory: undefined, post: () => assert.fail("nothing to send") });
  outbox.close();
});
