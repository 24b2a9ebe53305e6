import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ExamSession } from "../../../proctor/static/js/candidate/exam-session.js";
import { FakeChannel } from "../live/fakes.js";

/** @param {object} [changes] */
function running(changes = {}) {
  return { status: "in_progress", ended_by: null, clock: { remaining_ms: 60_000, running: true }, ...changes };
}

/**
 * Lets every request fail; gives what answered before.
 * @param {FakeChannel} channel
 */
function fail(channel) {
  const { answer } = channel;
  channel.answer = () => {
    throw new Error("not now");
  };
  return answer;
}

function session() {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const channel = new FakeChannel("connecting");
  channel.answer = (event) => (event === "begin" ? { state: running() } : {});
  /** @type {[string, any][]} */
  const told = [];
  const tell = (/** @type {string} */ name) => (/** @type {any} */ value) => void told.push([name, value]);
  const exam = new ExamSession(channel, {
    onState: (state) => told.push(["state", state.status]),
    onEnd: () => told.push(["end", null]),
    onAction: (action) => told.push(["action", action.kind]),
    onLink: tell("link"),
    onStopped: tell("stopped"),
    onBegin: tell("begin"),
  });
  const close = () => {
    exam.close();
    mock.timers.reset();
  };
  return { channel, exam, told, close, settle: () => new Promise((resolve) => setImmediate(resolve)) };
}

test("each connect tells the server that the camera is on", async () => {
  const { channel, told, close, settle } = session();
  channel.become("online");
  await settle();
  channel.become("offline");
  channel.become("online");
  await settle();
  assert.equal(channel.sentOf("begin").length, 2);
  assert.ok(told.some(([name, value]) => name === "begin" && value === true));
  close();
});

test("a begin that is not taken is said again until it is", async () => {
  const { channel, told, close, settle } = session();
  const answer = fail(channel);
  channel.become("online");
  await settle();
  assert.deepEqual(told.at(-1), ["begin", false]);
  channel.answer = answer;
  mock.timers.tick(3000);
  await settle();
  assert.equal(channel.sentOf("begin").length, 2);
  close();
});

test("an action is confirmed each time it comes and done once", () => {
  const { channel, told, close } = session();
  const warn = { id: "a", kind: "warn", message: "Eyes here", created_at: "" };
  channel.says("action", warn);
  channel.says("action", warn);
  assert.equal(channel.sentOf("action_received").length, 2);
  assert.deepEqual(told.filter(([name]) => name === "action"), [["action", "warn"]]);
  close();
});

test("an acknowledgement that got lost is sent again after the reconnect, and never asks the candidate again", async () => {
  const { channel, exam, told, close, settle } = session();
  channel.says("action", { id: "a", kind: "warn", message: "Eyes here", created_at: "" });
  const answer = fail(channel);
  exam.acknowledge("a");
  await settle();
  channel.answer = answer;
  channel.become("online");
  await settle();
  assert.equal(channel.sentOf("action_acknowledged").length, 2);
  channel.become("online");
  assert.equal(channel.sentOf("action_acknowledged").length, 2);
  channel.says("action", { id: "a", kind: "warn", message: "Eyes here", created_at: "" });
  assert.equal(channel.sentOf("action_acknowledged").length, 3);
  assert.equal(told.filter(([name]) => name === "action").length, 1);
  close();
});

test("the clock follows the server's state", () => {
  const { channel, exam, close } = session();
  channel.says("state", running({ status: "paused", clock: { remaining_ms: 1234, running: false } }));
  assert.equal(exam.countdown.remainingMs, 1234);
  assert.equal(exam.countdown.running, false);
  close();
});

for (const status of ["finished", "terminated", "expired"]) {
  test(`${status} ends the exam once, after the last action was confirmed`, () => {
    const { channel, told, close } = session();
    channel.says("state", running({ status }));
    channel.says("action", { id: "t", kind: "terminate", message: null, created_at: "" });
    assert.equal(channel.sentOf("action_received").length, 1);
    assert.equal(channel.isClosed, false);
    mock.timers.tick(1000);
    channel.says("state", running({ status }));
    assert.deepEqual(told.filter(([name]) => name === "end"), [["end", null]]);
    assert.equal(channel.isClosed, true);
    close();
  });
}

test("an exam that ended while the page was away leads to the end as well", () => {
  const { channel, told, close } = session();
  channel.become("refused", "session_ended");
  mock.timers.tick(1000);
  assert.deepEqual(told.at(-1), ["end", null]);
  close();
});

test("the same exam in another tab, or on another device, stops this one and says which", () => {
  const first = session();
  first.channel.says("replaced", {});
  assert.deepEqual(first.told.at(-1), ["stopped", "replaced"]);
  assert.equal(first.channel.isClosed, true);
  first.close();
  const second = session();
  second.channel.become("refused", "opened_elsewhere");
  assert.deepEqual(second.told.at(-1), ["stopped", "opened_elsewhere"]);
  second.close();
});
