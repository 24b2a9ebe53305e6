/** The record of a session: its events, each once, newest first. Pure; the view is in record-view.js. */

/**
 * @typedef {object} SessionEvent as `GET /api/proctor/sessions/<id>/events` gives it
 * @property {string} id
 * @property {string} event_type
 * @property {string | null} message
 * @property {Record<string, unknown>} payload
 * @property {string} timestamp
 * @property {string} received_at
 * @property {string} source
 * @property {{delivered_at: string | null, acknowledged_at: string | null} | null} [delivery]
 */

/** @typedef {"sent" | "delivered" | "acknowledged"} DeliveryStage */

export class SessionRecord {
  /** @type {Map<string, SessionEvent>} */
  #events = new Map();
  /** @type {SessionEvent[]} newest first, by when the server got them */
  #sorted = [];
  #most;

  /** @param {number} [most] how many are kept: those that came last */
  constructor(most = Infinity) {
    this.#most = most;
  }

  /** @returns {readonly SessionEvent[]} newest first, by when the server got them */
  get newestFirst() {
    return this.#sorted;
  }

  /**
   * Takes events from a message or from a page of the API. One that is known already is replaced: its delivery went on.
   * @param {SessionEvent[]} events
   * @returns {boolean} whether the oldest had to go
   */
  put(events) {
    for (const event of events) this.#putOne(event);
    const isTooMuch = this.#sorted.length > this.#most;
    if (isTooMuch) for (const { id } of this.#sorted.splice(this.#most)) this.#events.delete(id);
    return isTooMuch;
  }

  /**
   * Keeps so many more from now on, because somebody goes back.
   * @param {number} count
   */
  widen(count) {
    this.#most += count;
  }

  /** @param {string} id */
  has(id) {
    return this.#events.has(id);
  }

  /** @param {SessionEvent} event */
  #putOne(event) {
    const known = this.#events.get(event.id);
    if (known && stageRank(event) < stageRank(known)) return;
    this.#events.set(event.id, event);
    if (known) this.#sorted.splice(this.#placeOf(known), 1);
    this.#sorted.splice(this.#placeOf(event), 0, event);
  }

  /**
   * Where an event stands, or would stand.
   * @param {SessionEvent} event
   */
  #placeOf(event) {
    let [from, to] = [0, this.#sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const there = this.#sorted[middle];
      if (there && isNewer(there, event)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/**
 * @param {SessionEvent} one
 * @param {SessionEvent} other
 */
function isNewer(one, other) {
  return one.received_at === other.received_at ? one.id > other.id : one.received_at > other.received_at;
}

/**
 * How far an action has come on its way to the candidate; `null` for what is not on its way to anyone.
 * @param {SessionEvent} event
 * @returns {DeliveryStage | null}
 */
export function deliveryStage({ delivery }) {
  if (!delivery) return null;
  if (delivery.acknowledged_at) return "acknowledged";
  return delivery.delivered_at ? "delivered" : "sent";
}

/** @param {SessionEvent} event */
function stageRank(event) {
  return ["sent", "delivered", "acknowledged"].indexOf(deliveryStage(event) ?? "");
}
