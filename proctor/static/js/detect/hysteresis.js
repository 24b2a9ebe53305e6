/**
 * Nothing begins or ends by a single picture: a condition opens when it was seen in enough of the last samples, and
 * closes when it was missing in enough of them.
 */

/** @typedef {{need: number, of: number}} Votes so many of the last so many samples */
/** @typedef {{on: Votes, off: Votes}} Thresholds */

/**
 * @typedef {object} Change
 * @property {boolean} isOpen
 * @property {number} confidence mean of the samples that had it, 0 to 1, over the whole time at the end
 * @property {number} durationMs from the first sample that had it to the last; at the start, how long that is by now
 */

/** @typedef {{isSeen: boolean, confidence: number, at: number}} Sample */

export class Hysteresis {
  /** @type {Sample[]} */
  #recent = [];
  #isOpen;
  #sum = 0;
  #count = 0;
  #since = 0;
  #lastSeen = 0;
  #on;
  #off;

  /**
   * @param {Thresholds} thresholds
   * @param {boolean} [isOpen] where it stands already, as after a reload
   * @param {number} [now]
   */
  constructor({ on, off }, isOpen = false, now = 0) {
    this.#on = on;
    this.#off = off;
    this.#isOpen = isOpen;
    this.#since = now;
    this.#lastSeen = now;
  }

  get isOpen() {
    return this.#isOpen;
  }

  /**
   * @param {boolean} isSeen
   * @param {number} confidence
   * @param {number} at milliseconds
   * @returns {Change | null} what changed by this sample
   */
  add(isSeen, confidence, at) {
    this.#recent.push({ isSeen, confidence, at });
    if (this.#recent.length > Math.max(this.#on.of, this.#off.of)) this.#recent.shift();
    if (this.#isOpen) return this.#goOn(isSeen, confidence, at);
    const seen = this.#recent.slice(-this.#on.of).filter((sample) => sample.isSeen);
    return seen.length >= this.#on.need ? this.#open(seen, at) : null;
  }

  /**
   * Close it without waiting, because nothing can be seen any more.
   * @returns {Change | null}
   */
  end() {
    this.#recent = [];
    return this.#isOpen ? this.#close() : null;
  }

  /**
   * @param {Sample[]} seen
   * @param {number} at
   */
  #open(seen, at) {
    this.#isOpen = true;
    this.#since = seen[0]?.at ?? at;
    this.#lastSeen = at;
    this.#sum = seen.reduce((sum, sample) => sum + sample.confidence, 0);
    this.#count = seen.length;
    this.#recent = [];
    return this.#change();
  }

  /**
   * @param {boolean} isSeen
   * @param {number} confidence
   * @param {number} at
   */
  #goOn(isSeen, confidence, at) {
    if (isSeen) {
      this.#sum += confidence;
      this.#count += 1;
      this.#lastSeen = at;
    }
    const missed = this.#recent.slice(-this.#off.of).filter((sample) => !sample.isSeen);
    return missed.length >= this.#off.need ? this.#close() : null;
  }

  #close() {
    this.#isOpen = false;
    this.#recent = [];
    return this.#change();
  }

  /** @returns {Change} */
  #change() {
    return {
      isOpen: this.#isOpen,
      confidence: this.#count ? this.#sum / this.#count : 0,
      durationMs: this.#lastSeen - this.#since,
    };
  }
}
