import assert from "node:assert/strict";
import { test } from "node:test";
import { measureNetwork } from "../../../proctor/static/js/candidate/network.js";

/** @param {(number | null)[]} answersMs null: no answer */
function server(answersMs) {
  let time = 0;
  let count = 0;
  const fetch = async () => {
    const ms = answersMs[count];
    count += 1;
    if (ms === null || ms === undefined) throw new TypeError("Failed to fetch");
    time += ms;
    return new Response("{}");
  };
  return { fetch, now: () => time };
}

test("the middle of three answers counts", async () => {
  assert.deepEqual(await measureNetwork(server([20, 3000, 40])), { outcome: "passed", ms: 40 });
});

test("slow is a warning with its number", async () => {
  assert.deepEqual(await measureNetwork(server([900, 800, 700])), { outcome: "slow", ms: 800 });
});

test("one lost answer is forgiven, two are not", async () => {
  assert.equal((await measureNetwork(server([20, null, 40]))).outcome, "passed");
  assert.equal((await measureNetwork(server([null, 20, null]))).outcome, "failed");
});

test("an answer that is not OK is no answer", async () => {
  const fetch = async () => new Response("{}", { status: 503 });
  assert.equal((await measureNetwork({ fetch, now: () => 0 })).outcome, "failed");
});
