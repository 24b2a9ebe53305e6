/**
 * What can be said about the candidate, and the pair of events that opens and closes each statement. Keeps what is
 * open, so that a page that was reloaded closes what the page before it had opened.
 */

import { Hysteresis } from "./hysteresis.js";

/** @typedef {import("./hysteresis.js").Thresholds} Thresholds */
/** @typedef {import("./hysteresis.js").Change} Change */
/** @typedef {"no_face" | "multiple_faces" | "looking_away" | "phone" | "notes" | "device" | "covered" | "frozen" | "voice"} Condition */
/** @typedef {(eventType: string, payload: Record<string, unknown>) => void} Report */

/** @type {Record<Condition, {start: string, end: string} & Thresholds>} */
const TABLE = {
  no_face: { start: "no_face", end: "face_detected", ...votes(3, 4, 3, 4) },
  multiple_faces: { start: "multiple_faces", end: "single_face", ...votes(3, 4, 3, 4) },
  looking_away: { start: "looking_away", end: "looking_back", ...votes(3, 4, 3, 4) },
  phone: { start: "phone_detected", end: "phone_gone", ...votes(2, 4, 4, 5) },
  notes: { start: "notes_detected", end: "notes_gone", ...votes(2, 4, 4, 5) },
  device: { start: "device_detected", end: "device_gone", ...votes(2, 4, 4, 5) },
  covered: { start: "camera_covered", end: "camera_uncovered", ...votes(6, 8, 3, 4) },
  // Ten seconds without a change are counted by the one who looks; here it is settled at once.
  frozen: { start: "camera_frozen", end: "camera_unfrozen", ...votes(1, 1, 1, 1) },
  // Frames of 32 ms: 0.6 s of speech open it, 1.5 s without close it.
  voice: { start: "voice_detected", end: "voice_silent", ...votes(14, 20, 44, 47) },
};

export class Conditions {
  /** @type {Map<Condition, Hysteresis>} */
  #states = new Map();
  #report;

  /**
   * @param {Condition[]} names
   * @param {Report} report
   * @param {{open?: string[], now?: number}} [before] start events that an earlier page left without their end
   */
  constructor(names, report, { open = [], now = 0 } = {}) {
    this.#report = report;
    for (const name of names) this.#states.set(name, new Hysteresis(TABLE[name], open.includes(TABLE[name].start), now));
  }

  /** The start events of what is open now. */
  get open() {
    return [...this.#states].filter(([, state]) => state.isOpen).map(([name]) => TABLE[name].start);
  }

  /** @param {Condition} name */
  isOpen(name) {
    return this.#states.get(name)?.isOpen ?? false;
  }

  /**
   * Take one sample.
   * @param {Condition} name
   * @param {number} confidence how sure it is that the condition holds, 0 to 1; 0 where it does not
   * @param {number} at milliseconds
   */
  add(name, confidence, at) {
    const change = this.#states.get(name)?.add(confidence > 0, confidence, at);
    if (change) this.#tell(name, change);
  }

  /**
   * Close some, or all: what they are about can no longer be seen.
   * @param {string} reason
   * @param {Condition[]} [names]
   */
  end(reason, names = [...this.#states.keys()]) {
    for (const name of names) {
      const change = this.#states.get(name)?.end();
      if (change) this.#tell(name, change, { reason });
    }
  }

  /**
   * @param {Condition} name
   * @param {Change} change
   * @param {Record<string, unknown>} [more]
   */
  #tell(name, { isOpen, confidence, durationMs }, more = {}) {
    const { start, end } = TABLE[name];
    const payload = { confidence: Math.round(confidence * 100) / 100, duration_ms: Math.round(durationMs), ...more };
    this.#report(isOpen ? start : end, payload);
  }
}

/**
 * @param {number} onNeed
 * @param {number} onOf
 * @param {number} offNeed
 * @param {number} offOf
 * @returns {Thresholds}
 */
function votes(onNeed, onOf, offNeed, offOf) {
  return { on: { need: onNeed, of: onOf }, off: { need: offNeed, of: offOf } };
}
