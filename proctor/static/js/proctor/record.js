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

  /**
   * Takes events from a message or from a page of the API. One that is known already is replaced: its delivery went on.
   * @param {SessionEvent[]} events
   */
  put(events) {
    for (const event of events) {
      const known = this.#events.get(event.id);
      if (!known || stageRank(event) >= stageRank(known)) this.#events.set(event.id, event);
    }
  }

  /** @param {string} id */
  has(id) {
    return this.#events.has(id);
  }

  /** @returns {SessionEvent[]} newest first, by when the server got them */
  get newestFirst() {
    return [...this.#events.values()].sort(
      (one, other) => other.received_at.localeCompare(one.received_at) || other.id.localeCompare(one.id),
    );
  }
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
