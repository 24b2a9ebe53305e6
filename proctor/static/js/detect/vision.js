/** The page's side of the worker that sees: gives it the camera, passes on what it notices. */

/** @typedef {import("./pose.js").Look} Look */
/** @typedef {import("./limits.js").Limits} Limits */
/** @typedef {{open: string[], neutral: Look | null}} Before what is known from an earlier page, or from the system check */
/** @typedef {{onPart: () => void, onEvent: (eventType: string, payload: Record<string, unknown>, open: string[]) => void, onPace: (window: import("./pace.js").Window) => void, onBroken: (reason: string) => void}} Listener */

/**
 * Newer than TypeScript's declarations.
 * @typedef {new (init: {track: MediaStreamTrack, maxBufferSize: number}) => {readable: ReadableStream<VideoFrame>}} TrackProcessor
 */

export class Vision {
  #worker;
  #listener;
  #Processor;
  /** @type {HTMLVideoElement | null} */
  #video = null;
  /** @type {(neutral: Look | null) => void} */
  #calibrated = () => {};
  /** @type {{resolve: () => void, reject: (error: Error) => void} | null} */
  #loading = null;

  /**
   * @param {Worker} worker runs `vision-worker.js`
   * @param {Listener} listener
   * @param {TrackProcessor | undefined} Processor where the browser has it
   */
  constructor(worker, listener, Processor) {
    this.#worker = worker;
    this.#listener = listener;
    this.#Processor = Processor;
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
    this.#video = null;
    if (!track) return this.#worker.postMessage({ kind: "no_camera" });
    if (!this.#Processor) return this.#showHidden(track);
    const { readable } = new this.#Processor({ track, maxBufferSize: 1 });
    this.#worker.postMessage({ kind: "camera", readable }, [readable]);
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
    this.#video = null;
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
    else if (kind === "want") void this.#answer();
  }

  /** @param {MediaStreamTrack} track */
  #showHidden(track) {
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    void video.play();
    this.#video = video;
    this.#worker.postMessage({ kind: "camera" });
  }

  async #answer() {
    if (!this.#video || this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const picture = await createImageBitmap(this.#video);
    this.#worker.postMessage({ kind: "picture", picture }, [picture]);
  }
}
