/** Messages from the proctor that must be read: one after the other, and nothing but the button closes them. */

import { byId } from "../lib/dom.js";

/** @typedef {{id: string, message: string | null}} Warning */

export class Warnings {
  #dialog = byId("warning", HTMLDialogElement);
  #text = byId("warning-text", HTMLElement);
  /** @type {Warning[]} */
  #queue = [];
  /** @type {Element | null} where the candidate was, the exam's frame included */
  #cameFrom = null;
  #abort = new AbortController();
  #onRead;

  /** @param {(id: string) => void} onRead */
  constructor(onRead) {
    this.#onRead = onRead;
    const { signal } = this.#abort;
    byId("warning-button", HTMLButtonElement).addEventListener("click", () => this.#read(), { signal });
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault(), { signal });
    // A second Escape closes a dialog in some browsers whatever `cancel` says; then it comes back.
    this.#dialog.addEventListener("close", () => this.#show(), { signal });
  }

  /** @param {Warning} warning */
  add(warning) {
    this.#queue.push(warning);
    this.#show();
  }

  close() {
    this.#abort.abort();
    this.#queue = [];
    this.#dialog.close();
  }

  #read() {
    const read = this.#queue.shift();
    this.#dialog.close();
    if (read) this.#onRead(read.id);
    // Browsers do not bring the focus back into a frame by themselves.
    if (this.#queue.length === 0 && this.#cameFrom instanceof HTMLElement) this.#cameFrom.focus();
  }

  #show() {
    const next = this.#queue[0];
    if (!next || this.#dialog.open) return;
    this.#text.textContent = next.message ?? "";
    if (document.activeElement !== document.body) this.#cameFrom = document.activeElement;
    this.#dialog.showModal();
    // Not the button: a candidate who is typing must not confirm by accident.
    byId("warning-title", HTMLElement).focus();
  }
}
