import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore, openOutboxStore } from "../../../proctor/static/js/candidate/outbox-store.js";
import { Outbox } from "../../../proctor/static/js/candidate/outbox.js";
import { ChannelError } from "../../../proctor/static/js/live/link.js";

/** @typedef {import("../../../proctor/static/js/candidate/outbox-store.js").OutboxEvent} OutboxEvent */

/** @param {(events: OutboxEvent[]) => Promise<string[]>} send */
function outbox(send, store = new MemoryStore()) {
  let count = 0;
  /** @type {{fn: () => void, ms: number}[]} */
  const timers = [];
  const box = new Outbox({
    store,
    send,
    newId: () => `id-${(count += 1)}`,
    now: () => new Date("2026-11-22T02:00:00Z"),
    setTimeout: (fn, ms) => timers.push({ fn, ms }),
    clearTimeout: () => {},
  });
  return { box, store, timers };
}

/** @param {OutboxEvent[]} events */
const ids = (events) => events.map(({ id }) => id);
const offline = async () => {
  throw new ChannelError(503, "Not connected");
};

test("an event leaves with its id, type and time, and is removed once accepted", async () => {
  /** @type {OutboxEvent[]} */
  const sent = [];
  const { box, store } = outbox(async (events) => (sent.push(...events), ids(events)));
  await box.add("tab_hidden", { exam_window_open: true });
  const timestamp = "2026-11-22T02:00:00.000Z";
  assert.deepEqual(sent, [{ id: "id-1", event_type: "tab_hidden", timestamp, payload: { exam_window_open: true } }]);
  assert.deepEqual(await store.first(10), []);
});

test("nothing is lost while the server is away, and all goes in order later", async () => {
  let isOnline = false;
  /** @type {string[]} */
  const sent = [];
  const { box } = outbox(async (events) => {
    if (!isOnline) return offline();
    sent.push(...ids(events));
    return ids(events);
  });
  await box.add("tab_hidden");
  await box.add("tab_visible");
  isOnline = true;
  await box.flush();
  assert.deepEqual(sent, ["id-1", "id-2"]);
});

test("a failed try is repeated later, and each wait is longer up to a limit", async () => {
  const { box, timers } = outbox(offline);
  for (let tries = 0; tries < 7; tries += 1) await box.flush().then(() => box.add("no_face"));
  const waits = timers.map(({ ms }) => ms);
  assert.deepEqual(waits.slice(0, 3), [1000, 2000, 4000]);
  assert.equal(Math.max(...waits), 15000);
});

test("an event that the server does not name as accepted stays", async () => {
  const { box, store } = outbox(async () => []);
  await box.add("tab_hidden");
  assert.deepEqual(ids((await store.first(10)).map(({ event }) => event)), ["id-1"]);
});

test("one event that the server refuses does not hold up the others", async () => {
  const store = new MemoryStore();
  for (const id of ["good", "poison", "fine"]) await store.put({ id, event_type: "x", timestamp: "" });
  /** @type {string[]} */
  const taken = [];
  const { box } = outbox(async (events) => {
    if (ids(events).includes("poison")) throw new ChannelError(422, "No");
    taken.push(...ids(events));
    return ids(events);
  }, store);
  await box.flush();
  assert.deepEqual(taken, ["good", "fine"]);
  assert.deepEqual(await store.first(10), []);
});

test("events that come while one batch is on its way follow it, and none is sent twice", async () => {
  /** @type {string[][]} */
  const batches = [];
  const { box } = outbox(async (events) => {
    batches.push(ids(events));
    await Promise.resolve();
    return ids(events);
  });
  await Promise.all([box.add("a"), box.add("b"), box.add("c")]);
  await box.flush();
  assert.deepEqual(batches.flat().sort(), ["id-1", "id-2", "id-3"]);
});

test("a closed outbox sends nothing and keeps what it has", async () => {
  const { box, store } = outbox(async () => assert.fail("closed"));
  box.close();
  await box.add("tab_hidden");
  assert.equal((await store.first(10)).length, 1);
});

test("a browser without IndexedDB gets a store in memory", async () => {
  assert.ok((await openOutboxStore("h", undefined)) instanceof MemoryStore);
  /** @type {any} */
  const broken = {
    open: () => {
      throw new Error("private window");
    },
  };
  assert.ok((await openOutboxStore("h", broken)) instanceof MemoryStore);
});
