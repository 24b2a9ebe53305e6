import assert from "node:assert/strict";
import { test } from "node:test";
import { loudness } from "../../../proctor/static/js/candidate/level.js";
import { Media } from "../../../proctor/static/js/candidate/media.js";
import { Screen } from "../../../proctor/static/js/candidate/screen.js";

class FakeTrack extends EventTarget {
  readyState = "live";

  /** @param {"video" | "audio"} kind @param {object} settings */
  constructor(kind, settings) {
    super();
    this.kind = kind;
    this.settings = settings;
  }

  getSettings() {
    return this.settings;
  }

  stop() {
    this.readyState = "ended";
  }

  /** As when the cable is pulled. */
  fail() {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

class FakeStream {
  /** @param {FakeTrack[]} tracks */
  constructor(tracks) {
    this.tracks = tracks;
  }

  getTracks() {
    return this.tracks;
  }

  getVideoTracks() {
    return this.tracks.filter((track) => track.kind === "video");
  }
}

/** @param {string} name */
function refusal(name) {
  return Object.assign(new Error(name), { name });
}

/**
 * @param {(wanted: MediaStreamConstraints) => string | null} refuse the name of an error, or null
 * @param {Record<string, PermissionState>} [permissions]
 */
function media(refuse, permissions = {}) {
  /** @type {MediaStreamConstraints[]} */
  const asked = [];
  /** @type {Map<string, string>} */
  const kept = new Map();
  /** @type {any} */
  const browser = {
    mediaDevices: {
      getUserMedia: async (/** @type {any} */ wanted) => {
        asked.push(wanted);
        const error = refuse(wanted);
        if (error) throw refusal(error);
        const video = wanted.video && new FakeTrack("video", { deviceId: wanted.video.deviceId?.exact ?? "cam-1" });
        const audio = wanted.audio && new FakeTrack("audio", { deviceId: "mic-1" });
        return new FakeStream([video, audio].filter(Boolean));
      },
    },
    permissions: { query: async (/** @type {{name: string}} */ { name }) => ({ state: permissions[name] ?? "prompt" }) },
    memory: { getItem: (/** @type {string} */ key) => kept.get(key) ?? null, setItem: kept.set.bind(kept) },
    MediaStream: FakeStream,
  };
  return { media: new Media(browser), asked, kept };
}

/** @param {Media} devices @returns {FakeTrack[]} */
const tracksOf = (devices) => /** @type {any} */ (devices.stream.getTracks());

test("one question opens both, and the devices are remembered", async () => {
  const { media: devices, asked, kept } = media(() => null);
  assert.deepEqual(await devices.open(), { camera: "passed", microphone: "passed" });
  assert.equal(asked.length, 1);
  assert.equal(devices.isComplete, true);
  assert.deepEqual([...kept], [["proctor.camera", "cam-1"], ["proctor.microphone", "mic-1"]]);
});

test("a refusal is not followed by a second question", async () => {
  const { media: devices, asked } = media(() => "NotAllowedError");
  assert.deepEqual(await devices.open(), { camera: "denied", microphone: "denied" });
  assert.equal(asked.length, 1);
});

test("where only the microphone is refused, the camera that is granted opens", async () => {
  const refuse = (/** @type {MediaStreamConstraints} */ wanted) => (wanted.audio ? "NotAllowedError" : null);
  const { media: devices } = media(refuse, { camera: "granted", microphone: "denied" });
  assert.deepEqual(await devices.open(), { camera: "passed", microphone: "denied" });
});

test("a missing camera does not take the microphone with it", async () => {
  const { media: devices } = media((wanted) => (wanted.video ? "NotFoundError" : null));
  assert.deepEqual(await devices.open(), { camera: "missing", microphone: "passed" });
});

test("a camera in use, and an unknown trouble, each have their own outcome", async () => {
  assert.equal(await media(() => "NotReadableError").media.openOne("camera"), "busy");
  assert.equal(await media(() => "StrangeError").media.openOne("camera"), "failed");
});

test("a device that goes off is told; one that we replace or stop is not", async () => {
  const { media: devices } = media(() => null);
  await devices.open();
  /** @type {string[]} */
  const lost = [];
  devices.onLost((kind) => lost.push(kind));
  const [first, microphone] = tracksOf(devices);
  await devices.openOne("camera", "cam-2");
  assert.equal(first?.readyState, "ended");
  first?.fail();
  assert.deepEqual(lost, []);
  microphone?.fail();
  assert.deepEqual(lost, ["microphone"]);
  assert.equal(devices.isComplete, false);
});

test("closing switches everything off without a word", async () => {
  const { media: devices } = media(() => null);
  await devices.open();
  const tracks = tracksOf(devices);
  devices.onLost(() => assert.fail("we did it ourselves"));
  devices.close();
  for (const track of tracks) {
    assert.equal(track.readyState, "ended");
    track.dispatchEvent(new Event("ended"));
  }
});

/** @param {string | null} displaySurface */
function sharing(displaySurface) {
  const track = new FakeTrack("video", displaySurface ? { displaySurface } : {});
  /** @type {any} */
  const mediaDevices = { getDisplayMedia: async () => new FakeStream([track]) };
  return { screen: new Screen({ mediaDevices }), track };
}

test("only a whole screen is taken, and a browser that does not say is believed", async () => {
  const { screen, track } = sharing("window");
  assert.equal(await screen.share(), "partial");
  assert.equal(track.readyState, "ended");
  assert.equal(screen.stream, null);
  assert.equal(screen.surface, "window");
  assert.equal(await sharing("monitor").screen.share(), "passed");
  const silent = sharing(null).screen;
  assert.deepEqual([await silent.share(), silent.surface], ["passed", "unknown"]);
});

test("a phone cannot share its screen, and a refused question is not an error", async () => {
  assert.equal(await new Screen({ mediaDevices: {} }).share(), "unsupported");
  const mediaDevices = { getDisplayMedia: () => Promise.reject(refusal("NotAllowedError")) };
  assert.equal(await new Screen({ mediaDevices }).share(), "denied");
});

test("sharing that stops is told", async () => {
  const { screen, track } = sharing("monitor");
  let told = 0;
  screen.onLost(() => (told += 1));
  await screen.share();
  track.fail();
  assert.equal(told, 1);
  assert.equal(screen.stream, null);
});

test("silence is zero, full scale is one, and speech lies between", () => {
  assert.equal(loudness(new Float32Array(64)), 0);
  assert.equal(loudness(new Float32Array(64).fill(1)), 1);
  const speech = loudness(new Float32Array(64).fill(0.05));
  assert.ok(speech > 0.5 && speech < 0.6);
});
