/** Brings the detection to life in a page: its workers, and what the browser has for them. */

import { trackProcessor } from "./camera-feed.js";
import { Detection } from "./detection.js";
import { Vision } from "./vision.js";
import { Voice } from "./voice.js";

/**
 * @param {import("./detection.js").Files} files
 * @param {import("./limits.js").Limits} limits
 * @param {(done: number, parts: number) => void} onProgress
 */
export function startDetection(files, limits, onProgress) {
  return new Detection({
    files,
    limits,
    onProgress,
    makeVision: (listener) => new Vision(worker("./vision-worker.js"), listener, trackProcessor()),
    makeVoice: (listener) => new Voice(worker("./voice-worker.js"), listener, AudioContext),
  });
}

/** @param {string} name */
function worker(name) {
  return new Worker(new URL(name, import.meta.url), { type: "module" });
}
