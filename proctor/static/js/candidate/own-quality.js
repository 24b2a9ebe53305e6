/** How good the candidate's own connection is, in a word: from heartbeats, and from live watching where there is any. */

import { byId, query } from "../lib/dom.js";
import { QualityWatch, wordFor } from "../live/quality.js";

/** @typedef {import("../live/quality.js").Quality} Quality */
/** @typedef {import("../live/quality.js").Measured} Measured */

export class OwnQuality {
  /** @type {number | null} */
  #roundTripMs = null;
  /** @type {Quality | null} */
  #measured = null;
  #element = byId("link-quality", HTMLElement);
  #text;
  #watch;

  /**
   * @param {import("../lib/dom.js").Messages} text
   * @param {() => Measured | null} connection to one of those who watch
   */
  constructor(text, connection) {
    this.#text = text;
    this.#watch = new QualityWatch(connection, (quality) => this.#took(quality));
  }

  /** @param {number} sentAtMs when the heartbeat was sent that is answered now, by the page's monotonic clock */
  heard(sentAtMs) {
    this.#roundTripMs = performance.now() - sentAtMs;
    this.#show();
  }

  /** Nothing is known while the connection is away. */
  forget() {
    this.#roundTripMs = null;
    this.#measured = null;
    this.#show();
  }

  close() {
    this.#watch.close();
    this.#element.hidden = true;
  }

  /** @param {Quality | null} quality */
  #took(quality) {
    this.#measured = quality;
    this.#show();
  }

  #show() {
    const lossPercent = this.#measured?.lossPercent ?? null;
    const word = wordFor({ ...EMPTY, roundTripMs: this.#roundTripMs, lossPercent });
    this.#element.hidden = this.#roundTripMs === null || word === null;
    if (word === null) return;
    const words = this.#text(`quality.${word}`);
    const shown = query(this.#element, "[data-field=word]", HTMLElement);
    if (shown.textContent !== words) shown.textContent = words;
    this.#element.dataset.word = word;
  }
}

/** @type {Quality} */
const EMPTY = { roundTripMs: null, lossPercent: null, kbitPerS: null, width: null, height: null, framesPerS: null };
