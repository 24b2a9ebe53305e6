/** The sessions this console knows, kept current from two sides: pages of the HTTP API and `session` messages. */

import { byUrgency, isLive, LIVE_STATUSES, matches, presenceOf } from "./session-model.js";

/** @typedef {import("./session-model.js").Session} Session */
/** @typedef {import("./session-model.js").Filters} Filters */
/** @typedef {{session: Session, receivedAtMs: number, mark: number}} Known */
/** @typedef {"new" | "lost" | "changed"} News what a message brought, for those who listen rather than look */

export class SessionList {
  /** @type {Map<string, Known>} */
  #known = new Map();
  #mark = 0;
  #now;

  /** @param {() => number} [now] milliseconds, monotonic */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Remembers this moment: `putPage` with it does not overwrite what came later. */
  mark() {
    this.#mark += 1;
    return this.#mark;
  }

  /**
   * Takes one session from a `session` message.
   * @param {Session} session
   * @returns {News}
   */
  put(session) {
    const before = this.#known.get(session.id)?.session;
    this.#set(session, this.#mark);
    if (!before) return "new";
    return presenceOf(before) !== "lost" && presenceOf(session) === "lost" ? "lost" : "changed";
  }

  /**
   * Takes a page of the API that was asked for at `mark`. Sessions a message has brought since are newer than the page.
   * @param {Session[]} sessions
   * @param {number} mark
   */
  putPage(sessions, mark) {
    for (const session of sessions) {
      const known = this.#known.get(session.id);
      if (!known || known.mark < mark) this.#set(session, mark - 1);
    }
  }

  /**
   * Forgets live sessions that a complete listing of the live ones, asked for at `mark`, did not contain: they ended
   * while we were away.
   * @param {Session[]} live
   * @param {number} mark
   */
  keepOnlyLive(live, mark) {
    const ids = new Set(live.map((session) => session.id));
    for (const [id, known] of this.#known) {
      if (isLive(known.session) && known.mark < mark && !ids.has(id)) this.#known.delete(id);
    }
  }

  /**
   * @param {Filters} filters
   * @param {(one: Session, other: Session) => number} [order]
   * @returns {Session[]} most urgent first
   */
  visible(filters, order = byUrgency) {
    return this.#all().filter((session) => matches(session, filters)).sort(order);
  }

  /** Every live session by its id, whatever the filters say. */
  get live() {
    return new Map(this.#all().filter(isLive).map((session) => [session.id, session]));
  }

  /** @param {string} id */
  get(id) {
    return this.#known.get(id)?.session ?? null;
  }

  /**
   * How many live sessions there are of each status, and how many lost their connection. The exam and search filters
   * count, the one for status does not.
   * @param {Filters} filters
   * @returns {Record<string, number>}
   */
  counts(filters) {
    const live = this.#all().filter((session) => matches(session, { ...filters, status: "live" }));
    /** @type {Record<string, number>} */
    const counts = { lost: live.filter((session) => presenceOf(session) === "lost").length };
    for (const status of LIVE_STATUSES) counts[status] = live.filter((session) => session.status === status).length;
    return counts;
  }

  /**
   * Time left now, from what the server said last and the time since.
   * @param {string} id
   * @returns {number | null} milliseconds; `null` without a limit
   */
  remainingMs(id) {
    const known = this.#known.get(id);
    if (!known) return null;
    const { remaining_ms: remainingMs, running } = known.session.clock;
    if (remainingMs === null || !running) return remainingMs;
    return Math.max(0, remainingMs - (this.#now() - known.receivedAtMs));
  }

  #all() {
    return [...this.#known.values()].map((known) => known.session);
  }

  /**
   * @param {Session} session
   * @param {number} mark
   */
  #set(session, mark) {
    this.#known.set(session.id, { session, receivedAtMs: this.#now(), mark });
  }
}
