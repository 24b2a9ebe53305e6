/** Waiting for something with an end to it, and for longer each time. */

export class Patience {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #nextMs;
  #first;
  #longest;
  #onOver;

  /**
   * @param {() => void} onOver called when a wait ends without `stop`
   * @param {{firstMs: number, longestMs: number}} waits
   */
  constructor(onOver, { firstMs, longestMs }) {
    this.#onOver = onOver;
    this.#first = firstMs;
    this.#longest = longestMs;
    this.#nextMs = firstMs;
  }

  /** Waits once more, twice as long as the last time. */
  start() {
    this.startFor(this.#nextMs);
    this.#nextMs = Math.min(this.#nextMs * 2, this.#longest);
  }

  /** @param {number} ms waits this long, which does not count for later waits */
  startFor(ms) {
    this.stop();
    this.#timer = setTimeout(this.#onOver, ms);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** It came: the next wait is a short one again. */
  reward() {
    this.stop();
    this.#nextMs = this.#first;
  }
}
