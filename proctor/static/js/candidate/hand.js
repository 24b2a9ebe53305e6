/** Raising a hand: a wish to be looked at, without words. The proctor may lower it as well. */

import { byId, query } from "../lib/dom.js";

/** Whether the hand is up, between what the candidate has just done and what the server says of it. */
export class HandState {
  isRaised = false;
  /** @type {boolean | null} what the candidate has just done, until the server says the same */
  #expected = null;

  /** The candidate raises it, or takes it down. */
  toggle() {
    this.#expected = this.isRaised = !this.isRaised;
  }

  /** @param {boolean} isRaised as the server has it: one from before the press must not take the press back */
  told(isRaised) {
    if (this.#expected !== null && isRaised !== this.#expected) return;
    this.#expected = null;
    this.isRaised = isRaised;
  }

  /** The proctor has seen to it, whatever was on its way. */
  lowered() {
    this.#expected = null;
    this.isRaised = false;
  }
}

export class Hand {
  #listening = new AbortController();
  #button = byId("hand-button", HTMLButtonElement);
  #state = new HandState();
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
    this.#show();
  }

  /** @param {boolean} isRaised as the server has it */
  update(isRaised) {
    this.#state.told(isRaised);
    this.#show();
  }

  /** The proctor has seen to it. */
  lowered() {
    if (this.#state.isRaised) this.#options.announce(this.#options.text("hand.seen"));
    this.#state.lowered();
    this.#show();
  }

  close() {
    this.#listening.abort();
    this.#button.hidden = true;
  }

  #press() {
    const { text, announce, report } = this.#options;
    this.#state.toggle();
    this.#show();
    const eventType = this.#state.isRaised ? "hand_raised" : "hand_lowered";
    announce(text(this.#state.isRaised ? "hand.raised" : "hand.lowered"));
    report(eventType);
  }

  #show() {
    const { isRaised } = this.#state;
    this.#button.toggleAttribute("data-raised", isRaised);
    const label = this.#options.text(isRaised ? "hand.lower" : "hand.raise");
    query(this.#button, "[data-field=label]", HTMLElement).textContent = label;
  }
}
