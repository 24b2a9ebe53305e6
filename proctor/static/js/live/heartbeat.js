/** Tells the server at a steady pace that this page is still here. */

/** @typedef {Pick<import("./link.js").Link, "state" | "onState" | "request">} Asks */

export class Heartbeat {
  #stopListening;
  #timer;

  /**
   * @param {Asks} channel
   * @param {object} options
   * @param {number} options.everyMs
   * @param {() => Record<string, unknown>} [options.payload] made anew for each beat
   * @param {(answer: Record<string, any>) => void} [options.onAnswer]
   */
  constructor(channel, { everyMs, payload = () => ({}), onAnswer = () => {} }) {
    const beat = () => {
      if (channel.state !== "online") return;
      // A beat that got lost needs no repair: the next one is on its way.
      channel.request("heartbeat", payload()).then(onAnswer, () => {});
    };
    this.#timer = setInterval(beat, everyMs);
    this.#stopListening = channel.onState((state) => state === "online" && beat());
    beat();
  }

  close() {
    clearInterval(this.#timer);
    this.#stopListening();
  }
}
