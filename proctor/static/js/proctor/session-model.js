/** What a session is to the console: pure rules over the JSON that the server sends. */

import { rankOf } from "./flag-model.js";

/**
 * @typedef {object} Session as `GET /api/proctor/sessions/<id>` gives it
 * @property {string} id
 * @property {string | null} exam_title
 * @property {string | null} exam_code
 * @property {string} candidate_identifier
 * @property {string} status
 * @property {string | null} started_at
 * @property {string} created_at
 * @property {string | null} ended_at
 * @property {string | null} ended_by
 * @property {{online: boolean, lost_since: string | null}} presence
 * @property {{remaining_ms: number | null, running: boolean}} clock at the moment of sending
 * @property {number} score
 * @property {{count: number, worst: string | null}} open_flags those that nobody has handled
 * @property {boolean} hand_raised
 * @property {boolean} unread_chat no proctor has read yet what the candidate wrote
 * @property {string | null} assigned_to the address of the proctor who looks after it
 */

/** @typedef {"online" | "lost" | "absent" | "ended"} Presence */
/** @typedef {"" | "any" | "medium" | "high"} FlagFilter the least that the worst open flag must be */
/** @typedef {{status: string, exam_code: string, q: string, flag?: string}} Filters `status` may also be `live` or `all` */

export const LIVE_STATUSES = ["created", "joined", "in_progress", "paused"];

/** Asked thousands of times for one order: `localeCompare` would look up the reader's language each time. */
const NAMES = new Intl.Collator();
/** @type {Record<string, number>} */
const FLAG_RANKS = { any: 1, medium: rankOf("medium"), high: rankOf("high") };

/** @param {Session} session */
export function isLive(session) {
  return LIVE_STATUSES.includes(session.status);
}

/**
 * @param {Session} session
 * @returns {Presence}
 */
export function presenceOf(session) {
  if (!isLive(session)) return "ended";
  if (session.presence.online) return "online";
  return session.presence.lost_since ? "lost" : "absent";
}

/**
 * Whether the server would list the session under these filters.
 * @param {Session} session
 * @param {Filters} filters
 */
export function matches(session, { status, exam_code: examCode, q, flag }) {
  const isStatus = status === "all" || (status === "live" ? isLive(session) : session.status === status);
  const isExam = !examCode || session.exam_code === examCode;
  const isFlag = !flag || rankOf(session.open_flags.worst) >= (FLAG_RANKS[flag] ?? 1);
  return isStatus && isExam && isFlag && session.candidate_identifier.toLowerCase().includes(q.trim().toLowerCase());
}

/**
 * Who needs a look comes first: those with the worst open flags, then connection lost, paused, in progress, joined, not
 * started; the ended last. Within one of these the lower score first; of the ended, the latest first.
 * @param {Session} one
 * @param {Session} other
 */
export function byUrgency(one, other) {
  const byRank = Number(isLive(other)) - Number(isLive(one)) || flagRank(other) - flagRank(one) || rank(one) - rank(other);
  if (byRank) return byRank;
  if (!isLive(one)) return (other.ended_at ?? "").localeCompare(one.ended_at ?? "");
  return (
    one.score - other.score ||
    NAMES.compare(one.candidate_identifier, other.candidate_identifier) ||
    one.id.localeCompare(other.id)
  );
}

/**
 * The wall's order, for live sessions: the worst open flag, how many there are, who waits for an answer, who is lost, the
 * lower score; then as `byUrgency`, which ends with names and so never shuffles equals.
 * @param {Session} one
 * @param {Session} other
 */
export function byRisk(one, other) {
  return (
    flagRank(other) - flagRank(one) ||
    other.open_flags.count - one.open_flags.count ||
    Number(waits(other)) - Number(waits(one)) ||
    Number(presenceOf(other) === "lost") - Number(presenceOf(one) === "lost") ||
    one.score - other.score ||
    byUrgency(one, other)
  );
}

/**
 * Whether the candidate waits for somebody: with a raised hand, or with a message that nobody has read.
 * @param {Session} session
 */
function waits(session) {
  return session.hand_raised || session.unread_chat;
}

/** @param {Session} session */
function flagRank(session) {
  return isLive(session) ? rankOf(session.open_flags.worst) : 0;
}

/** @param {Session} session */
function rank(session) {
  if (!isLive(session)) return 5;
  if (presenceOf(session) === "lost") return 0;
  return { paused: 1, in_progress: 2, joined: 3 }[session.status] ?? 4;
}
