/**
 * The candidate's camera and microphone: opened, remembered, watched and switched off in one place.
 */

import { constraints, mediaOutcome, remember } from "./media-request.js";

/** @typedef {import("./media-request.js").Kind} Kind */
/** @typedef {import("./media-request.js").MediaOutcome} MediaOutcome */
/** @typedef {Record<Kind, MediaOutcome>} Outcomes */

/** @type {Kind[]} */
const KINDS = ["camera", "microphone"];

export class Media {
  /** @type {Map<Kind, MediaStreamTrack>} */
  #tracks = new Map();
  /** @type {Set<(kind: Kind) => void>} */
  #lostListeners = new Set();
  #devices;
  #permissions;
  #memory;
  #MediaStream;

  /**
   * @param {object} browser
   * @param {MediaDevices} browser.mediaDevices
   * @param {Pick<Permissions, "query">} [browser.permissions]
   * @param {import("./media-request.js").Memory} browser.memory where the chosen devices are remembered
   * @param {typeof globalThis.MediaStream} browser.MediaStream
   */
  constructor({ mediaDevices, permissions, memory, MediaStream }) {
    this.#devices = mediaDevices;
    this.#permissions = permissions;
    this.#memory = memory;
    this.#MediaStream = MediaStream;
  }

  /** Both tracks as one stream, as far as they are on. */
  get stream() {
    return new this.#MediaStream([...this.#tracks.values()]);
  }

  /** @param {Kind} kind */
  isOn(kind) {
    return this.#tracks.get(kind)?.readyState === "live";
  }

  /**
   * The track of a device that is on.
   * @param {Kind} kind
   */
  track(kind) {
    return this.isOn(kind) ? (this.#tracks.get(kind) ?? null) : null;
  }

  get isComplete() {
    return KINDS.every((kind) => this.isOn(kind));
  }

  /**
   * Switch both on with one question to the candidate, and say for each how that went.
   * @returns {Promise<Outcomes>}
   */
  async open() {
    try {
      this.#take(await this.#ask(KINDS));
      return { camera: "passed", microphone: "passed" };
    } catch (error) {
      return this.#openEach(mediaOutcome(error));
    }
  }

  /**
   * Switch one on, or change to another device.
   * @param {Kind} kind
   * @param {string} [deviceId]
   * @returns {Promise<MediaOutcome>}
   */
  async openOne(kind, deviceId) {
    try {
      // Some systems lend a device only once: the old track must be gone before a new one is asked for.
      if (deviceId) this.#drop(kind);
      this.#take(await this.#ask([kind], deviceId));
      return "passed";
    } catch (error) {
      return mediaOutcome(error);
    }
  }

  /**
   * The devices to choose from, with the one in use.
   * @param {Kind} kind
   * @returns {Promise<{id: string, label: string, isChosen: boolean}[]>}
   */
  async devices(kind) {
    const wanted = kind === "camera" ? "videoinput" : "audioinput";
    const chosen = this.#tracks.get(kind)?.getSettings().deviceId;
    const all = await this.#devices.enumerateDevices();
    return all
      .filter((device) => device.kind === wanted && device.deviceId)
      .map((device) => ({ id: device.deviceId, label: device.label, isChosen: device.deviceId === chosen }));
  }

  /** @param {(kind: Kind) => void} listener called when a device goes off without our doing */
  onLost(listener) {
    this.#lostListeners.add(listener);
    return () => void this.#lostListeners.delete(listener);
  }

  /**
   * @param {() => void} listener called when a device was plugged in or out
   * @param {AbortSignal} signal
   */
  onDevicesChanged(listener, signal) {
    // On an insecure origin there are no devices to listen to.
    this.#devices.addEventListener?.("devicechange", listener, { signal });
  }

  close() {
    this.#lostListeners.clear();
    for (const kind of KINDS) this.#drop(kind);
  }

  /**
   * One device may be fine although both together were refused. Nobody is asked a second time: after a refusal only a
   * device that the browser already grants is opened.
   * @param {MediaOutcome} outcome
   * @returns {Promise<Outcomes>}
   */
  async #openEach(outcome) {
    /** @type {Outcomes} */
    const outcomes = { camera: outcome, microphone: outcome };
    for (const kind of KINDS) {
      const mayOpen = outcome !== "denied" || (await this.#isGranted(kind));
      if (mayOpen) outcomes[kind] = await this.openOne(kind);
    }
    return outcomes;
  }

  /** @param {Kind} kind */
  async #isGranted(kind) {
    try {
      const status = await this.#permissions?.query({ name: /** @type {PermissionName} */ (kind) });
      return status?.state === "granted";
    } catch {
      // Not every browser knows these names.
      return false;
    }
  }

  /**
   * @param {Kind[]} kinds
   * @param {string} [deviceId]
   */
  #ask(kinds, deviceId) {
    return this.#devices.getUserMedia(constraints(kinds, this.#memory, deviceId));
  }

  /** @param {MediaStream} stream */
  #take(stream) {
    for (const track of stream.getTracks()) {
      const kind = track.kind === "video" ? "camera" : "microphone";
      this.#drop(kind);
      this.#tracks.set(kind, track);
      remember(kind, track, this.#memory);
      track.addEventListener("ended", () => this.#ended(kind, track));
    }
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack} track
   */
  #ended(kind, track) {
    if (this.#tracks.get(kind) !== track) return;
    this.#tracks.delete(kind);
    for (const listener of [...this.#lostListeners]) listener(kind);
  }

  /** @param {Kind} kind */
  #drop(kind) {
    const track = this.#tracks.get(kind);
    this.#tracks.delete(kind);
    track?.stop();
  }
}
