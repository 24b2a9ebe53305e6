import assert from "node:assert/strict";
import { test } from "node:test";
import { Detection } from "../../../proctor/static/js/detect/detection.js";
import { WatchMemory } from "../../../proctor/static/js/detect/memory.js";
import { Voice } from "../../../proctor/static/js/detect/voice.js";
import { LIMITS } from "./limits.js";

const FILES = { loader: "", wasm: "", landmarker: "", faces: "", objects: "", voiceRuntime: "", voice: "" };
const NEUTRAL = { yaw: 1, pitch: 2, side: 0 };

/** @param {{visionFails?: boolean, voiceFails?: boolean, storage?: Map<string, string>}} [world] */
function set({ visionFails = false, voiceFails = false, storage = new Map() } = {}) {
  /** @type {[string, unknown][]} */
  const calls = [];
  /** @type {[string, Record<string, unknown>][]} */
  const told = [];
  /** @type {import("../../../proctor/static/js/detect/vision.js").Listener | undefined} */
  let listener;
  /** @type {import("../../../proctor/static/js/detect/voice.js").Listener | undefined} */
  let voiceListener;
  /** @param {boolean} fails */
  const load = async (fails) => {
    if (fails) throw new Error("no WebAssembly");
  };
  const detection = new Detection({
    files: FILES,
    limits: LIMITS,
    onProgress: () => {},
    makeVision: (given) => {
      listener = given;
      return {
        load: () => load(visionFails),
        setCamera: (track) => void calls.push(["camera", track]),
        calibrate: async () => NEUTRAL,
        watch: (limits, before) => void calls.push(["watch", { ...before, limits }]),
        close: () => void calls.push(["close", "vision"]),
      };
    },
    makeVoice: (given) => {
      voiceListener = given;
      return {
        load: () => load(voiceFails),
        setMicrophone: async (track) => {
          calls.push(["microphone", track]);
          if (track?.label === "unheard") throw new Error("no worklet");
        },
        watch: (limits, open) => void calls.push(["listen", [...open, limits.voice_score]]),
        close: () => void calls.push(["close", "voice"]),
      };
    },
  });
  const memory = new WatchMemory("h", { getItem: (key) => storage.get(key) ?? null, setItem: (key, value) => void storage.set(key, value) });
  /** @type {import("../../../proctor/static/js/detect/conditions.js").Report} */
  const report = (eventType, payload) => void told.push([eventType, payload]);
  return { detection, memory, report, calls, told, storage, listener: () => listener, voiceListener: () => voiceListener };
}

function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** @param {string} label */
function camera(label) {
  return /** @type {MediaStreamTrack} */ ({ label });
}

test("the watch begins with the look that the system check measured, and a reload knows it again", async () => {
  const { detection, memory, report, calls, storage } = set();
  await detection.load();
  await detection.calibrate();
  await detection.begin(report, memory);
  assert.deepEqual(calls, [["watch", { open: [], neutral: NEUTRAL, limits: LIMITS }], ["listen", [0.5]]]);

  const after = set({ storage });
  await after.detection.begin(after.report, after.memory);
  assert.deepEqual(after.calls[0], ["watch", { open: [], neutral: NEUTRAL, limits: LIMITS }]);
});

test("what was open at a reload is handed to the next page", async () => {
  const { detection, memory, report, told, storage, listener } = set();
  await detection.begin(report, memory);
  listener()?.onEvent("no_face", { confidence: 1 }, ["no_face"]);
  assert.deepEqual(told, [["no_face", { confidence: 1 }]]);

  const after = set({ storage });
  await after.detection.begin(after.report, after.memory);
  assert.deepEqual(after.calls[0], ["watch", { open: ["no_face"], neutral: null, limits: LIMITS }]);
});

test("models that cannot be loaded are told to the proctor, and the other detector goes on", async () => {
  const { detection, memory, report, calls, told } = set({ visionFails: true });
  assert.equal(await detection.load(), false);
  await detection.begin(report, memory);
  assert.deepEqual(told, [["detection_unavailable", { detector: "vision", reason: "Error: no WebAssembly" }]]);
  assert.deepEqual(calls, [["listen", [0.5]]]);
});

test("a device is handed on once, however often the page says what it uses", () => {
  const { detection, calls } = set();
  const track = camera("Integrated Camera");
  detection.setDevices({ camera: track, microphone: null });
  detection.setDevices({ camera: track, microphone: null });
  detection.setDevices({ camera: null, microphone: null });
  assert.deepEqual(calls, [["camera", track], ["camera", null]]);
});

test("a camera that is a program is told at the start and when it is put in later", async () => {
  const { detection, memory, report, told } = set();
  detection.setDevices({ camera: camera("OBS Virtual Camera"), microphone: null });
  assert.deepEqual(told, []);
  await detection.begin(report, memory);
  detection.setDevices({ camera: camera("FaceTime HD"), microphone: null });
  detection.setDevices({ camera: camera("ManyCam"), microphone: null });
  assert.deepEqual(told, [
    ["virtual_camera", { label: "OBS Virtual Camera" }],
    ["virtual_camera_gone", { label: "FaceTime HD" }],
    ["virtual_camera", { label: "ManyCam" }],
  ]);
});

test("a reload tells neither again that a camera is a program, nor forgets to say that it is gone", async () => {
  const before = set();
  before.detection.setDevices({ camera: camera("ManyCam"), microphone: null });
  await before.detection.begin(before.report, before.memory);
  const after = set({ storage: before.storage });
  after.detection.setDevices({ camera: camera("ManyCam"), microphone: null });
  await after.detection.begin(after.report, after.memory);
  assert.deepEqual(after.told, []);
  const other = set({ storage: before.storage });
  other.detection.setDevices({ camera: camera("FaceTime HD"), microphone: null });
  await other.detection.begin(other.report, other.memory);
  assert.deepEqual(other.told, [["virtual_camera_gone", { label: "FaceTime HD" }]]);
});

test("fewer samples are told once, and that they are back", async () => {
  const { detection, memory, report, told, listener } = set();
  await detection.begin(report, memory);
  for (const step of [0, 1, 1, 0]) listener()?.onPace({ step, facesMs: 90, objectsMs: 700 });
  assert.deepEqual(told.map(([eventType]) => eventType), ["detection_degraded", "detection_restored"]);
});

test("what breaks while it watches or listens is told to the proctor", async () => {
  const { detection, memory, report, told, listener, voiceListener } = set();
  await detection.begin(report, memory);
  listener()?.onBroken("out of memory");
  voiceListener()?.onBroken("out of memory");
  assert.deepEqual(told, [
    ["detection_unavailable", { detector: "vision", reason: "out of memory" }],
    ["detection_unavailable", { detector: "voice", reason: "out of memory" }],
  ]);
});

test("a microphone that could not be led to the worker before the exam began is told when it begins", async () => {
  const { detection, memory, report, told } = set();
  detection.setDevices({ camera: null, microphone: camera("unheard") });
  await settled();
  await detection.begin(report, memory);
  assert.deepEqual(told, [["detection_unavailable", { detector: "voice", reason: "Error: no worklet" }]]);

  const other = set();
  other.detection.setDevices({ camera: null, microphone: camera("unheard") });
  await settled();
  other.detection.setDevices({ camera: null, microphone: camera("Headset") });
  await settled();
  await other.detection.begin(other.report, other.memory);
  assert.deepEqual(other.told, [], "the one in use is heard");
});

test("the page hears from the worker that listens that it has broken", () => {
  const worker = /** @type {Worker} */ (/** @type {unknown} */ ({ postMessage: () => {}, terminate: () => {} }));
  /** @type {string[]} */
  const told = [];
  const AudioContext = /** @type {typeof globalThis.AudioContext} */ (/** @type {unknown} */ (class {}));
  new Voice(worker, { onEvent: () => {}, onBroken: (reason) => void told.push(reason) }, AudioContext);
  worker.onmessage?.(/** @type {MessageEvent} */ ({ data: { kind: "broken", reason: "out of memory" } }));
  assert.deepEqual(told, ["out of memory"]);
});

test("after the end nothing is told any more", async () => {
  const { detection, memory, report, told, calls, listener } = set();
  await detection.begin(report, memory);
  detection.close();
  listener()?.onEvent("no_face", {}, []);
  assert.deepEqual(told, []);
  assert.deepEqual(calls.slice(-2), [["close", "vision"], ["close", "voice"]]);
});

test("a memory that somebody else wrote into counts as empty", () => {
  const memory = new WatchMemory("h", { getItem: () => "{not json", setItem: () => {} });
  assert.deepEqual([memory.neutral, memory.open("vision")], [null, []]);
});
