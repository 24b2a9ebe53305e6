/** Fullscreen where the browser has it. Phones mostly do not; then nothing is asked and nothing is said. */

import { byId } from "../lib/dom.js";

/**
 * Ask for it. Must be the first thing in a click, and may be refused without harm.
 * @param {Document} page
 */
export async function enterFullscreen(page) {
  try {
    if (page.fullscreenEnabled && !page.fullscreenElement) await page.documentElement.requestFullscreen();
  } catch {
    // The exam goes on without it; the bar keeps offering it.
  }
}

export class Fullscreen {
  #abort = new AbortController();
  #button = byId("fullscreen-button", HTMLButtonElement);
  #hasLeft = false;
  #text;
  #notices;

  /**
   * @param {object} parts
   * @param {import("../lib/dom.js").Messages} parts.text
   * @param {import("./notices.js").Notices} parts.notices
   */
  constructor({ text, notices }) {
    this.#text = text;
    this.#notices = notices;
    const { signal } = this.#abort;
    this.#button.addEventListener("click", () => void enterFullscreen(document), { signal });
    document.addEventListener("fullscreenchange", () => this.#changed(), { signal });
    this.#offer();
  }

  close() {
    this.#abort.abort();
    this.#button.hidden = true;
    if (document.fullscreenElement) void document.exitFullscreen();
  }

  #changed() {
    // From now on the notice carries the button.
    this.#hasLeft = document.fullscreenElement === null;
    this.#offer();
    if (document.fullscreenElement) return this.#notices.clear("fullscreen");
    this.#notices.show("fullscreen", {
      tone: "warn",
      title: this.#text("fullscreen.title"),
      text: this.#text("fullscreen.text"),
      button: { label: this.#text("fullscreen.on"), press: () => void enterFullscreen(document) },
    });
  }

  #offer() {
    const isUseless = !document.fullscreenEnabled || document.fullscreenElement !== null;
    this.#button.hidden = isUseless || this.#hasLeft;
  }
}
