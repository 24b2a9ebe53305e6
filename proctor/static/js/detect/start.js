/** Brings the detection to life in a page: its workers, and what the browser has for them. */

import { Detection } from "./detection.js";
import { Vision } from "./vision.js";
import { Voice } from "./voice.js";

/**
 * @param {import("./detection.js").Files} files
 * @param {import("./limits.js").Limits} limits
 * @param {(done: number, parts: number) => void} onProgress
 */
export function startDetection(files, limits, onProgress) {
  // Only some browsers hand a camera's track to a worker; elsewhere the page passes on single pictures.
  const { MediaStreamTrackProcessor: Processor } =
    /** @type {{MediaStreamTrackProcessor?: import("./vision.js").TrackProcessor}} */ (globalThis);
  return new Detection({
    files,
    limits,
    onProgress,
    makeVision: (listener) => new Vision(worker("./vision-worker.js"), listener, Processor),
    makeVoice: (onEvent) => new Voice(worker("./voice-worker.js"), onEvent, AudioContext),
  });
}

/** @param {string} name */
function worker(name) {
  return new Worker(new URL(name, import.meta.url), { type: "module" });
}
