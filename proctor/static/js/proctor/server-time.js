/** The server's time of day, for "lost for 0:23": the proctor's own clock may be wrong. */

import { formatRemaining } from "../lib/clock.js";

export class ServerTime {
  #aheadMs = 0;
  #now;

  /** @param {() => number} [now] this machine's time of day in milliseconds */
  constructor(now = () => Date.now()) {
    this.#now = now;
  }

  /** @param {string} iso what the server says the time is now */
  update(iso) {
    const told = Date.parse(iso);
    if (!Number.isNaN(told)) this.#aheadMs = told - this.#now();
  }

  /** The server's time of day as it is now, in ISO 8601. */
  get now() {
    return new Date(this.#now() + this.#aheadMs).toISOString();
  }

  /**
   * Time since a moment of the server's, as `0:23`.
   * @param {string} iso
   */
  since(iso) {
    return formatRemaining(this.ageMs(iso));
  }

  /**
   * @param {string} iso a moment of the server's
   * @returns {number} milliseconds since then, never below zero
   */
  ageMs(iso) {
    return Math.max(0, this.#now() + this.#aheadMs - Date.parse(iso));
  }
}
