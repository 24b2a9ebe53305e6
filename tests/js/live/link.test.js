import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { ChannelError, Link } from "../../../proctor/static/js/live/link.js";

class FakeSocket {
  connected = false;
  active = true;
  connects = 0;
  /** @type {Map<string, Set<(...args: any[]) => void>>} */ listeners = new Map();
  /** @type {{event: string, payload: any, ack: (lost: any, answer?: any) => void}[]} */ emitted = [];

  /** @param {string} event @param {(...args: any[]) => void} listener */
  on(event, listener) {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }

  /** @param {string} event @param {(...args: any[]) => void} listener */
  off(event, listener) {
    this.listeners.get(event)?.delete(listener);
  }

  /** @param {string} event @param {any[]} args */
  fire(event, ...args) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(...args);
  }

  /** @param {number} ms */
  timeout(ms) {
    return {
      /** @param {string} event @param {any} payload @param {any} ack */
      emit: (event, payload, ack) => {
        this.emitted.push({ event, payload, ack });
        setTimeout(() => ack(new Error("operation has timed out")), ms);
      },
    };
  }

  connect() {
    this.connects += 1;
  }

  disconnect() {
    this.connected = false;
  }

  goOnline() {
    this.connected = true;
    this.active = true;
    this.fire("connect");
  }

  /** @param {string} message */
  refuse(message) {
    this.active = false;
    this.fire("connect_error", new Error(message));
  }
}

/** @type {FakeSocket} */
let socket;
/** @type {Link} */
let link;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  socket = new FakeSocket();
  link = new Link(socket);
});

afterEach(() => mock.timers.reset());

test("a request resolves with the fields of its acknowledgement", async () => {
  socket.goOnline();
  const answer = link.request("watch", { session_id: "s" });
  assert.deepEqual(socket.emitted[0]?.payload, { session_id: "s" });
  socket.emitted[0]?.ack(null, { ok: true, viewer_id: "v" });
  assert.deepEqual(await answer, { viewer_id: "v" });
});

test("a refused request rejects with the server's status, sentence and waiting time", async () => {
  socket.goOnline();
  const answer = link.request("signal");
  socket.emitted[0]?.ack(null, { ok: false, status: 429, detail: "Too many", retry_after_s: 3 });
  await assert.rejects(answer, (/** @type {ChannelError} */ error) => {
    assert.deepEqual([error.status, error.detail, error.retryAfterMs], [429, "Too many", 3000]);
    return error instanceof ChannelError;
  });
});

test("a request without an answer rejects as not taken after ten seconds", async () => {
  socket.goOnline();
  const answer = link.request("heartbeat");
  mock.timers.tick(10_000);
  await assert.rejects(answer, { name: "ChannelError", status: 503 });
});

test("a request while offline rejects at once and is never sent later", async () => {
  await assert.rejects(link.request("signal"), { status: 503 });
  socket.goOnline();
  assert.equal(socket.emitted.length, 0);
});

test("an answer that is no object is a failure", async () => {
  socket.goOnline();
  const answer = link.request("begin");
  socket.emitted[0]?.ack(null, "yes");
  await assert.rejects(answer, { status: 503 });
});

test("states follow the socket and are told once each", () => {
  /** @type {string[]} */
  const states = [];
  link.onState((state) => states.push(state));
  assert.equal(link.state, "connecting");
  socket.goOnline();
  socket.fire("disconnect", "transport close");
  socket.fire("connect_error", new Error("xhr poll error"));
  socket.goOnline();
  assert.deepEqual(states, ["online", "offline", "online"]);
});

test("a refusal is final and says why", () => {
  socket.refuse("opened_elsewhere");
  assert.deepEqual([link.state, link.refusal], ["refused", "opened_elsewhere"]);
  mock.timers.tick(60_000);
  assert.equal(socket.connects, 0);
});

test("a server that is unavailable is asked again, ever more slowly", () => {
  socket.refuse("unavailable");
  assert.equal(link.state, "offline");
  mock.timers.tick(1_000);
  assert.equal(socket.connects, 1);
  socket.refuse("unavailable");
  mock.timers.tick(999);
  assert.equal(socket.connects, 1);
  mock.timers.tick(1_001);
  assert.equal(socket.connects, 2);
});

test("the server's own goodbye is answered with another try, which may be refused", () => {
  socket.goOnline();
  socket.fire("disconnect", "io server disconnect");
  assert.equal(link.state, "offline");
  mock.timers.tick(1_000);
  assert.equal(socket.connects, 1);
  socket.refuse("unauthenticated");
  assert.equal(link.state, "refused");
});

test("a closed channel does not come back", () => {
  socket.goOnline();
  link.close();
  socket.fire("disconnect", "io server disconnect");
  mock.timers.tick(60_000);
  assert.equal(socket.connects, 0);
});
