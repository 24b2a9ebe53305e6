/**
 * Looks at the camera again and again, at the pace that the machine allows, for one purpose at a time: to learn the
 * candidate's usual look, or to watch. Everything that it works with comes in, so that tests need no camera.
 */

import { TURNS } from "./objects.js";
import { Pace } from "./pace.js";
import { Calibration } from "./pose.js";

/** @typedef {import("./pose.js").Look} Look */
/** @typedef {import("./people.js").Corner} Corner */

/**
 * @typedef {object} Eyes
 * @property {(picture: ImageBitmap, corner: Corner | null) => Promise<import("./vision-models.js").FacesSeen>} facesIn
 * @property {(picture: ImageBitmap, parts: import("./objects.js").Part[]) => Promise<Partial<Record<import("./objects.js").Part, import("./objects.js").Thing[]>>>} thingsIn
 * @property {(picture: ImageBitmap) => Uint8Array} shadesOf
 */

/** @typedef {{next: () => Promise<ImageBitmap | null>, close: () => void}} Frames */

/**
 * @typedef {object} Tools
 * @property {Eyes} eyes
 * @property {() => number} now
 * @property {(ms: number) => Promise<void>} sleep
 * @property {(window: import("./pace.js").Window) => void} onPace
 */

const CALIBRATE_EVERY_MS = 250;
const CALIBRATION_SAMPLES = 8;
const CALIBRATION_MS = 8000;
const WITHOUT_CAMERA_MS = 500;
/** A camera that is being changed may spoil a look or two; more in a row is a fault. */
const MOST_FAILURES = 5;

export class Sampler {
  /** @type {Frames | null} */
  #frames = null;
  /** @type {import("./judge.js").Judge | null} */
  #judge = null;
  #tools;
  #pace;
  #isClosed = false;
  /** @type {Promise<Look | null> | null} */
  #calibrating = null;
  #facesDue = 0;
  #objectsDue = 0;
  /** How many looks there were at faces and at objects: parts of the picture take turns. */
  #looks = { faces: 0, objects: 0 };

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    this.#pace = new Pace((window) => tools.onPace(window), tools.now());
  }

  close() {
    this.#isClosed = true;
    this.setFrames(null);
  }

  /** @param {Frames | null} frames of another camera; null where there is none */
  setFrames(frames) {
    this.#frames?.close();
    this.#frames = frames;
    if (!frames) this.#judge?.blind();
  }

  /**
   * Someone looks at the screen for two seconds.
   * @returns {Promise<Look | null>} null where no single face was there to be measured
   */
  calibrate() {
    this.#calibrating = this.#measure();
    return this.#calibrating;
  }

  /** @returns {Promise<Look | null>} */
  async #measure() {
    const { eyes, now, sleep } = this.#tools;
    const calibration = new Calibration(CALIBRATION_SAMPLES);
    const until = now() + CALIBRATION_MS;
    // Whoever starts the exam meanwhile is measured there.
    while (now() < until && !this.#judge) {
      const picture = await this.#frames?.next();
      const seen = picture ? await eyes.facesIn(picture, null) : null;
      picture?.close();
      const neutral = seen?.meshed.length === 1 && seen.look ? calibration.add(seen.look) : null;
      if (neutral) return neutral;
      await sleep(CALIBRATE_EVERY_MS);
    }
    return null;
  }

  /**
   * Watch for good. Fails when looking fails again and again.
   * @param {import("./judge.js").Judge} judge
   */
  async watch(judge) {
    const { now, sleep } = this.#tools;
    let failures = 0;
    this.#judge = judge;
    await this.#calibrating;
    while (!this.#isClosed) {
      try {
        if (this.#frames) await this.#look(this.#frames, judge);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures >= MOST_FAILURES) throw error;
      }
      const due = Math.min(this.#facesDue, this.#objectsDue);
      // A breath in any case, or messages would never be heard.
      await sleep(this.#frames ? Math.max(10, due - now()) : WITHOUT_CAMERA_MS);
    }
  }

  /**
   * @param {Frames} frames
   * @param {import("./judge.js").Judge} judge
   */
  async #look(frames, judge) {
    const picture = await frames.next();
    // The camera may have been changed meanwhile.
    if (frames !== this.#frames) return picture?.close();
    const at = this.#tools.now();
    const isForFaces = at >= this.#facesDue;
    if (isForFaces) this.#facesDue = at + this.#pace.step.facesEveryMs;
    const isForObjects = this.#areObjectsDue(judge, at);
    if (!picture) return judge.picture(null, at);
    if (isForFaces) await this.#lookForFaces(picture, judge, at);
    if (isForObjects) await this.#lookForObjects(picture, judge, at);
    picture.close();
  }

  /**
   * @param {import("./judge.js").Judge} judge
   * @param {number} at
   */
  #areObjectsDue(judge, at) {
    const { objectsEveryMs } = this.#pace.step;
    if (objectsEveryMs === null) {
      if (this.#objectsDue !== Infinity) judge.withoutObjects();
      this.#objectsDue = Infinity;
      return false;
    }
    if (this.#objectsDue !== Infinity && at < this.#objectsDue) return false;
    this.#objectsDue = at + objectsEveryMs;
    return true;
  }

  /**
   * @param {ImageBitmap} picture
   * @param {import("./judge.js").Judge} judge
   * @param {number} at
   */
  async #lookForFaces(picture, judge, at) {
    const { eyes, now } = this.#tools;
    const since = now();
    /** @type {Corner | null} */
    const corner = this.#pace.step.closely ? (this.#looks.faces++ % 2 ? "right" : "left") : null;
    judge.picture(eyes.shadesOf(picture), at);
    judge.faces(await eyes.facesIn(picture, corner), corner, at);
    this.#pace.worked("faces", now() - since, now());
  }

  /**
   * @param {ImageBitmap} picture
   * @param {import("./judge.js").Judge} judge
   * @param {number} at
   */
  async #lookForObjects(picture, judge, at) {
    const { eyes, now } = this.#tools;
    const since = now();
    const parts = this.#pace.step.closely ? (TURNS[this.#looks.objects++ % TURNS.length] ?? []) : [];
    judge.objects(await eyes.thingsIn(picture, parts), at);
    this.#pace.worked("objects", now() - since, now());
  }
}
