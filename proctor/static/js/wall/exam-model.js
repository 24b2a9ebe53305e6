/** What can be done to a whole exam, and to whom of it. Pure rules. */

import { isLive } from "../proctor/session-model.js";

/** @typedef {import("../proctor/session-model.js").Session} Session */
/** @typedef {"broadcast" | "pause" | "resume" | "extend"} ExamActionName */
/** @typedef {{sessions: number, skipped: number, failed: number}} Tally */

/** @type {Record<ExamActionName, (session: Session) => boolean>} */
const APPLIES = {
  broadcast: isLive,
  pause: ({ status }) => status === "in_progress",
  resume: ({ status }) => status === "paused",
  extend: (session) => isLive(session) && session.clock.remaining_ms !== null,
};

/**
 * How many of these an action would reach as they are now.
 * @param {ExamActionName} name
 * @param {string} examCode
 * @param {Iterable<Session>} sessions
 */
export function reached(name, examCode, sessions) {
  return [...sessions].filter((session) => session.exam_code === examCode && APPLIES[name](session)).length;
}

/**
 * What is sent, with an id that stays the same until all of it is done: asking again completes what broke off.
 * @typedef {{name: ExamActionName, examCode: string, message: string, minutes: number | null}} ExamOrder
 */

export class OrderId {
  /** @type {{order: string, id: string} | null} */
  #open = null;
  #newId;

  /** @param {() => string} [newId] */
  constructor(newId = () => crypto.randomUUID()) {
    this.#newId = newId;
  }

  /** @param {ExamOrder} order */
  of(order) {
    const text = JSON.stringify(order);
    if (this.#open?.order !== text) this.#open = { order: text, id: this.#newId() };
    return this.#open.id;
  }

  /** It is done, or was refused: the next order is another one, even in the same words. */
  settle() {
    this.#open = null;
  }
}
