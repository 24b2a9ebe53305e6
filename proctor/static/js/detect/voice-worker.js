/** The worker that listens: asks the voice model about each frame of sound, and tells when someone speaks. */

import { InferenceSession, Tensor, env } from "/static/vendor/onnxruntime/ort.wasm.bundle.min.mjs";
import { Conditions } from "./conditions.js";
import { Downsampler, FRAME, FRAME_MS } from "./speech.js";
import { scope } from "./worker-scope.js";

/** The model wants the end of the frame before, too. */
const CONTEXT = 64;
const STATE = [2, 1, 128];
/** A worker that falls behind forgets rather than tells what was long ago. */
const MOST_WAITING = 60;

/** @type {InferenceSession | undefined} */
let model;
/** @type {Conditions | undefined} */
let conditions;
/** @type {Downsampler | undefined} */
let downsampler;
/** @type {Float32Array[]} */
let waiting = [];
let isBusy = false;
/** From here on a frame counts as speech. */
let speech = 1;
let heardFrames = 0;
/** @type {Tensor} what the model remembers of the sound before */
let state = silence();
let context = new Float32Array(CONTEXT);

/** @type {Record<string, (message: any) => unknown>} */
const handlers = {
  load: ({ files }) => load(files),
  watch: ({ limits, open }) => watch(limits, open),
  microphone: ({ sound }) => listen(sound),
  no_microphone: () => conditions?.end("mic_off"),
};
scope.onmessage = ({ data }) => void handlers[data.kind]?.(data);

/** @param {{wasm: string, voice: string}} files */
async function load({ wasm, voice }) {
  try {
    env.wasm.wasmPaths = { wasm };
    env.wasm.numThreads = 1;
    model = await InferenceSession.create(voice, { executionProviders: ["wasm"] });
    scope.postMessage({ kind: "ready" });
  } catch (error) {
    scope.postMessage({ kind: "failed", reason: String(error) });
  }
}

/**
 * @param {import("./limits.js").Limits} limits
 * @param {string[]} open
 */
function watch(limits, open) {
  speech = limits.voice_score;
  /** @type {Conditions} */
  const told = new Conditions(["voice"], (eventType, payload) => scope.postMessage({ kind: "event", eventType, payload, open: told.open }), { open });
  conditions = told;
}

/** @param {MessagePort} sound */
function listen(sound) {
  sound.onmessage = ({ data }) => {
    if (data.kind === "rate") downsampler = new Downsampler(data.rate);
    if (data.kind !== "samples" || !downsampler || !conditions) return;
    waiting = [...waiting, ...downsampler.add(data.samples)].slice(-MOST_WAITING);
    void drain();
  };
}

async function drain() {
  if (isBusy || !model) return;
  isBusy = true;
  try {
    for (let frame = waiting.shift(); frame; frame = waiting.shift()) {
      heardFrames += 1;
      const probability = await ask(model, frame);
      conditions?.add("voice", probability >= speech ? probability : 0, heardFrames * FRAME_MS);
    }
  } catch (error) {
    model = undefined;
    conditions?.end("broken");
    scope.postMessage({ kind: "broken", reason: String(error) });
  }
  isBusy = false;
}

/**
 * How likely it is that someone speaks in this frame.
 * @param {InferenceSession} session
 * @param {Float32Array} frame
 */
async function ask(session, frame) {
  const input = new Float32Array(CONTEXT + FRAME);
  input.set(context);
  input.set(frame, CONTEXT);
  context = frame.slice(-CONTEXT);
  const sr = new Tensor("int64", BigInt64Array.of(16000n), []);
  const { output, stateN } = await session.run({ input: new Tensor("float32", input, [1, input.length]), state, sr });
  if (stateN) state = stateN;
  return Number(output?.data[0] ?? 0);
}

function silence() {
  return new Tensor("float32", new Float32Array(256), STATE);
}
