import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore, openOutboxStore, SpareStore } from "../../../proctor/static/js/candidate/outbox-store.js";
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
  const payload = { exam_window_open: true };
  assert.deepEqual(sent, [{ id: "id-1", event_type: "tab_hidden", timestamp, payload, seq: 1 }]);
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

/** @param {number} status */
async function sentAround(status) {
  const store = new MemoryStore();
  for (const id of ["good", "poison", "fine"]) await store.put({ id, event_type: "x", timestamp: "" });
  /** @type {OutboxEvent[]} */
  const taken = [];
  const { box } = outbox(async (events) => {
    if (ids(events).includes("poison")) throw new ChannelError(status, "No");
    taken.push(...events);
    return ids(events);
  }, store);
  await box.flush();
  assert.deepEqual(await store.first(10), []);
  return taken;
}

test("one event that the server refuses is told under its number and does not hold up the others", async () => {
  const taken = await sentAround(422);
  assert.deepEqual(
    taken.map(({ event_type, seq }) => [event_type, seq]),
    [["x", 1], ["event_refused", 2], ["x", 3]],
  );
  assert.deepEqual(taken[1]?.payload, { event_type: "x", status: 422 });
});

test("what an exam takes no more of is forgotten", async () => {
  assert.deepEqual(ids(await sentAround(409)), ["good", "fine"]);
});

test("a refusal that is refused as well is given up", async () => {
  const { box, store } = outbox(async () => {
    throw new ChannelError(422, "No");
  });
  await box.add("x");
  assert.deepEqual(await store.first(10), []);
});

test("a message stays well below what the server takes at once", async () => {
  const store = new MemoryStore();
  for (let n = 0; n < 50; n += 1) {
    await store.put({ id: `id-${n}`, event_type: "x", timestamp: "", payload: { text: "x".repeat(4000) } });
  }
  /** @type {number[]} */
  const sizes = [];
  const { box } = outbox(async (events) => (sizes.push(JSON.stringify(events).length), ids(events)), store);
  await box.flush();
  assert.deepEqual(await store.first(10), []);
  assert.ok(Math.max(...sizes) < 64 * 1024);
});

test("events are numbered without a gap, whoever takes them, and name their outbox", async () => {
  /** @type {Set<string>} */
  const names = new Set();
  /** @type {(number | undefined)[]} */
  const numbers = [];
  const store = new MemoryStore();
  const box = new Outbox({
    store,
    newId: () => crypto.randomUUID(),
    send: async (events, name) => {
      names.add(name);
      numbers.push(...events.map(({ seq }) => seq));
      return ids(events);
    },
  });
  for (const type of ["a", "b", "c"]) await box.add(type);
  assert.deepEqual(numbers, [1, 2, 3]);
  assert.match([...names].join(), /^[0-9a-f]{8}$/);
});

test("a server that asks for patience gets it", async () => {
  const { box, timers } = outbox(async () => {
    throw new ChannelError(429, "Slow down", { retry_after_s: 3 });
  });
  await box.add("x");
  assert.deepEqual(timers.map(({ ms }) => ms), [3000]);
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

test("what the browser's database does not take any more is kept in memory and sent, under its own numbers", async () => {
  const database = new MemoryStore();
  const store = new SpareStore(database);
  let isOnline = false;
  /** @type {[string, number | undefined, string][]} */
  const sent = [];
  const send = async (/** @type {OutboxEvent[]} */ events, /** @type {string} */ outboxName) => {
    if (!isOnline) return offline();
    for (const { event_type: type, seq } of events) sent.push([type, seq, outboxName]);
    return ids(events);
  };
  const box = new Outbox({ store, send, setTimeout: () => {} });
  await box.add("tab_hidden");
  const gone = () => Promise.reject(new Error("the connection is closing"));
  Object.assign(database, { put: gone });
  await box.add("tab_visible");
  Object.assign(database, { first: gone });
  await box.add("no_face");
  isOnline = true;
  await box.flush();
  assert.deepEqual(sent.map(([type, seq]) => [type, seq]), [["tab_visible", 1], ["no_face", 2]]);
  Reflect.deleteProperty(database, "first");
  await box.flush();
  assert.deepEqual(sent.map(([type, seq]) => [type, seq]).at(-1), ["tab_hidden", 1]);
  assert.equal(new Set(sent.map(([, , name]) => name)).size, 2);
  assert.deepEqual(await store.first(10), []);
});
