import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerUpload } from "../../../proctor/static/js/candidate/answer-upload.js";
import { Requests } from "../../../proctor/static/js/candidate/requests.js";
import { takePhoto } from "../../../proctor/static/js/candidate/takes.js";

/** @param {string} id @param {string} [kind] */
function request(id, kind = "room_scan") {
  return { id, kind, message: "Please.", created_at: "2026-11-22T09:00:00.000Z" };
}

class Recorder {
  static isTypeSupported = (/** @type {string} */ type) => type === "video/webm";
  state = "inactive";
  mimeType = "video/webm;codecs=vp8";
  /** @type {((event: any) => void) | undefined} */
  ondataavailable;
  /** @type {(() => void) | undefined} */
  onstop;
  start() {
    this.state = "recording";
  }
  stop() {
    this.state = "inactive";
    this.ondataavailable?.({ data: new Blob(["clip"]) });
    this.onstop?.();
  }
}

function scene() {
  /** @type {string[]} */
  const seen = [];
  /** @type {any[]} */
  const sent = [];
  /** @type {any[]} */
  const reported = [];
  /** @type {string[]} */
  const acknowledged = [];
  /** @type {string[]} */
  const said = [];
  const view = {
    preview: /** @type {any} */ ({}),
    open: (/** @type {{title: string}} */ { title }) => void seen.push(`open ${title}`),
    show: (/** @type {string} */ stage, /** @type {string} */ words) => void (seen.at(-1) !== `${stage} ${words}` && seen.push(`${stage} ${words}`)),
    say: (/** @type {string} */ words) => void seen.push(words),
    progress: () => {},
    showTaken: () => {},
    leave: () => void seen.push("left"),
    close: () => {},
  };
  const upload = { send: async (/** @type {any} */ answer) => void sent.push(answer), close: () => {} };
  const requests = new Requests({
    text: (key) => key,
    view,
    upload,
    stream: () => /** @type {any} */ ({}),
    report: (...event) => void reported.push(event),
    acknowledge: (id) => void acknowledged.push(id),
    onDone: (key) => void said.push(key),
    browser: { MediaRecorder: /** @type {any} */ (Recorder), stepMs: 20 },
  });
  return { requests, view, upload, seen, sent, reported, acknowledged, said };
}

/** @param {() => boolean} holds */
async function until(holds) {
  for (let tries = 0; tries < 200 && !holds(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(holds());
}

test("a room scan leads through its steps, is looked at and then sent with its request's id", async () => {
  const { requests, seen, sent, said } = scene();
  requests.add(request("one"));
  await requests.take();
  await until(() => seen.some((words) => words.startsWith("review")));
  await requests.send();

  assert.equal(seen[1], "ask request.room_scan.text");
  assert.ok(seen.includes("taking request.scan.left"));
  assert.equal(sent[0].actionId, "one");
  assert.equal(sent[0].blob.type, "video/webm");
  assert.deepEqual(said, ["request.room_scan.sent"]);
  assert.equal(seen.at(-1), "left");
});

test("who would rather not says so, and is not asked again", () => {
  const { requests, reported, acknowledged, sent, seen } = scene();
  requests.add(request("one", "identity_photo"));
  requests.decline();

  assert.deepEqual(reported, [["identity_photo_declined", { action_id: "one" }]]);
  assert.deepEqual(acknowledged, ["one"]);
  assert.deepEqual(sent, []);
  assert.equal(seen.at(-1), "left");
});

test("a second request waits for the first", () => {
  const { requests, seen } = scene();
  requests.add(request("one"));
  requests.add(request("two", "identity_photo"));
  assert.equal(seen.filter((words) => words.startsWith("open")).length, 1);
  requests.decline();
  assert.equal(seen.at(-1), "ask request.identity_photo.text");
});

test("an answer that nobody wants any more ends the request all the same", async () => {
  const { requests, upload, seen, said } = scene();
  upload.send = () => Promise.reject(new Error("409"));
  requests.add(request("one"));
  await requests.take();
  await until(() => seen.some((words) => words.startsWith("review")));
  await requests.send();
  assert.deepEqual(said, ["request.unwanted"]);
  requests.close();
});

test("an upload is tried again under the same id until the server has it", async () => {
  /** @type {string[]} */
  const urls = [];
  const statuses = [0, 503, 200];
  const fetch = async (/** @type {any} */ url) => {
    urls.push(String(url));
    const status = statuses.shift() ?? 500;
    if (status === 0) throw new TypeError("no network");
    return /** @type {Response} */ ({ status });
  };
  let delays = 0;
  const upload = new AnswerUpload("abc", "token", { fetch: /** @type {any} */ (fetch), wait: async () => {} });
  await upload.send({ kind: "room_scan", actionId: "one", blob: new Blob(["x"], { type: "video/webm" }) }, "me", () => (delays += 1));

  assert.equal(new Set(urls).size, 1);
  assert.equal(urls[0], "/exam/abc/evidence?kind=room_scan&action_id=one&id=me");
  assert.equal(delays, 2);
});

test("an upload that the server does not want is not tried again", async () => {
  let tries = 0;
  const fetch = async () => ((tries += 1), /** @type {Response} */ ({ status: 409 }));
  const upload = new AnswerUpload("abc", "token", { fetch: /** @type {any} */ (fetch), wait: async () => {} });
  const answer = { kind: "room_scan", actionId: "one", blob: new Blob(["x"]) };
  await assert.rejects(upload.send(answer), { name: "HttpError", status: 409 });
  assert.equal(tries, 1);
});

test("a camera without a picture is named as the trouble, and may be tried again", async () => {
  const { requests, view, seen } = scene();
  view.preview = { videoWidth: 640, videoHeight: 480 };
  Object.assign(globalThis, { document: { createElement: () => ({ getContext: () => null, toBlob: (/** @type {any} */ done) => done(null) }) } });
  requests.add(request("one", "identity_photo"));
  await requests.take();
  assert.equal(seen.at(-1), "request.no_picture");
  Reflect.deleteProperty(globalThis, "document");
});

test("a photo is made smaller until it fits, and one that never fits is refused", async () => {
  const video = /** @type {any} */ ({ videoWidth: 640, videoHeight: 480 });
  /** @param {number[]} sizes */
  const canvas = (sizes) => () =>
    /** @type {any} */ ({
      getContext: () => ({ drawImage: () => {} }),
      toBlob: (/** @type {(blob: Blob) => void} */ done) => done(new Blob(["x".repeat(sizes.shift() ?? 99)])),
    });
  assert.equal((await takePhoto(video, 10, canvas([30, 8]))).size, 8);
  await assert.rejects(takePhoto(video, 10, canvas([30, 30, 30, 30])));
});
