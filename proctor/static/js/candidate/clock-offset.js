/** How far this machine's clock is from the server's: measured with each heartbeat, told where it matters. */

/** Less than this changes nothing that a person would look at. */
const TELL_MS = 2000;

export class ClockOffset {
  #report;
  #toldMs = 0;

  /** @param {import("./page-signals.js").Report} report */
  constructor(report) {
    this.#report = report;
  }

  /**
   * The server's time came: half of the way there and back ago it was what it says. Where that half is as long as what
   * we tell, the time may be as far off as well, and says nothing: the server waited for its database, say.
   * @param {string} serverTime ISO 8601
   * @param {number} roundTripMs
   * @param {number} now by this machine's clock, in milliseconds since 1970
   */
  heard(serverTime, roundTripMs, now) {
    if (roundTripMs / 2 >= TELL_MS) return;
    const offsetMs = Math.round(Date.parse(serverTime) - (now - roundTripMs / 2));
    if (Math.abs(offsetMs - this.#toldMs) < TELL_MS) return;
    this.#toldMs = offsetMs;
    this.#report("clock_skew", { offset_ms: offsetMs });
  }
}
