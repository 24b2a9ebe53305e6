/** The bar over the exam, and what covers the exam while it is paused or stopped. Knows no socket. */

import { byId } from "../lib/dom.js";
import { formatRemaining, passedMark } from "../lib/clock.js";

/** Minutes at which those who do not see the clock are told. */
const MARKS = [10, 5, 1];
const SOON_MS = 5 * 60_000;
const LAST_MS = 60_000;

export class ExamView {
  #page = byId("exam", HTMLElement);
  #content = byId("exam-content", HTMLElement);
  #clock = byId("clock", HTMLElement);
  #timeLeft = byId("time-left", HTMLElement);
  #selfView = byId("self-view", HTMLVideoElement);
  #pauseCover = byId("pause-cover", HTMLElement);
  #stoppedCover = byId("stopped-cover", HTMLElement);
  /** @type {number | null} */
  #lastMs = null;
  #text;
  #announce;

  /**
   * @param {import("../lib/dom.js").Messages} text
   * @param {(words: string) => void} announce
   */
  constructor(text, announce) {
    this.#text = text;
    this.#announce = announce;
  }

  /** Put the exam in the place of the entry page. */
  open() {
    for (const element of document.querySelectorAll("body > .site-header, #main")) element.toggleAttribute("hidden", true);
    document.querySelector(".skip-link")?.setAttribute("href", "#exam-main");
    this.#page.hidden = false;
    byId("exam-title", HTMLElement).focus();
  }

  /** @param {MediaStream | null} stream */
  showSelf(stream) {
    this.#selfView.srcObject = stream;
  }

  /** @param {"connecting" | "online" | "offline" | "refused"} link */
  showLink(link) {
    const element = byId("link-state", HTMLElement);
    const shown = link === "refused" ? "offline" : link;
    element.dataset.state = shown;
    element.textContent = this.#text(`link.${shown}`);
  }

  /**
   * @param {number | null} remainingMs
   * @param {boolean} isRunning
   */
  showTime(remainingMs, isRunning) {
    this.#clock.hidden = remainingMs === null;
    if (remainingMs === null) return;
    const words = formatRemaining(remainingMs);
    if (this.#timeLeft.textContent !== words) this.#timeLeft.textContent = words;
    this.#clock.dataset.tone = tone(remainingMs, isRunning);
    const mark = passedMark(this.#lastMs, remainingMs, MARKS);
    if (mark !== null) this.#announce(mark === 1 ? this.#text("clock.left.one") : this.#text("clock.left", { minutes: mark }));
    this.#lastMs = remainingMs;
  }

  /**
   * Cover the exam: nothing below can be seen, clicked or reached by keyboard.
   * @param {boolean} isPaused
   */
  setPaused(isPaused) {
    if (this.#pauseCover.hidden !== isPaused) return;
    this.#pauseCover.hidden = !isPaused;
    this.#content.inert = isPaused;
    byId("window-button", HTMLButtonElement).disabled = isPaused;
    if (isPaused) {
      this.#pauseCover.focus();
      this.#announce(this.#text("pause.said"));
      return;
    }
    this.showPauseMessage(null);
    byId("exam-main", HTMLElement).focus();
    this.#announce(this.#text("resume.said"));
  }

  /** @param {string | null} message what the proctor wrote with the pause */
  showPauseMessage(message) {
    const quote = byId("pause-message", HTMLElement);
    quote.textContent = message ?? "";
    quote.hidden = !message;
  }

  /**
   * Nothing more happens on this page: say why, and what the candidate can do.
   * @param {string} title
   * @param {string} text
   * @param {{label: string, press: () => void}} button
   */
  showStopped(title, text, { label, press }) {
    const button = byId("stopped-button", HTMLButtonElement);
    byId("stopped-title", HTMLElement).textContent = title;
    byId("stopped-text", HTMLElement).textContent = text;
    button.textContent = label;
    button.addEventListener("click", press);
    button.hidden = false;
    this.#content.inert = true;
    this.#pauseCover.hidden = true;
    this.#clock.hidden = true;
    byId("link-state", HTMLElement).textContent = "";
    byId("link-state", HTMLElement).hidden = true;
    this.#stoppedCover.hidden = false;
    this.#stoppedCover.focus();
  }
}

/**
 * @param {number} remainingMs
 * @param {boolean} isRunning
 */
function tone(remainingMs, isRunning) {
  if (!isRunning) return "still";
  if (remainingMs <= LAST_MS) return "last";
  return remainingMs <= SOON_MS ? "soon" : "calm";
}
