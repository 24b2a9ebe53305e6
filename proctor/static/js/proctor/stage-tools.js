/** What a proctor does to the picture: one of two larger, the volume, and how good the connection is. */

import { query } from "../lib/dom.js";
import { wordFor } from "../live/quality.js";
import { setText } from "./session-fields.js";

/** @typedef {import("../live/quality.js").Quality} Quality */

const KEYS = /** @type {const} */ (["roundTripMs", "lossPercent", "kbitPerS", "framesPerS"]);

export class StageTools {
  #listening = new AbortController();
  #root;
  #say;

  /**
   * @param {HTMLElement} root the stage
   * @param {import("../lib/dom.js").Messages} say
   */
  constructor(root, say) {
    this.#root = root;
    this.#say = say;
    const { signal } = this.#listening;
    for (const button of this.#buttons) {
      button.addEventListener("click", () => this.#toggle(button.dataset.enlarge ?? ""), { signal });
    }
    const volume = query(root, "#volume", HTMLInputElement);
    volume.addEventListener("input", () => this.#turn(volume.valueAsNumber / 100), { signal });
  }

  /** The next of: both alike, the camera large, the screen large. */
  turnOver() {
    if (query(this.#root, "[data-view=screen]", HTMLElement).hidden) return;
    const order = ["", "camera", "screen"];
    const now = order.indexOf(this.#root.dataset.large ?? "");
    this.#enlarge(order[(now + 1) % order.length] ?? "");
  }

  /** @param {Quality | null} quality `null` while nothing comes */
  showQuality(quality) {
    const word = quality && wordFor(quality);
    const element = query(this.#root, "#quality", HTMLElement);
    element.hidden = !word;
    if (!quality || !word) return;
    element.dataset.word = word;
    setText(query(element, "[data-field=word]", HTMLElement), this.#say(`quality.${word}`));
    setText(query(this.#root, "#quality-details", HTMLElement), this.#details(quality));
  }

  close() {
    this.#listening.abort();
  }

  /** @param {Quality} quality */
  #details(quality) {
    const parts = KEYS.flatMap((key) => {
      const value = quality[key];
      return value === null ? [] : [this.#say(`quality.${key}`, { value })];
    });
    const { width, height } = quality;
    if (width && height) parts.push(this.#say("quality.size", { width, height }));
    return parts.join(" · ");
  }

  /** @param {string} name */
  #toggle(name) {
    this.#enlarge(this.#root.dataset.large === name ? "" : name);
  }

  /** @param {string} name empty: both alike */
  #enlarge(name) {
    if (name) this.#root.dataset.large = name;
    else delete this.#root.dataset.large;
    for (const button of this.#buttons) button.setAttribute("aria-pressed", String(button.dataset.enlarge === name));
  }

  /** @param {number} volume 0 to 1 */
  #turn(volume) {
    query(this.#root, "#camera", HTMLVideoElement).volume = volume;
  }

  get #buttons() {
    return [...this.#root.querySelectorAll("[data-enlarge]")].filter((button) => button instanceof HTMLButtonElement);
  }
}
