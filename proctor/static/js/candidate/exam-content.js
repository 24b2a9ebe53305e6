/**
 * What fills the page under the bar: the exam app in a frame, a panel that keeps its own window open, or the camera's
 * picture for exams that are not held in an app.
 */

import { byId } from "../lib/dom.js";

/** @typedef {"frame" | "window" | "none"} Mode */

/** The exam app may run, keep its login and ask its questions; it may not leave the frame or use our devices. */
const SANDBOX = "allow-scripts allow-forms allow-same-origin allow-modals";

export class ExamContent {
  /** @type {Window | null} */
  #window = null;
  #abort = new AbortController();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #holder = byId("frame-holder", HTMLElement);
  #windowPanel = byId("window-panel", HTMLElement);
  #windowButton = byId("window-button", HTMLButtonElement);
  #problem = byId("window-problem", HTMLElement);
  #cameraView = byId("camera-view", HTMLVideoElement);
  #returnUrl;
  #text;
  #browser;

  /**
   * @param {object} exam
   * @param {string | null} exam.returnUrl
   * @param {string} exam.title
   * @param {import("../lib/dom.js").Messages} exam.text
   * @param {Pick<Window, "open">} [browser]
   */
  constructor({ returnUrl, title, text }, browser = window) {
    this.#returnUrl = returnUrl;
    this.#text = text;
    this.#browser = browser;
    this.title = text("frame.title", { title });
    const { signal } = this.#abort;
    byId("open-window", HTMLButtonElement).addEventListener("click", () => this.#openWindow(), { signal });
    this.#windowButton.addEventListener("click", () => this.#moveToWindow(), { signal });
  }

  /** The exam's own window is open: focus there is focus on the exam. */
  get hasWindow() {
    return this.#window !== null && !this.#window.closed;
  }

  /** @param {Mode} mode */
  show(mode) {
    this.#windowPanel.hidden = mode !== "window";
    byId("camera-panel", HTMLElement).hidden = mode !== "none";
    this.#holder.hidden = mode !== "frame";
    this.#windowButton.hidden = mode !== "frame";
    if (mode === "frame" && this.#returnUrl) this.#holder.replaceChildren(frame(this.#returnUrl, this.title));
    else this.#holder.replaceChildren();
  }

  /** @param {MediaStream | null} stream */
  showCamera(stream) {
    this.#cameraView.srcObject = stream;
  }

  /** Take the exam away, its window included. */
  close() {
    this.#abort.abort();
    clearInterval(this.#timer);
    this.#windowButton.hidden = true;
    this.#holder.replaceChildren();
    this.#cameraView.srcObject = null;
    this.#window?.close();
  }

  #moveToWindow() {
    this.show("window");
    this.#openWindow();
    byId("open-window", HTMLButtonElement).focus();
  }

  #openWindow() {
    if (!this.#returnUrl) return;
    if (this.hasWindow) return this.#window?.focus();
    const opened = this.#browser.open("about:blank", "_blank", "popup,width=1200,height=800");
    if (!opened) return void (this.#problem.textContent = this.#text("window.blocked"));
    // It keeps us as its opener: a window without one cannot be closed from here when the exam is over.
    opened.location.replace(this.#returnUrl);
    this.#window = opened;
    this.#problem.textContent = this.#text("window.open");
    this.#timer ??= setInterval(() => this.#lookAfterWindow(), 1000);
  }

  #lookAfterWindow() {
    if (this.#window && !this.hasWindow) {
      this.#window = null;
      this.#problem.textContent = this.#text("window.closed");
    }
  }
}

/**
 * @param {string} url
 * @param {string} title
 */
function frame(url, title) {
  const element = document.createElement("iframe");
  element.setAttribute("sandbox", SANDBOX);
  element.allow = "";
  element.title = title;
  element.src = url;
  return element;
}
