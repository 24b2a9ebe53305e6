/** The dialog that guides a candidate through a request of the proctor's: what to show, what was taken, and sending it. */

import { byId, query } from "../lib/dom.js";

/** @typedef {"ask" | "taking" | "review" | "sending"} RequestStage */

export class RequestView {
  #dialog = byId("request", HTMLDialogElement);
  #preview = byId("request-preview", HTMLVideoElement);
  #clip = byId("request-clip", HTMLVideoElement);
  #photo = byId("request-photo", HTMLElement);
  #progress = byId("request-progress", HTMLProgressElement);
  #words = byId("request-words", HTMLElement);
  #listening = new AbortController();
  /** @type {string | null} */
  #shown = null;
  /** @type {Element | null} */
  #cameFrom = null;

  /** @param {Record<"take" | "send" | "again" | "decline", () => void>} on what the candidate chooses */
  constructor(on) {
    const { signal } = this.#listening;
    for (const [name, press] of Object.entries(on)) {
      query(this.#dialog, `[data-press=${name}]`, HTMLButtonElement).addEventListener("click", press, { signal });
    }
    this.#dialog.addEventListener("cancel", (event) => event.preventDefault(), { signal });
  }

  /** The element that shows the camera. */
  get preview() {
    return this.#preview;
  }

  /**
   * @param {object} request
   * @param {string} request.title
   * @param {string | null} request.message in the proctor's own words
   * @param {MediaStream} request.stream
   */
  open({ title, message, stream }) {
    query(this.#dialog, ".dialog__title", HTMLElement).textContent = title;
    const quote = byId("request-message", HTMLElement);
    quote.textContent = message ?? "";
    quote.hidden = !message;
    this.#preview.srcObject = stream;
    void this.#preview.play().catch(() => {});
    if (!this.#dialog.open) {
      if (document.activeElement !== document.body) this.#cameFrom = document.activeElement;
      this.#dialog.showModal();
    }
    byId("request-title", HTMLElement).focus();
  }

  /**
   * @param {RequestStage} stage
   * @param {string} words what the candidate does now
   * @param {string} [label] of the button that takes the picture
   */
  show(stage, words, label) {
    this.#dialog.dataset.stage = stage;
    this.say(words);
    for (const element of this.#dialog.querySelectorAll("[data-stages]")) {
      if (element instanceof HTMLElement) element.hidden = !element.dataset.stages?.split(" ").includes(stage);
    }
    if (label) query(this.#dialog, "[data-press=take]", HTMLButtonElement).textContent = label;
    // The button that was pressed is gone with its stage.
    if (this.#dialog.open && document.activeElement === document.body) byId("request-title", HTMLElement).focus();
  }

  /** @param {string} words */
  say(words) {
    if (this.#words.textContent !== words) this.#words.textContent = words;
  }

  /** @param {number} share of the clip that is taken, 0 to 1 */
  progress(share) {
    this.#progress.value = share;
  }

  /** @param {Blob | null} blob what was taken; `null`: nothing yet */
  showTaken(blob) {
    if (this.#shown) URL.revokeObjectURL(this.#shown);
    this.#shown = blob && URL.createObjectURL(blob);
    const isClip = Boolean(blob?.type.startsWith("video/"));
    this.#clip.src = isClip && this.#shown ? this.#shown : "";
    const picture = !isClip && this.#shown ? [this.#imageOf(this.#shown)] : [];
    this.#photo.replaceChildren(...picture);
    this.#clip.hidden = !isClip;
    this.#photo.hidden = isClip || !blob;
    this.#preview.hidden = Boolean(blob);
  }

  /** @param {string} address */
  #imageOf(address) {
    return Object.assign(new Image(), { src: address, alt: this.#photo.dataset.alt ?? "" });
  }

  /** Leaves the dialog, back to where the candidate was. */
  leave() {
    this.showTaken(null);
    this.#preview.srcObject = null;
    this.#dialog.close();
    if (this.#cameFrom instanceof HTMLElement) this.#cameFrom.focus();
  }

  close() {
    this.#listening.abort();
    this.leave();
  }
}
