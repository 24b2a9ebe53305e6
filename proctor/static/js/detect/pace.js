/**
 * How often pictures are looked at. A machine that cannot keep up gets fewer samples first, then fewer detectors; the
 * exam itself must never feel it.
 */

/** @typedef {"faces" | "objects"} Work */
/** @typedef {{facesEveryMs: number, objectsEveryMs: number | null, closely: boolean}} Step `null`: objects are not looked for; closely: at parts as well */
/** @typedef {{step: number, facesMs: number | null, objectsMs: number | null}} Window the step from now on, and the mean time of a look */

/** @type {Step[]} */
export const STEPS = [
  { facesEveryMs: 333, objectsEveryMs: 500, closely: true },
  { facesEveryMs: 500, objectsEveryMs: 1000, closely: true },
  { facesEveryMs: 1000, objectsEveryMs: 2000, closely: false },
  { facesEveryMs: 1000, objectsEveryMs: null, closely: false },
];
const WINDOW_MS = 10_000;
/** Of one core's time. */
const TOO_BUSY = 0.85;
/** The step before takes about twice as much. */
const AT_EASE = 0.38;
/** After so many quiet windows a step is taken back. */
const QUIET_WINDOWS = 6;

export class Pace {
  #index = 0;
  #since;
  #quiet = 0;
  /** @type {Record<Work, number[]>} */
  #took = { faces: [], objects: [] };
  #onWindow;

  /**
   * @param {(window: Window) => void} onWindow called every ten seconds
   * @param {number} now milliseconds
   */
  constructor(onWindow, now) {
    this.#onWindow = onWindow;
    this.#since = now;
  }

  /** @returns {Step} */
  get step() {
    return /** @type {Step} */ (STEPS[this.#index]);
  }

  /**
   * Count the time that a look at one picture took.
   * @param {Work} work
   * @param {number} ms
   * @param {number} now
   */
  worked(work, ms, now) {
    this.#took[work].push(ms);
    const elapsed = now - this.#since;
    if (elapsed < WINDOW_MS) return;
    const { faces, objects } = this.#took;
    this.#since = now;
    this.#took = { faces: [], objects: [] };
    this.#judge((sum(faces) + sum(objects)) / elapsed);
    this.#onWindow({ step: this.#index, facesMs: mean(faces), objectsMs: mean(objects) });
  }

  /** @param {number} share of the time that was spent on looking */
  #judge(share) {
    this.#quiet = share < AT_EASE ? this.#quiet + 1 : 0;
    if (share > TOO_BUSY) this.#index = Math.min(this.#index + 1, STEPS.length - 1);
    else if (this.#quiet >= QUIET_WINDOWS && this.#index > 0) this.#index -= 1;
    else return;
    this.#quiet = 0;
  }
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** @param {number[]} values */
function mean(values) {
  return values.length ? Math.round(sum(values) / values.length) : null;
}
