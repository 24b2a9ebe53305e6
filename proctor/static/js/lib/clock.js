/**
 * Time left, counted from what the server said last. The page's wall clock may be wrong or be changed, so only a
 * monotonic one is read.
 */

/** @typedef {{remainingMs: number | null, running: boolean}} ClockState `null`: no time limit */

/**
 * @typedef {object} Timers
 * @property {() => number} [now] milliseconds, monotonic
 * @property {(fn: () => void, ms: number) => any} [setInterval]
 * @property {(id: any) => void} [clearInterval]
 */

export class Countdown {
  /** @type {Set<(remainingMs: number | null) => void>} */
  #listeners = new Set();
  #now;
  #clearInterval;
  #timer;
  /** @type {ClockState} */
  #state;
  #since;

  /**
   * @param {ClockState} state
   * @param {Timers} [timers]
   */
  constructor(state, timers = {}) {
    this.#now = timers.now ?? (() => performance.now());
    this.#clearInterval = timers.clearInterval ?? ((id) => clearInterval(id));
    this.#state = state;
    this.#since = this.#now();
    const every = timers.setInterval ?? ((fn, ms) => setInterval(fn, ms));
    this.#timer = every(() => this.#tell(), 500);
  }

  /** Milliseconds left, never below zero; `null` without a time limit. */
  get remainingMs() {
    const { remainingMs, running } = this.#state;
    if (remainingMs === null) return null;
    return Math.max(0, running ? remainingMs - (this.#now() - this.#since) : remainingMs);
  }

  get running() {
    return this.#state.running;
  }

  /**
   * Take what the server says now.
   * @param {ClockState} state
   */
  update(state) {
    this.#state = state;
    this.#since = this.#now();
    this.#tell();
  }

  /**
   * Call `fn` now and twice a second.
   * @param {(remainingMs: number | null) => void} fn
   */
  onTick(fn) {
    this.#listeners.add(fn);
    fn(this.remainingMs);
    return () => this.#listeners.delete(fn);
  }

  close() {
    this.#clearInterval(this.#timer);
    this.#listeners.clear();
  }

  #tell() {
    for (const listener of this.#listeners) listener(this.remainingMs);
  }
}

/**
 * `59:07`, or `1:00:00` from an hour on. Rounded up, so that it reads 0:00 only when time is over.
 * @param {number} ms
 */
export function formatRemaining(ms) {
  const total = Math.ceil(Math.max(0, ms) / 1000);
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/**
 * The mark (in minutes) that was passed between two readings, or null: for telling someone once.
 * @param {number | null} beforeMs
 * @param {number | null} afterMs
 * @param {number[]} marks minutes
 */
export function passedMark(beforeMs, afterMs, marks) {
  if (beforeMs === null || afterMs === null) return null;
  const passed = marks.filter((mark) => beforeMs > mark * 60000 && afterMs <= mark * 60000);
  return passed.length ? Math.min(...passed) : null;
}
