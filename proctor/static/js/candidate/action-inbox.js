/**
 * The proctor's actions. The server sends one again and again until it knows that we have it (a warning: until the
 * candidate has read it), so each is confirmed every time but acted on once.
 */

/** @typedef {{id: string, kind: string, message: string | null, created_at: string}} Action */
/** @typedef {Pick<import("../live/link.js").Link, "on" | "onState" | "request">} Talks */

export class ActionInbox {
  /** @type {Set<string>} */
  #seen = new Set();
  /** @type {Set<string>} read by the candidate, not yet known to the server */
  #unsent = new Set();
  /** @type {Set<string>} */
  #acknowledged = new Set();
  /** @type {(() => void)[]} */
  #stopListening;
  #channel;
  #act;

  /**
   * @param {Talks} channel
   * @param {(action: Action) => void} act called once for each action
   */
  constructor(channel, act) {
    this.#channel = channel;
    this.#act = act;
    this.#stopListening = [
      channel.on("action", (action) => this.#receive(action)),
      channel.onState((state) => state === "online" && this.#sendAcknowledgements()),
    ];
  }

  /**
   * The candidate has read it.
   * @param {string} id
   */
  acknowledge(id) {
    this.#acknowledged.add(id);
    this.#unsent.add(id);
    this.#sendAcknowledgements();
  }

  close() {
    for (const stop of this.#stopListening.splice(0)) stop();
  }

  /** @param {Action} action */
  #receive(action) {
    // A confirmation that gets lost needs no repair: the server repeats the action.
    this.#channel.request("action_received", { id: action.id }).catch(() => {});
    if (this.#acknowledged.has(action.id)) return this.acknowledge(action.id);
    if (this.#seen.has(action.id)) return;
    this.#seen.add(action.id);
    this.#act(action);
  }

  #sendAcknowledgements() {
    for (const id of this.#unsent) {
      this.#channel.request("action_acknowledged", { id }).then(
        () => this.#unsent.delete(id),
        () => {},
      );
    }
  }
}
