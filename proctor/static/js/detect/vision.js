/** The page's side of the worker that sees: gives it the camera, passes on what it notices. */

import { CameraFeed } from "./camera-feed.js";

/** @typedef {import("./pose.js").Look} Look */
/** @typedef {import("./limits.js").Limits} Limits */
/** @typedef {{open: string[], neutral: Look | null}} Before what is known from an earlier page, or from the system check */
/** @typedef {{onPart: () => void, onEvent: (eventType: string, payload: Record<string, unknown>, open: string[]) => void, onPace: (window: import("./pace.js").Window) => void, onBroken: (reason: string) => void}} Listener */

export class Vision {
  #worker;
  #listener;
  #feed;
  /** @type {(neutral: Look | null) => void} */
  #calibrated = () => {};
  /** @type {{resolve: () => void, reject: (error: Error) => void} | null} */
  #loading = null;

  /**
   * @param {Worker} worker runs `vision-worker.js`
   * @param {Listener} listener
   * @param {import("./camera-feed.js").TrackProcessor | undefined} Processor where the browser has it
   */
  constructor(worker, listener, Processor) {
    this.#worker = worker;
    this.#listener = listener;
    this.#feed = new CameraFeed(worker, Processor);
    worker.onmessage = ({ data }) => this.#heard(data);
    worker.onerror = () => this.#loading?.reject(new Error("the worker could not be started"));
  }

  /**
   * @param {import("./vision-models.js").VisionFiles} files
   * @returns {Promise<void>}
   */
  load(files) {
    return new Promise((resolve, reject) => {
      this.#loading = { resolve, reject };
      this.#worker.postMessage({ kind: "load", files });
    });
  }

  /** @param {MediaStreamTrack | null} track */
  setCamera(track) {
    this.#feed.set(track);
  }

  /** @returns {Promise<Look | null>} */
  calibrate() {
    return new Promise((resolve) => {
      this.#calibrated = resolve;
      this.#worker.postMessage({ kind: "calibrate" });
    });
  }

  /**
   * @param {Limits} limits
   * @param {Before} before
   */
  watch(limits, before) {
    this.#worker.postMessage({ kind: "watch", limits, before });
  }

  close() {
    this.#feed.close();
    this.#worker.terminate();
  }

  /** @param {any} message */
  #heard(message) {
    const { kind } = message;
    if (kind === "part") this.#listener.onPart();
    else if (kind === "ready") this.#loading?.resolve();
    else if (kind === "failed") this.#loading?.reject(new Error(message.reason));
    else if (kind === "neutral") this.#calibrated(message.neutral);
    else if (kind === "event") this.#listener.onEvent(message.eventType, message.payload, message.open);
    else if (kind === "broken") this.#listener.onBroken(message.reason);
    else if (kind === "pace") this.#listener.onPace(message);
    else if (kind === "want") void this.#feed.answer();
  }
}
