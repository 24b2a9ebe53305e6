/** The bar under the pictures: play, step, speed, and where the playhead is. */

import { query } from "../lib/dom.js";
import { formatMoment } from "../lib/times.js";
import { setText } from "../proctor/session-fields.js";
import { formatPosition } from "./zoom.js";

/** @typedef {import("./keys.js").Command | "sound"} Command */

export const RATES = [0.5, 0.75, 1, 1.5, 2, 3, 4];

export class Transport {
  #listening = new AbortController();
  #root;
  #options;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.startsAt
   * @param {import("./playback.js").Playback} options.playback
   * @param {(command: Command) => void} options.onCommand
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    const { signal } = this.#listening;
    root.addEventListener("click", (event) => this.#pressed(event), { signal });
    this.#speed.addEventListener("change", () => options.playback.setRate(Number(this.#speed.value)), { signal });
  }

  render() {
    const { playback, say, startsAt } = this.#options;
    const play = query(this.#root, "[data-command=toggle]", HTMLButtonElement);
    play.disabled = !playback.canPlay;
    play.dataset.playing = String(playback.isPlaying);
    play.setAttribute("aria-label", say(playback.isPlaying ? "play.pause" : "play.play"));
    this.#speed.disabled = !playback.canPlay;
    this.#speed.value = String(playback.rate);
    setText(query(this.#root, "#position", HTMLElement), formatPosition(playback.atS));
    const moment = new Date(Date.parse(startsAt) + 1000 * playback.atS).toISOString();
    setText(query(this.#root, "#time-of-day", HTMLElement), formatMoment(moment, "seconds") ?? "");
  }

  /** @param {boolean} isOn */
  showSound(isOn) {
    const button = query(this.#root, "[data-command=sound]", HTMLButtonElement);
    button.setAttribute("aria-pressed", String(isOn));
  }

  /** @param {1 | -1} direction */
  changeRate(direction) {
    const { playback } = this.#options;
    const index = RATES.indexOf(playback.rate) + direction;
    playback.setRate(RATES[Math.min(Math.max(index, 0), RATES.length - 1)] ?? 1);
  }

  close() {
    this.#listening.abort();
  }

  /** @param {Event} event */
  #pressed(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-command]") : null;
    if (button instanceof HTMLElement) this.#options.onCommand(/** @type {Command} */ (button.dataset.command));
  }

  get #speed() {
    return query(this.#root, "#speed", HTMLSelectElement);
  }
}
