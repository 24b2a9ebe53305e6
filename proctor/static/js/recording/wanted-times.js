/** Which times are to be kept where only those around flags are: what the server said of flags, in the page's time. */

/** @typedef {{id: string, since: string, until: string | null}} Told a flag's time, by the server's clock */

const AROUND_MS = 10_000;
/** A flag may be raised half a minute after what it is about began, and later where events came late. */
const REMEMBERED_MS = 120_000;

export class WantedTimes {
  /** @type {Map<string, {from: number, until: number}>} */
  #times = new Map();
  #now;

  /** @param {() => number} [now] the page's clock, in milliseconds since 1970 */
  constructor(now = () => Date.now()) {
    this.#now = now;
  }

  /**
   * Take what the server says of some flags; one that lasts is wanted until it says otherwise.
   * @param {Told[]} told
   * @param {string} serverTime what its clock shows
   */
  update(told, serverTime) {
    const aheadMs = Date.parse(serverTime) - this.#now();
    for (const { id, since, until } of told) {
      this.#times.set(id, {
        from: Date.parse(since) - aheadMs - AROUND_MS,
        until: until === null ? Infinity : Date.parse(until) - aheadMs + AROUND_MS,
      });
    }
  }

  /**
   * Whether a take shows anything that is wanted.
   * @param {{startedAt: number, endedAt: number | null}} take
   */
  wants({ startedAt, endedAt }) {
    const end = endedAt ?? this.#now();
    return [...this.#times.values()].some(({ from, until }) => from <= end && until >= startedAt);
  }

  /**
   * Whether a take that is not wanted now will never be.
   * @param {{endedAt: number | null}} take
   */
  isPast({ endedAt }) {
    return endedAt !== null && endedAt < this.#now() - REMEMBERED_MS;
  }
}
