/** What the last page says of a recording on its way: how much is left, and whether the page may be closed. */

import { query } from "../lib/dom.js";

const MB = 1024 * 1024;
/** Less would read as nothing of nothing. */
const SMALLEST_TOLD = MB / 10;

export class UploadView {
  #root;
  #text;
  #shown = "";

  /**
   * @param {HTMLElement} root
   * @param {import("../lib/dom.js").Messages} text
   */
  constructor(root, text) {
    this.#root = root;
    this.#text = text;
  }

  /** @param {import("./uploader.js").Progress & {isComplete: boolean}} progress */
  show({ sentBytes, waitingBytes, isStuck, isOver, isComplete }) {
    const state = isComplete ? "done" : isOver ? "over" : isStuck ? "stuck" : "sending";
    const total = sentBytes + waitingBytes;
    const bar = query(this.#root, "progress", HTMLProgressElement);
    bar.hidden = state === "done" || state === "over";
    bar.max = Math.max(1, total);
    if (total) bar.value = sentBytes;
    else bar.removeAttribute("value");
    query(this.#root, "[data-field=amount]", HTMLElement).textContent =
      bar.hidden || total < SMALLEST_TOLD
        ? ""
        : this.#text("upload.amount", { sent: inMegabytes(sentBytes), total: inMegabytes(total) });
    if (state === this.#shown) return;
    // Only a change of state is said aloud: a number that moves would drown everything else.
    this.#shown = state;
    this.#root.dataset.state = state;
    query(this.#root, "[data-field=title]", HTMLElement).textContent = this.#text(`upload.${state}.title`);
    query(this.#root, "[data-field=text]", HTMLElement).textContent = this.#text(`upload.${state}.text`);
    this.#root.hidden = false;
  }
}

/**
 * Whole megabytes, with one decimal below ten.
 * @param {number} bytes
 */
export function inMegabytes(bytes) {
  const amount = bytes / MB;
  return amount < 10 ? amount.toFixed(1) : String(Math.round(amount));
}
