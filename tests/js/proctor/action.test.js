import assert from "node:assert/strict";
import { test } from "node:test";
import { Action } from "../../../proctor/static/js/proctor/action.js";

/**
 * An action whose server answers with these statuses, in turn; 0 means that no answer comes.
 * @param {number[]} statuses
 * @param {{hasId?: boolean}} [options]
 */
function actionWith(statuses, { hasId = true } = {}) {
  /** @type {any[]} */ const bodies = [];
  let made = 0;
  /** @type {any} */
  const fetch = async (/** @type {string} */ _url, /** @type {RequestInit} */ init) => {
    bodies.push(JSON.parse(String(init.body)));
    const status = statuses.shift() ?? 200;
    if (status === 0) throw new TypeError("no network");
    return new Response(JSON.stringify({ detail: "Because." }), { status });
  };
  const action = new Action("/x", { csrfToken: "t", hasId, fetch, newId: () => `id ${(made += 1)}` });
  return { action, bodies };
}

test("an action that was not answered is tried again under the same id", async () => {
  const { action, bodies } = actionWith([0, 503, 200]);
  assert.deepEqual(await action.run({ message: "a" }), { ok: false, reason: "offline", detail: "" });
  const busy = await action.run({ message: "a" });
  assert.equal(busy.ok === false && busy.reason, "busy");
  assert.equal((await action.run({ message: "a" })).ok, true);
  assert.deepEqual(bodies.map((body) => body.action_id), ["id 1", "id 1", "id 1"]);
});

test("a second action gets an id of its own", async () => {
  const { action, bodies } = actionWith([200, 200]);
  await action.run({ message: "a" });
  await action.run({ message: "a" });
  assert.deepEqual(bodies.map((body) => body.action_id), ["id 1", "id 2"]);
});

test("other words after a lost answer are another action", async () => {
  const { action, bodies } = actionWith([0, 200]);
  await action.run({ message: "a" });
  await action.run({ message: "b" });
  assert.deepEqual(bodies.map((body) => body.action_id), ["id 1", "id 2"]);
});

test("a refusal is final for its id and is given in the server's words", async () => {
  const { action, bodies } = actionWith([409, 200]);
  assert.deepEqual(await action.run({}), { ok: false, reason: "other", detail: "Because." });
  await action.run({});
  assert.deepEqual(bodies.map((body) => body.action_id), ["id 1", "id 2"]);
});

test("being signed out is told apart from other refusals", async () => {
  const { action } = actionWith([401]);
  const outcome = await action.run({});
  assert.equal(outcome.ok === false && outcome.reason, "signed_out");
});

test("a note carries no action id", async () => {
  const { action, bodies } = actionWith([200], { hasId: false });
  await action.run({ note: "x" });
  assert.deepEqual(bodies, [{ note: "x" }]);
});
