/** What a session's timeline is to the page: entries to go through, and what a filter leaves of them. Pure. */

import { rankOf } from "../proctor/flag-model.js";

/** @typedef {"low" | "medium" | "high"} Severity */

/**
 * @typedef {object} Timeline as `GET /api/proctor/sessions/<id>/timeline` gives it
 * @property {string} starts_at
 * @property {string} ends_at
 * @property {number} duration_s
 * @property {Lane[]} lanes
 * @property {Mark[]} marks
 * @property {number} event_count
 * @property {number} left_out
 */

/** @typedef {{name: string, is_condition: boolean, count: number, total_s: number, is_merged: boolean, spans: Span[]}} Lane */
/** @typedef {{start_s: number, end_s: number, count: number, event_id: string, is_open: boolean}} Span */

/**
 * @typedef {object} Mark
 * @property {string} id
 * @property {string} kind
 * @property {string} name
 * @property {number} at_s
 * @property {string | null} text
 * @property {string | null} by
 * @property {Severity | null} severity
 * @property {string | null} state
 * @property {number | null} lasted_s
 */

/**
 * @typedef {object} Entry a moment that can be gone to
 * @property {string} id
 * @property {string} kind one of `KINDS`
 * @property {string} name the rule's, or the event's type
 * @property {number} atS
 * @property {number | null} lastedS
 * @property {number} count
 * @property {string | null} text
 * @property {string | null} by
 * @property {Severity | null} severity
 * @property {string | null} state
 */

export const KINDS = ["flag", "note", "bookmark", "chat", "action", "event", "condition"];
/** Short looks away are in the picture; as entries they would bury what matters, until somebody asks for them. */
export const SHOWN_AT_FIRST = ["flag", "note", "bookmark", "chat", "action", "event"];
export const LEAD_S = 2;
/** Within this of a mark, it is the one that the playhead stands on. */
const NEAR_S = 0.05;

export class TimelineModel {
  /** @type {Set<string>} */
  #shown = new Set();
  /** @type {Entry[]} */
  #all;
  /** @type {Entry[]} */
  #visible = [];

  /** @param {Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    this.#all = [...timeline.marks.map(ofMark), ...timeline.lanes.flatMap(ofLane)].sort(byTime);
    this.show(SHOWN_AT_FIRST);
  }

  get durationS() {
    return Math.max(this.timeline.duration_s, 1);
  }

  /** @returns {Entry[]} those whose kind is shown, in time order */
  get entries() {
    return this.#visible;
  }

  get shownKinds() {
    return [...this.#shown];
  }

  /**
   * The entry of this id, shown in the list or not.
   * @param {string | null | undefined} id
   */
  entryOf(id) {
    return this.#all.find((entry) => entry.id === id) ?? null;
  }

  /** How many there are of each kind. */
  get counts() {
    /** @type {Record<string, number>} */
    const counts = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
    for (const { kind, count } of this.#all) counts[kind] = (counts[kind] ?? 0) + count;
    return counts;
  }

  get conditions() {
    return this.timeline.lanes.filter((lane) => lane.is_condition);
  }

  /** @param {string} kind */
  isShown(kind) {
    return this.#shown.has(kind);
  }

  /** @param {Iterable<string>} kinds */
  show(kinds) {
    this.#shown = new Set(kinds);
    this.#visible = this.#all.filter(({ kind }) => this.#shown.has(kind));
  }

  /**
   * The entry that was last before or at a moment; `null` before the first one.
   * @param {number} atS
   */
  currentAt(atS) {
    return this.entries.filter((entry) => entry.atS <= atS + NEAR_S).at(-1) ?? null;
  }

  /**
   * The next or the previous entry, of another moment than the one where the playhead came from. Going to an entry puts
   * the playhead before it, so what counts is `from`, where given: the entry that was gone to last.
   * @param {number} atS
   * @param {1 | -1} direction
   * @param {Entry | null} [from]
   */
  neighbour(atS, direction, from = null) {
    const entries = this.entries;
    const index = from ? entries.findIndex(({ id }) => id === from.id) : -1;
    if (index >= 0) return entries[index + direction] ?? null;
    if (direction > 0) return entries.find((entry) => entry.atS > atS + NEAR_S) ?? null;
    return entries.filter((entry) => entry.atS < atS - NEAR_S).at(-1) ?? null;
  }
}

/**
 * Entries in groups that lie closer together than `closestS`, in time order.
 * @param {Entry[]} entries in time order
 * @param {number} closestS
 */
export function clusters(entries, closestS) {
  /** @type {Entry[][]} */
  const groups = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last?.[0] && entry.atS - last[0].atS < closestS) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

/**
 * Which of several stands for all: the most severe that nobody dismissed, and of those the first.
 * @param {Entry[]} entries at least one
 */
export function worst(entries) {
  const rank = (/** @type {Entry} */ { severity, state }) => (state === "dismissed" ? 0 : rankOf(severity) + 1);
  return entries.reduce((first, entry) => (rank(entry) > rank(first) ? entry : first));
}

/**
 * @param {Mark} mark
 * @returns {Entry}
 */
function ofMark({ id, kind, name, at_s: atS, lasted_s: lastedS, text, by, severity, state }) {
  return { id, kind, name, atS, lastedS, count: 1, text, by, severity, state };
}

/**
 * @param {Lane} lane
 * @returns {Entry[]}
 */
function ofLane({ name, is_condition: isCondition, spans }) {
  return spans.map(({ event_id: eventId, start_s: atS, end_s: endS, count }) => ({
    id: `${name}/${eventId}`,
    kind: isCondition ? "condition" : "event",
    name,
    atS,
    lastedS: isCondition ? endS - atS : null,
    count,
    text: null,
    by: null,
    severity: null,
    state: null,
  }));
}

/**
 * @param {Entry} one
 * @param {Entry} other
 */
function byTime(one, other) {
  return one.atS - other.atS || KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || one.id.localeCompare(other.id);
}
