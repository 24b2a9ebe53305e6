import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { HttpError } from "../../../proctor/static/js/lib/http.js";
import { MemoryChunkStore } from "../../../proctor/static/js/recording/memory-chunk-store.js";
import { Recording } from "../../../proctor/static/js/recording/recording.js";
import { inMegabytes } from "../../../proctor/static/js/recording/upload-view.js";
import { WantedTimes } from "../../../proctor/static/js/recording/wanted-times.js";
import { FakeRecorder, FakeStream, FakeTimers, FakeTrack, settled } from "./fakes.js";

const START = Date.parse("2026-11-22T09:00:00Z");
/** The server's clock is an hour ahead of the page's. */
const AHEAD_MS = 3_600_000;
const server = (/** @type {number} */ seconds) => new Date(START + AHEAD_MS + seconds * 1000).toISOString();

beforeEach(() => {
  FakeRecorder.made = [];
});

/**
 * @param {object} [given]
 * @param {"full" | "on_flags"} [given.policy]
 * @param {MemoryChunkStore} [given.store]
 * @param {typeof FakeRecorder | undefined} [given.Recorder]
 * @param {number} [given.refusal] the status that the server answers with
 */
function recording({ policy = "full", store = new MemoryChunkStore(), refusal = 0, ...given } = {}) {
  /** @type {string[]} */
  const sent = [];
  /** @type {string[]} */
  const states = [];
  /** @type {string[]} */
  const reports = [];
  const timers = new FakeTimers();
  const time = { ms: START };
  let ids = 0;
  const made = new Recording({
    policy,
    handle: "h",
    store,
    send: async (take, { seq }) => {
      if (refusal) throw new HttpError(refusal, "");
      sent.push(`${take.id} ${take.kind} ${seq}`);
    },
    report: (eventType) => reports.push(eventType),
    onState: (state) => states.push(state),
    Recorder: /** @type {any} */ ("Recorder" in given ? given.Recorder : FakeRecorder),
    MediaStream: /** @type {any} */ (FakeStream),
    hash: async () => "0",
    now: () => time.ms,
    newId: () => `take-${(ids += 1)}`,
    ...timers,
  });
  return { made, store, sent, states, reports, timers, time };
}

const camera = () => [new FakeTrack("video"), new FakeTrack("audio")];
/** @param {FakeTrack[]} tracks */
const stream = (tracks) => /** @type {any} */ (new FakeStream(tracks));

/** The recorder that was made last. */
function latest() {
  const recorder = FakeRecorder.made.at(-1);
  assert.ok(recorder);
  return recorder;
}

/**
 * Let the last recorder give out chunks, as time goes by.
 * @param {{time: {ms: number}}} scene
 * @param {number} count
 */
async function record({ time }, count) {
  for (let number = 0; number < count; number += 1) {
    time.ms += 3000;
    latest().give("chunk");
    await settled();
  }
}

test("everything is sent as it comes, with the last chunk at the end kept for the next page", async () => {
  const scene = recording();
  scene.made.setStreams({ camera: stream(camera()), screen: null });
  await record(scene, 2);
  await scene.made.end();
  assert.deepEqual(scene.sent, ["take-1 camera 0", "take-1 camera 1"]);
  assert.deepEqual(scene.states, ["on"]);
  const [take] = await scene.store.takes();
  assert.deepEqual([take?.waitingBytes, take?.endedAt], ["end".length, scene.time.ms]);
  assert.equal((await scene.store.firstChunk("take-1"))?.offset, 2 * "chunk".length);
});

test("the same devices go on in one take; others begin another one", async () => {
  const scene = recording();
  const [picture, sound] = camera();
  assert.ok(picture && sound);
  scene.made.setStreams({ camera: stream([picture, sound]), screen: null });
  scene.made.setStreams({ camera: stream([picture, sound]), screen: null });
  assert.equal(FakeRecorder.made.length, 1);
  sound.readyState = "ended";
  scene.made.setStreams({ camera: stream([picture, sound]), screen: stream([new FakeTrack("video")]) });
  await settled();
  assert.deepEqual(FakeRecorder.made.map(({ state }) => state), ["inactive", "recording", "recording"]);
  assert.deepEqual(scene.sent, ["take-1 camera 0"]);
});

test("without a picture nothing is recorded", () => {
  const scene = recording();
  scene.made.setStreams({ camera: stream([new FakeTrack("audio")]), screen: null });
  assert.equal(FakeRecorder.made.length, 0);
});

test("a browser without a recorder says so once", () => {
  const scene = recording({ Recorder: undefined });
  scene.made.setStreams({ camera: stream(camera()), screen: stream([new FakeTrack("video")]) });
  assert.deepEqual([scene.states, scene.reports], [["unavailable"], ["recording_unavailable"]]);
});

test("on flags takes are short, and nothing is sent of what no flag is about", async () => {
  const scene = recording({ policy: "on_flags" });
  scene.made.setStreams({ camera: stream(camera()), screen: null });
  await record(scene, 7);
  assert.deepEqual(scene.states.at(-1), "partly");
  assert.equal(FakeRecorder.made.length, 3);
  assert.deepEqual(scene.sent, []);
});

test("on flags what was just before one is sent, with what comes while it lasts and just after", async () => {
  const scene = recording({ policy: "on_flags" });
  scene.made.setStreams({ camera: stream(camera()), screen: null });
  await record(scene, 10); // takes of 9 s: 0-9, 9-18, 18-27, from 27 on
  scene.made.flagsChanged({ server_time: server(30), times: [{ id: "f", since: server(29), until: null }] });
  await settled();
  assert.deepEqual(scene.sent.map((name) => name.split(" ")[0]), ["take-3", "take-3", "take-3", "take-3", "take-4"]);
  await record(scene, 2);
  scene.made.flagsChanged({ server_time: server(36), times: [{ id: "f", since: server(29), until: server(31) }] });
  await record(scene, 6);
  const takes = new Set(scene.sent.map((name) => name.split(" ")[0]));
  assert.deepEqual([...takes], ["take-3", "take-4", "take-5"]);
});

test("on flags what nobody asked for in two minutes is forgotten", async () => {
  const scene = recording({ policy: "on_flags" });
  scene.made.setStreams({ camera: stream(camera()), screen: null });
  await record(scene, 60);
  const kept = await scene.store.takes();
  assert.ok(kept.length > 10 && kept.length < 17, `${kept.length} takes of nine seconds are kept`);
});

test("where there is no room the exam goes on, the proctor hears, and it is tried again", async () => {
  const scene = recording({ store: new MemoryChunkStore(12) });
  scene.made.flush = () => {};
  const store = scene.store;
  const full = store.addChunk.bind(store);
  let isFull = true;
  store.addChunk = async (chunk) => {
    if (isFull) throw new DOMException("full", "QuotaExceededError");
    return full(chunk);
  };
  scene.made.setStreams({ camera: stream(camera()), screen: null });
  await record(scene, 1);
  assert.deepEqual([scene.states, scene.reports], [["on", "full"], ["recording_full"]]);
  assert.equal(latest().state, "inactive");
  isFull = false;
  scene.timers.fire();
  await record(scene, 1);
  assert.deepEqual(scene.reports, ["recording_full", "recording_resumed"]);
  assert.equal(scene.states.at(-1), "on");
  assert.deepEqual(scene.sent, ["take-2 camera 0"]);
});

for (const [refusal, state, report] of /** @type {const} */ ([
  [401, "refused", "recording_refused"],
  [404, "refused", "recording_refused"],
  [413, "server_full", "recording_full"],
])) {
  test(`when the server answers with ${refusal}, candidate and proctor are told once, and recording goes on`, async () => {
    const scene = recording({ refusal });
    scene.made.setStreams({ camera: stream(camera()), screen: null });
    await record(scene, 2);
    scene.made.setStreams({ camera: stream(camera()), screen: null });
    await record(scene, 1);
    assert.deepEqual([scene.states, scene.reports, scene.sent], [["on", state], [report], []]);
    assert.equal((await scene.store.takes()).length, 2, "another page may send them");
  });
}

test("on flags room is made of what nobody has asked for", async () => {
  const scene = recording({ policy: "on_flags", store: new MemoryChunkStore(40) });
  scene.made.setStreams({ camera: stream(camera()), screen: null });
  await record(scene, 9);
  await settled();
  assert.deepEqual(scene.reports.slice(0, 1), ["recording_full"]);
  assert.equal(latest().state, "recording", "there is room again at once");
});

test("what an earlier page left behind when it crashed is sent", async () => {
  const store = new MemoryChunkStore();
  const startedAt = START - 60_000;
  await store.addTake({ id: "old", handle: "h", kind: "camera", startedAt, endedAt: null, isWanted: true, waitingBytes: 0 });
  await store.addChunk({ takeId: "old", seq: 4, offset: 40, sha256: "", bytes: new ArrayBuffer(10) });
  const scene = recording({ store });
  await settled();
  assert.deepEqual(scene.sent, ["old camera 4"]);
  await scene.made.end();
});

test("a recorder that stops by itself is followed by another one", async () => {
  const scene = recording();
  scene.made.setStreams({ camera: stream(camera()), screen: null });
  await record(scene, 1);
  latest().fail();
  await settled();
  scene.timers.fire();
  await record(scene, 1);
  assert.deepEqual(scene.sent, ["take-1 camera 0", "take-2 camera 0"]);
});

test("a recorder that refuses a stream does the exam no harm, and is asked again", async (t) => {
  t.mock.method(console, "warn", () => {});
  let refuses = true;
  class Choosy extends FakeRecorder {
    /** @override */
    start() {
      if (refuses) throw new DOMException("tracks are inactive", "NotSupportedError");
      super.start();
    }
  }
  const scene = recording({ Recorder: Choosy });
  scene.made.setStreams({ camera: stream(camera()), screen: null });
  refuses = false;
  scene.timers.fire();
  await record(scene, 1);
  assert.deepEqual(scene.sent, ["take-2 camera 0"]);
});

test("flags' times are read by the server's clock, ten seconds around them", () => {
  const wanted = new WantedTimes(() => START);
  const take = (/** @type {number} */ from, /** @type {number | null} */ to) => ({
    startedAt: START + from * 1000,
    endedAt: to === null ? null : START + to * 1000,
  });
  wanted.update([{ id: "f", since: server(-60), until: server(-50) }], server(0));
  assert.equal(wanted.wants(take(-80, -71)), false);
  assert.equal(wanted.wants(take(-80, -69)), true);
  assert.equal(wanted.wants(take(-41, -30)), true);
  assert.equal(wanted.wants(take(-39, null)), false);
  assert.deepEqual([wanted.isPast(take(-130, -121)), wanted.isPast(take(-130, -119)), wanted.isPast(take(-130, null))], [true, false, false]);
});

test("megabytes are whole ones, with a decimal where there are few", () => {
  assert.deepEqual([0, 1_500_000, 15_728_640].map(inMegabytes), ["0.0", "1.4", "15"]);
});
