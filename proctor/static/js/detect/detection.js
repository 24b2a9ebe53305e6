/**
 * The watch over the exam: what sees and what listens, from loading to the end. A part that cannot run is reported;
 * the exam goes on without it, and the proctor knows.
 */

import { STEPS } from "./pace.js";
import { isVirtualCamera } from "./virtual-camera.js";

/** @typedef {import("./conditions.js").Report} Report */
/** @typedef {import("./memory.js").WatchMemory} WatchMemory */
/** @typedef {import("./vision-models.js").VisionFiles & {voiceRuntime: string, voice: string}} Files */
/** @typedef {import("./limits.js").Limits} Limits */
/** @typedef {"vision" | "voice"} Detector */
/** @typedef {Pick<import("./vision.js").Vision, "load" | "setCamera" | "calibrate" | "watch" | "close">} Sees */
/** @typedef {Pick<import("./voice.js").Voice, "load" | "setMicrophone" | "watch" | "close">} Listens */

/**
 * @typedef {object} Parts
 * @property {(listener: import("./vision.js").Listener) => Sees} makeVision
 * @property {(listener: import("./voice.js").Listener) => Listens} makeVoice
 * @property {Files} files
 * @property {Limits} limits
 * @property {(done: number, parts: number) => void} onProgress
 */

/** The vision's models one by one, its runtime, and the voice. */
export const FILES = 5;

export class Detection {
  #parts;
  #vision;
  #voice;
  #loaded = 0;
  /** @type {Record<Detector, Promise<string | null>> | null} why a detector cannot run, or null */
  #loading = null;
  /** @type {Report} */
  #report = () => {};
  /** @type {WatchMemory | null} */
  #memory = null;
  /** @type {MediaStreamTrack | null} */
  #camera = null;
  /** @type {MediaStreamTrack | null} */
  #microphone = null;
  #step = 0;
  #isClosed = false;
  /** @type {string | null} why the microphone in use was not led to the worker, before anybody could be told */
  #unheard = null;
  /** @type {import("./pose.js").Look | null} */
  #neutral = null;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#vision = parts.makeVision({
      onPart: () => this.#progress(),
      onEvent: (eventType, payload, open) => this.#seen("vision", eventType, payload, open),
      onPace: (window) => this.#paced(window),
      onBroken: (reason) => this.#unavailable("vision", reason),
    });
    this.#voice = parts.makeVoice({
      onEvent: (eventType, payload, open) => this.#seen("voice", eventType, payload, open),
      onBroken: (reason) => this.#unavailable("voice", reason),
    });
  }

  /**
   * Load everything, once.
   * @returns {Promise<boolean>} whether the vision can run
   */
  async load() {
    const { files } = this.#parts;
    this.#loading ??= {
      vision: reasonOf(this.#vision.load(files)),
      voice: reasonOf(this.#voice.load({ wasm: files.voiceRuntime, voice: files.voice }).then(() => this.#progress())),
    };
    return (await this.#loading.vision) === null;
  }

  /**
   * Take the devices as they are now.
   * @param {{camera: MediaStreamTrack | null, microphone: MediaStreamTrack | null}} tracks
   */
  setDevices({ camera, microphone }) {
    if (camera !== this.#camera) {
      this.#camera = camera;
      this.#vision.setCamera(camera);
      this.#nameCamera();
    }
    if (microphone === this.#microphone) return;
    this.#microphone = microphone;
    // What the browser cannot lead to the worker is missing to the proctor as if it had not been loaded.
    this.#voice.setMicrophone(microphone).then(
      () => this.#heard(microphone, null),
      (error) => this.#heard(microphone, String(error)),
    );
  }

  /** @returns {Promise<boolean>} whether the candidate's usual look is known now */
  async calibrate() {
    this.#neutral = await this.#vision.calibrate();
    return this.#neutral !== null;
  }

  /**
   * The exam has begun, or has come back: from now on everything is reported.
   * @param {Report} report
   * @param {WatchMemory} memory
   */
  async begin(report, memory) {
    this.#report = report;
    this.#memory = memory;
    if (this.#neutral) memory.neutral = this.#neutral;
    this.#nameCamera();
    if (this.#unheard !== null) this.#unavailable("voice", this.#unheard);
    const { limits } = this.#parts;
    void this.load();
    await Promise.all([
      this.#start("vision", () => this.#vision.watch(limits, { open: memory.open("vision"), neutral: memory.neutral })),
      this.#start("voice", () => this.#voice.watch(limits, memory.open("voice"))),
    ]);
  }

  close() {
    this.#isClosed = true;
    this.#report = () => {};
    this.#vision.close();
    this.#voice.close();
  }

  /**
   * @param {MediaStreamTrack | null} microphone
   * @param {string | null} reason why it cannot be heard, or null
   */
  #heard(microphone, reason) {
    if (microphone !== this.#microphone) return;
    this.#unheard = reason;
    if (reason !== null && this.#memory) this.#unavailable("voice", reason);
  }

  /**
   * @param {Detector} detector
   * @param {() => void} watch
   */
  async #start(detector, watch) {
    const reason = (await this.#loading?.[detector]) ?? null;
    if (this.#isClosed) return;
    if (reason === null) watch();
    else this.#unavailable(detector, reason);
  }

  /**
   * @param {Detector} detector
   * @param {string} reason
   */
  #unavailable(detector, reason) {
    this.#report("detection_unavailable", { detector, reason: reason.slice(0, 200) });
  }

  /**
   * @param {Detector} detector
   * @param {string} eventType
   * @param {Record<string, unknown>} payload
   * @param {string[]} open
   */
  #seen(detector, eventType, payload, open) {
    this.#memory?.setOpen(detector, open);
    this.#report(eventType, payload);
  }

  /** @param {import("./pace.js").Window} window */
  #paced({ step, facesMs, objectsMs }) {
    if (step === this.#step) return;
    this.#step = step;
    const { facesEveryMs, objectsEveryMs } = STEPS[step] ?? {};
    const pace = { step, faces_every_ms: facesEveryMs, objects_every_ms: objectsEveryMs, faces_ms: facesMs, objects_ms: objectsMs };
    this.#report(step ? "detection_degraded" : "detection_restored", pace);
  }

  #nameCamera() {
    // Without a camera it is not known what comes next: the condition stays until another kind of camera is put in.
    if (!this.#memory || !this.#camera) return;
    const label = this.#camera.label.slice(0, 100);
    const wasVirtual = this.#memory.open("camera").length > 0;
    const isVirtual = isVirtualCamera(label);
    if (isVirtual === wasVirtual) return;
    this.#memory.setOpen("camera", isVirtual ? ["virtual_camera"] : []);
    this.#report(isVirtual ? "virtual_camera" : "virtual_camera_gone", { label });
  }

  #progress() {
    this.#loaded += 1;
    this.#parts.onProgress(this.#loaded, FILES);
  }
}

/**
 * @param {Promise<unknown>} loading
 * @returns {Promise<string | null>} why it failed, or null
 */
function reasonOf(loading) {
  return loading.then(
    () => null,
    (error) => String(error),
  );
}
