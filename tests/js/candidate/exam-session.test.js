import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ExamSession } from "../../../proctor/static/js/candidate/exam-session.js";

/** @typedef {import("../../../proctor/static/js/live/link.js").ChannelState} ChannelState */

class FakeChannel {
  /** @type {ChannelState} */ state = "connecting";
  /** @type {string | null} */ refusal = null;
  isClosed = false;
  beginFails = false;
  /** @type {[string, any][]} */ asked = [];
  /** @type {Map<string, (message: any) => void>} */ listeners = new Map();
  /** @type {Set<(state: ChannelState, refusal: string | null) => void>} */ stateListeners = new Set();

  /** @param {string} event @param {(message: any) => void} listener */
  on(event, listener) {
    this.listeners.set(event, listener);
    return () => void this.listeners.delete(event);
  }

  /** @param {(state: ChannelState, refusal: string | null) => void} listener */
  onState(listener) {
    this.stateListeners.add(listener);
    return () => void this.stateListeners.delete(listener);
  }

  /** @param {string} event @param {any} [payload] */
  async request(event, payload) {
    this.asked.push([event, payload]);
    if (this.beginFails) throw new Error("not now");
    return event === "begin" ? { state: running() } : {};
  }

  close() {
    this.isClosed = true;
  }

  /** @param {ChannelState} state @param {string | null} [refusal] */
  become(state, refusal = null) {
    this.state = state;
    this.refusal = refusal;
    for (const listener of [...this.stateListeners]) listener(state, refusal);
  }

  /** @param {string} event @param {any} [message] */
  hear(event, message) {
    this.listeners.get(event)?.(message);
  }

  /** @param {string} event */
  count(event) {
    return this.asked.filter(([name]) => name === event).length;
  }
}

/** @param {object} [changes] */
function running(changes = {}) {
  return { status: "in_progress", ended_by: null, clock: { remaining_ms: 60_000, running: true }, ...changes };
}

function session() {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const channel = new FakeChannel();
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
  assert.equal(channel.count("begin"), 2);
  assert.ok(told.some(([name, value]) => name === "begin" && value === true));
  close();
});

test("a begin that is not taken is said again until it is", async () => {
  const { channel, told, close, settle } = session();
  channel.beginFails = true;
  channel.become("online");
  await settle();
  assert.deepEqual(told.at(-1), ["begin", false]);
  channel.beginFails = false;
  mock.timers.tick(3000);
  await settle();
  assert.equal(channel.count("begin"), 2);
  close();
});

test("an action is confirmed each time it comes and done once", () => {
  const { channel, told, close } = session();
  const warn = { id: "a", kind: "warn", message: "Eyes here", created_at: "" };
  channel.hear("action", warn);
  channel.hear("action", warn);
  assert.equal(channel.count("action_received"), 2);
  assert.deepEqual(told.filter(([name]) => name === "action"), [["action", "warn"]]);
  close();
});

test("an acknowledgement that got lost is sent again after the reconnect, and never asks the candidate again", async () => {
  const { channel, exam, told, close, settle } = session();
  channel.hear("action", { id: "a", kind: "warn", message: "Eyes here", created_at: "" });
  channel.beginFails = true;
  exam.acknowledge("a");
  await settle();
  channel.beginFails = false;
  channel.become("online");
  await settle();
  assert.equal(channel.count("action_acknowledged"), 2);
  channel.become("online");
  assert.equal(channel.count("action_acknowledged"), 2);
  channel.hear("action", { id: "a", kind: "warn", message: "Eyes here", created_at: "" });
  assert.equal(channel.count("action_acknowledged"), 3);
  assert.equal(told.filter(([name]) => name === "action").length, 1);
  close();
});

test("the clock follows the server's state", () => {
  const { channel, exam, close } = session();
  channel.hear("state", running({ status: "paused", clock: { remaining_ms: 1234, running: false } }));
  assert.equal(exam.countdown.remainingMs, 1234);
  assert.equal(exam.countdown.running, false);
  close();
});

for (const status of ["finished", "terminated", "expired"]) {
  test(`${status} ends the exam once, after the last action was confirmed`, () => {
    const { channel, told, close } = session();
    channel.hear("state", running({ status }));
    channel.hear("action", { id: "t", kind: "terminate", message: null, created_at: "" });
    assert.equal(channel.count("action_received"), 1);
    assert.equal(channel.isClosed, false);
    mock.timers.tick(1000);
    channel.hear("state", running({ status }));
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
  first.channel.hear("replaced", {});
  assert.deepEqual(first.told.at(-1), ["stopped", "replaced"]);
  assert.equal(first.channel.isClosed, true);
  first.close();
  const second = session();
  second.channel.become("refused", "opened_elsewhere");
  assert.deepEqual(second.told.at(-1), ["stopped", "opened_elsewhere"]);
  second.close();
});
