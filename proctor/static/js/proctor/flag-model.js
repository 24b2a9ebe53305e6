/** What a flag is to the console: pure rules over the JSON that the server sends. */

/** @typedef {"low" | "medium" | "high"} Severity */

/**
 * @typedef {object} Flag as `GET /api/proctor/sessions/<id>/flags` lists it
 * @property {string} id
 * @property {string} session_id
 * @property {string} rule_id
 * @property {Severity} severity
 * @property {string} message
 * @property {string} began_at
 * @property {string} raised_at
 * @property {string | null} cleared_at
 * @property {number | null} lasted_ms
 * @property {{confidence: number | null, event_count: number, snapshot: string | null}} evidence
 * @property {"open" | "acknowledged" | "dismissed" | "withdrawn"} state
 * @property {string | null} handled_by
 * @property {string | null} reason
 */

/** @type {Severity[]} */
const SEVERITIES = ["low", "medium", "high"];

/**
 * A number that is higher for what is worse, 0 for nothing.
 * @param {string | null} severity
 */
export function rankOf(severity) {
  return severity === null ? 0 : SEVERITIES.findIndex((known) => known === severity) + 1;
}

/**
 * Those nobody has handled first, of them those that still last, then the worst, then the latest.
 * @param {Flag} one
 * @param {Flag} other
 */
export function byNeed(one, other) {
  return (
    Number(other.state === "open") - Number(one.state === "open") ||
    Number(isLasting(other)) - Number(isLasting(one)) ||
    rankOf(other.severity) - rankOf(one.severity) ||
    other.began_at.localeCompare(one.began_at) ||
    one.id.localeCompare(other.id)
  );
}

/**
 * For many sessions at once: the worst first, of them the latest.
 * @param {Flag} one
 * @param {Flag} other
 */
export function byAlarm(one, other) {
  return (
    rankOf(other.severity) - rankOf(one.severity) ||
    other.raised_at.localeCompare(one.raised_at) ||
    one.id.localeCompare(other.id)
  );
}

/** @param {Flag} flag */
export function isLasting(flag) {
  return flag.state !== "withdrawn" && flag.cleared_at === null;
}

/** The flags of one session, kept current by messages and by reading them anew. */
export class FlagList {
  /** @type {Map<string, Flag>} */
  #known = new Map();

  /**
   * Takes flags as they are now; tells which of them are new or have become worse.
   * @param {Flag[]} flags
   * @returns {Flag[]}
   */
  put(flags) {
    const news = flags.filter((flag) => isNews(flag, this.#known.get(flag.id)));
    for (const flag of flags) this.#known.set(flag.id, flag);
    return news;
  }

  /** Every flag that stands, those first that need a look. */
  get byNeed() {
    return [...this.#known.values()].filter((flag) => flag.state !== "withdrawn").sort(byNeed);
  }
}

/**
 * Whether a proctor who listens rather than looks should hear of it.
 * @param {Flag} flag
 * @param {Flag} [before]
 */
export function isNews(flag, before) {
  return flag.state === "open" && rankOf(flag.severity) > rankOf(before?.severity ?? null);
}
