import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError } from "../../../proctor/static/js/lib/http.js";
import { MemoryChunkStore } from "../../../proctor/static/js/recording/memory-chunk-store.js";
import { Farewell } from "../../../proctor/static/js/recording/farewell.js";
import { Uploader } from "../../../proctor/static/js/recording/uploader.js";
import { FakeTimers, settled } from "./fakes.js";

/** @typedef {import("../../../proctor/static/js/recording/uploader.js").Progress} Progress */

const SIZE = 10;

/**
 * A store with takes of so many chunks each.
 * @param {Record<string, number>} [counts]
 * @param {string[]} [unwanted] the takes that are not to be sent
 */
async function filled(counts = { early: 2, late: 1 }, unwanted = []) {
  const store = new MemoryChunkStore();
  let startedAt = 0;
  for (const [id, count] of Object.entries(counts)) {
    startedAt += 1;
    const isWanted = !unwanted.includes(id);
    await store.addTake({ id, handle: "h", kind: "camera", startedAt, endedAt: 9, isWanted, waitingBytes: 0 });
    for (let seq = 0; seq < count; seq += 1) {
      await store.addChunk({ takeId: id, seq, offset: seq * SIZE, sha256: "", bytes: new ArrayBuffer(SIZE) });
    }
  }
  return store;
}

/**
 * @param {MemoryChunkStore} store
 * @param {(name: string) => unknown} answer what the server says to a chunk: throws what is not 200
 */
function uploader(store, answer) {
  /** @type {string[]} */
  const sent = [];
  /** @type {Progress[]} */
  const told = [];
  /** @type {unknown[][]} */
  const reports = [];
  const timers = new FakeTimers();
  const made = new Uploader({
    store,
    send: async (take, { seq }) => (sent.push(`${take.id} ${seq}`), answer(`${take.id} ${seq}`)),
    onProgress: (progress) => told.push(progress),
    report: (...report) => reports.push(report),
    random: () => 1,
    ...timers,
  });
  return { made, sent, told, reports, timers };
}

/**
 * @param {number} status
 * @param {Record<string, unknown>} [answer]
 */
const refuse = (status, answer = {}) => {
  throw new HttpError(status, "", {}, answer);
};
const taken = () => ({});

test("chunks leave in their order, the oldest take first, and the store is empty afterwards", async () => {
  const store = await filled();
  const { made, sent, told } = uploader(store, taken);
  await made.flush();
  assert.deepEqual(sent, ["early 0", "early 1", "late 0"]);
  assert.deepEqual(told.at(-1), { sentBytes: 30, waitingBytes: 0, isStuck: false, isOver: false });
});

test("takes that nobody wants stay in the browser", async () => {
  const store = await filled({ early: 2, late: 1 }, ["early"]);
  const { made, sent, told } = uploader(store, taken);
  await made.flush();
  assert.deepEqual(sent, ["late 0"]);
  assert.equal(told.at(-1)?.waitingBytes, 0);
});

test("nothing is lost while the server is away, and each wait is longer up to a limit", async () => {
  const store = await filled();
  let isAway = true;
  const { made, sent, told, timers } = uploader(store, () => (isAway ? refuse(0) : {}));
  for (let tries = 0; tries < 7; tries += 1) await made.flush();
  assert.deepEqual(timers.set.map(({ ms }) => ms), [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  assert.equal(told.at(-1)?.isStuck, true);
  isAway = false;
  sent.length = 0;
  timers.fire();
  await settled();
  assert.deepEqual(sent, ["early 0", "early 1", "late 0"]);
  assert.equal(told.at(-1)?.isStuck, false);
});

test("new chunks do not hurry a server that is away", async () => {
  const { made, sent, timers } = uploader(await filled(), () => refuse(503));
  await made.offer();
  await made.offer();
  await made.offer();
  assert.deepEqual([sent.length, timers.set.length], [1, 1]);
});

test("one chunk is on its way at a time", async () => {
  const store = await filled();
  let underway = 0;
  const { made } = uploader(store, async () => {
    assert.equal((underway += 1), 1);
    await settled();
    underway -= 1;
  });
  await Promise.all([made.flush(), made.flush()]);
  await made.flush();
  assert.equal((await store.takes())[1]?.waitingBytes, 0);
});

test("what the server has already is not sent again", async () => {
  const store = await filled({ early: 4 });
  const { made, sent } = uploader(store, (name) => (name === "early 0" ? refuse(409, { seq: 3, offset: 30 }) : {}));
  await made.flush();
  assert.deepEqual(sent, ["early 0", "early 3"]);
});

test("a take that cannot go on is given up, and the others go on", async () => {
  const store = await filled();
  await store.removeChunk("early", 0);
  const { made, sent, reports } = uploader(store, (name) => (name === "early 1" ? refuse(409, { seq: 0, offset: 0 }) : {}));
  await made.flush();
  assert.deepEqual(sent, ["early 1", "late 0"]);
  assert.deepEqual(reports, [["recording_lost", { kind: "camera", reason: "out_of_step" }]]);
});

test("a chunk that arrives damaged is sent again, and given up after the third time", async () => {
  const store = await filled();
  const { made, sent, reports } = uploader(store, (name) => (name === "early 0" ? refuse(422) : {}));
  for (let tries = 0; tries < 3; tries += 1) await made.flush();
  assert.deepEqual(sent, ["early 0", "early 0", "early 0", "late 0"]);
  assert.deepEqual(reports, [["recording_lost", { kind: "camera", reason: "damaged" }]]);
});

/** @type {Record<number, unknown[][]>} */
const TOLD = {
  401: [["recording_refused", { status: 401 }]],
  403: [["recording_refused", { status: 403 }]],
  404: [["recording_refused", { status: 404 }]],
  409: [],
  410: [],
  413: [["recording_full", { where: "server" }]],
};
for (const [status, expected] of Object.entries(TOLD)) {
  test(`after ${status} nothing more is sent, and the proctor hears of what went wrong`, async () => {
    const { made, sent, told, reports } = uploader(await filled(), () => refuse(Number(status)));
    await made.flush();
    await made.flush();
    assert.deepEqual(sent, ["early 0"]);
    assert.equal(told.at(-1)?.isOver, true);
    assert.deepEqual(reports, expected);
  });
}

test("a page that is left while the server refuses something reports nothing", async () => {
  const { made, reports } = uploader(await filled(), () => (made.close(), refuse(401)));
  await made.flush();
  assert.deepEqual(reports, []);
});

test("a closed page sends nothing more", async () => {
  const { made, sent } = uploader(await filled(), taken);
  made.close();
  await made.flush();
  assert.deepEqual(sent, []);
});

/** @param {{isAway: boolean, isFull?: boolean}} server */
async function farewell(server) {
  const store = await filled({ early: 2, late: 1, never: 3 }, ["never"]);
  /** @type {(Progress & {isComplete: boolean})[]} */
  const told = [];
  const timers = new FakeTimers();
  let completed = 0;
  const made = new Farewell({
    store,
    send: async () => (server.isAway ? refuse(503) : server.isFull ? refuse(413) : {}),
    complete: async () => (server.isAway ? refuse(503) : (completed += 1)),
    onProgress: (progress) => told.push(progress),
    setTimeout: timers.setTimeout,
  });
  return { made, store, told, timers, completed: () => completed };
}

test("the last page sends what is wanted, forgets the rest, says so, and may then be closed", async () => {
  const { made, store, told, completed } = await farewell({ isAway: false });
  assert.equal(made.isNeeded, true);
  await made.start();
  await settled();
  assert.equal(completed(), 1);
  assert.equal(made.isNeeded, false);
  assert.equal(told.at(-1)?.isComplete, true);
  assert.deepEqual((await store.takes()).map(({ id }) => id), ["early", "late"]);
});

test("the last page does not say that all is sent where the server takes no more", async () => {
  const { made, store, told, completed } = await farewell({ isAway: false, isFull: true });
  await made.start();
  await settled();
  assert.ok((await store.takes()).some(({ waitingBytes }) => waitingBytes > 0));
  assert.deepEqual([told.at(-1)?.isOver, told.at(-1)?.isComplete], [true, false]);
  assert.deepEqual([made.isNeeded, completed()], [false, 1]);
});

test("the last page stays needed while the server is away", async () => {
  const server = { isAway: true };
  const { made, told, completed } = await farewell(server);
  await made.start();
  await settled();
  assert.deepEqual([made.isNeeded, told.at(-1)?.isStuck, completed()], [true, true, 0]);
  server.isAway = false;
  made.flush();
  await settled();
  assert.deepEqual([made.isNeeded, completed()], [false, 1]);
  made.close();
});

test("a last page that was left is asked nothing when it is loaded anew", async () => {
  const { made } = await farewell({ isAway: true });
  await made.start();
  made.close();
  assert.equal(made.isNeeded, false);
});
