/** Raising a hand: a wish to be looked at, without words. The proctor may lower it as well. */

import { byId, query } from "../lib/dom.js";

export class Hand {
  #listening = new AbortController();
  #button = byId("hand-button", HTMLButtonElement);
  #isRaised = false;
  /** @type {boolean | null} what the candidate has just done, until the server says the same */
  #expected = null;
  #options;

  /**
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.text
   * @param {(words: string) => void} options.announce
   * @param {(eventType: "hand_raised" | "hand_lowered") => void} options.report
   */
  constructor(options) {
    this.#options = options;
    this.#button.addEventListener("click", () => this.#press(), { signal: this.#listening.signal });
    this.#button.hidden = false;
    this.#show(false);
  }

  /** @param {boolean} isRaised as the server has it */
  update(isRaised) {
    // A state from before the press must not take it back for a moment.
    if (this.#expected !== null && isRaised !== this.#expected) return;
    this.#expected = null;
    this.#show(isRaised);
  }

  /** The proctor has seen to it. */
  lowered() {
    this.#expected = null;
    if (this.#isRaised) this.#options.announce(this.#options.text("hand.seen"));
    this.#show(false);
  }

  close() {
    this.#listening.abort();
    this.#button.hidden = true;
  }

  #press() {
    const { text, announce, report } = this.#options;
    this.#expected = !this.#isRaised;
    this.#show(this.#expected);
    announce(text(this.#isRaised ? "hand.raised" : "hand.lowered"));
    report(this.#isRaised ? "hand_raised" : "hand_lowered");
  }

  /** @param {boolean} isRaised */
  #show(isRaised) {
    this.#isRaised = isRaised;
    this.#button.toggleAttribute("data-raised", isRaised);
    const label = this.#options.text(isRaised ? "hand.lower" : "hand.raise");
    query(this.#button, "[data-field=label]", HTMLElement).textContent = label;
  }
}
