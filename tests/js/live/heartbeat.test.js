import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Heartbeat } from "../../../proctor/static/js/live/heartbeat.js";
import { FakeChannel, settle } from "./fakes.js";

beforeEach(() => mock.timers.enable({ apis: ["setInterval"] }));
afterEach(() => mock.timers.reset());

test("a heartbeat goes out at once and then at its pace, with a payload made anew", () => {
  const channel = new FakeChannel();
  let beats = 0;
  const heartbeat = new Heartbeat(channel, { everyMs: 5_000, payload: () => ({ beat: (beats += 1) }) });
  mock.timers.tick(10_000);
  heartbeat.close();
  mock.timers.tick(60_000);
  assert.deepEqual(channel.sentOf("heartbeat"), [{ beat: 1 }, { beat: 2 }, { beat: 3 }]);
});

test("nothing is sent while offline, and the first beat follows the connection at once", () => {
  const channel = new FakeChannel();
  channel.state = "offline";
  const heartbeat = new Heartbeat(channel, { everyMs: 5_000 });
  mock.timers.tick(20_000);
  assert.equal(channel.sent.length, 0);
  channel.become("online");
  assert.equal(channel.sent.length, 1);
  heartbeat.close();
});

test("answers are handed on and a lost one is forgotten", async () => {
  const channel = new FakeChannel();
  /** @type {any[]} */
  const answers = [];
  channel.answer = () => ({ server_time: "now" });
  const heartbeat = new Heartbeat(channel, { everyMs: 5_000, onAnswer: (answer) => answers.push(answer) });
  await settle();
  channel.answer = () => {
    throw new Error("No answer");
  };
  mock.timers.tick(5_000);
  await settle();
  heartbeat.close();
  assert.deepEqual(answers, [{ server_time: "now" }]);
});
