import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_BYTES, SmallPicture, within } from "../../../proctor/static/js/candidate/small-picture.js";
import { Snapshots } from "../../../proctor/static/js/candidate/snapshots.js";
import { FakeChannel } from "../live/fakes.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));

class FakeWorker {
  /** @type {any[]} */
  asked = [];
  isRunning = true;
  /** @type {((event: {data: any}) => void) | null} */
  onmessage = null;

  /** @param {any} message */
  postMessage(message) {
    this.asked.push(message);
  }

  terminate() {
    this.isRunning = false;
  }

  /** @param {string} image @param {string | null} [flagId] */
  took(image, flagId = null) {
    this.onmessage?.({ data: { kind: "taken", image, flagId } });
  }
}

function scene() {
  const channel = new FakeChannel();
  const worker = new FakeWorker();
  const clock = { now: 0 };
  const browser = { worker: /** @type {any} */ (worker), Processor: undefined, now: () => clock.now };
  return { channel, worker, clock, snapshots: new Snapshots(/** @type {any} */ (channel), browser) };
}

const failure = (/** @type {number} */ status) => Object.assign(new Error("no"), { status });

test("a picture is sent as soon as it is taken", () => {
  const { channel, worker } = scene();
  worker.took("one");
  assert.deepEqual(channel.sentOf("snapshot"), [{ image: "one", age_ms: 0 }]);
});

test("on a slow line the next picture waits for nobody: it is left out", async () => {
  const { channel, worker } = scene();
  /** @type {(value: any) => void} */
  let arrive = () => {};
  channel.answer = () => new Promise((resolve) => (arrive = resolve));
  worker.took("one");
  worker.took("two");
  arrive({});
  await settled();
  worker.took("three");
  assert.deepEqual(channel.sentOf("snapshot").map(({ image }) => image), ["one", "three"]);
});

test("a picture that fails is forgotten, and the next one goes", async () => {
  const { channel, worker } = scene();
  channel.answer = () => Promise.reject(failure(429));
  worker.took("one");
  await settled();
  worker.took("two");
  assert.equal(channel.sentOf("snapshot").length, 2);
});

test("what the server asks for goes to the worker with the flag it is about", () => {
  const { channel, worker } = scene();
  channel.says("snapshot_wanted", { flag_id: "f1" });
  assert.deepEqual(worker.asked, [{ kind: "take", flagId: "f1" }]);
});

test("the picture of a flag waits for the connection, and says how old it is", async () => {
  const { channel, worker, clock } = scene();
  channel.state = "offline";
  channel.answer = () => Promise.reject(failure(503));
  worker.took("of the flag", "f1");
  await settled();
  clock.now = 4_000;
  channel.answer = () => Promise.resolve({});
  channel.become("online");
  await settled();
  channel.become("online");
  assert.deepEqual(channel.sentOf("snapshot").slice(1), [{ image: "of the flag", age_ms: 4_000, flag_id: "f1" }]);
});

test("the picture of a flag that the server could not take follows the next one that it takes", async () => {
  const { channel, worker } = scene();
  channel.answer = () => Promise.reject(failure(503));
  worker.took("of the flag", "f1");
  worker.took("one");
  await settled();
  channel.answer = () => Promise.resolve({});
  worker.took("two");
  await settled();
  worker.took("three");
  await settled();
  assert.deepEqual(channel.sentOf("snapshot").slice(2).map(({ image }) => image), ["two", "of the flag", "three"]);
});

test("a flag that the server does not know any more is not sent for ever", async () => {
  const { channel, worker } = scene();
  channel.answer = () => Promise.reject(failure(404));
  worker.took("of the flag", "f1");
  await settled();
  channel.become("online");
  assert.equal(channel.sentOf("snapshot").length, 1);
});

test("a camera that stays the same is not handed over again", () => {
  const { worker, snapshots } = scene();
  const browser = { worker: /** @type {any} */ (worker), Processor: class { readable = "pictures"; } };
  const other = new Snapshots(/** @type {any} */ (new FakeChannel()), /** @type {any} */ (browser));
  const track = /** @type {any} */ ({});
  other.setCamera(track);
  other.setCamera(track);
  other.setCamera(null);
  assert.deepEqual(worker.asked, [{ kind: "camera", readable: "pictures" }, { kind: "no_camera" }]);
  snapshots.close();
});

test("once closed it hears nothing and its worker is gone", () => {
  const { channel, worker, snapshots } = scene();
  snapshots.close();
  channel.says("snapshot_wanted", { flag_id: null });
  assert.deepEqual(worker.asked, []);
  assert.equal(worker.isRunning, false);
});

/** @param {(size: {width: number}, quality: number) => number} bytes */
function drawing(bytes) {
  /** @type {[number, number][]} */
  const drawn = [];
  const small = new SmallPicture((_, size, quality) => {
    drawn.push([size.width, quality]);
    return Promise.resolve(/** @type {Blob} */ ({ size: bytes(size, quality) }));
  });
  return { small, drawn };
}

const CAMERA = { width: 640, height: 480 };

test("a picture that is too large is drawn with less detail, then with fewer pixels", async () => {
  const { small, drawn } = drawing(({ width }, quality) => width * quality * 100);
  const blob = await small.of(CAMERA);
  assert.ok(blob && blob.size <= MAX_BYTES);
  assert.deepEqual(drawn.map(([width]) => width), [320, 320, 320, 240]);
});

test("what was found for one picture is where the next one begins, and a quiet scene becomes sharper again", async () => {
  let busy = 1;
  const { small, drawn } = drawing(({ width }, quality) => width * quality * 100 * busy);
  await small.of(CAMERA);
  drawn.length = 0;
  await small.of(CAMERA);
  assert.deepEqual(drawn, [[240, 0.45]]);
  busy = 0.1;
  for (let times = 0; times < 4; times += 1) await small.of(CAMERA);
  assert.deepEqual(drawn.at(-1), [320, 0.75]);
});

test("where nothing is small enough there is no picture", async () => {
  const { small } = drawing(() => MAX_BYTES + 1);
  assert.equal(await small.of(CAMERA), null);
});

test("a picture keeps its shape, and a small one its size", () => {
  assert.deepEqual(within({ width: 480, height: 640 }, 320), { width: 240, height: 320 });
  assert.deepEqual(within({ width: 100, height: 50 }, 320), { width: 100, height: 50 });
});
