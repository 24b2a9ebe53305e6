/** How far a session's recording has come, asked for now and then while the page is looked at. */

import { getJson } from "../lib/http.js";

/** @typedef {{kind: string, state: string, received_bytes: number}} Recorded as `GET …/recordings` lists it */

const EVERY_MS = 15_000;
const MB = 1024 * 1024;

export class RecordingProgress {
  #element;
  #options;
  #timer;

  /**
   * @param {HTMLElement} element
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   * @param {Pick<Document, "hidden">} [options.doc]
   */
  constructor(element, { say, api, doc = document }) {
    this.#element = element;
    this.#options = { say, api };
    this.#timer = setInterval(() => !doc.hidden && void this.refresh().catch(() => {}), EVERY_MS);
  }

  async refresh() {
    const { say, api } = this.#options;
    /** @type {{recordings: Recorded[]}} */
    const { recordings } = await getJson(`${api}/recordings`);
    const words = inWords(recordings, say);
    // A reader hears what has changed, and not the same again.
    if (this.#element.textContent !== words) this.#element.textContent = words;
  }

  close() {
    clearInterval(this.#timer);
  }
}

/**
 * One line for all recordings: `Camera 14 MB, being received · Screen 3 MB, ready`.
 * @param {Recorded[]} recordings
 * @param {import("../lib/dom.js").Messages} say
 */
export function inWords(recordings, say) {
  if (recordings.length === 0) return say("recorded.nothing");
  return recordings
    .map(({ kind, state, received_bytes: bytes }) =>
      say("recorded.line", {
        kind: say(`recorded.${kind}`),
        size: (bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0),
        state: say(`recorded.${state}`),
      }),
    )
    .join(" · ");
}
