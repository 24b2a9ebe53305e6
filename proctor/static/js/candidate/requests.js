/** What a proctor asks to be shown, one request after the other: guided, looked at, sent or declined. */

import { ClipTake, takePhoto } from "./takes.js";

/** @typedef {import("./action-inbox.js").Action} Action */
/** @typedef {import("./answer-upload.js").AnswerUpload} AnswerUpload */
/** @typedef {import("./request-view.js").RequestView} RequestView */

export const KINDS = ["room_scan", "identity_photo"];
/** What is shown in turn during a room scan, and for how long. */
const SCAN_STEPS = ["left", "right", "desk", "behind"];
const STEP_MS = 4_500;
const TICK_MS = 250;
const PHOTO_BYTES = 1_048_576;

/**
 * @typedef {object} RequestOptions
 * @property {import("../lib/dom.js").Messages} text
 * @property {Pick<RequestView, "preview" | "open" | "show" | "say" | "progress" | "showTaken" | "leave" | "close">} view
 * @property {Pick<AnswerUpload, "send" | "close">} upload
 * @property {() => MediaStream} stream camera and microphone as they are now
 * @property {(eventType: string, payload: Record<string, unknown>) => void} report
 * @property {(id: string) => void} acknowledge ends the request
 * @property {(key: string) => void} onDone says that it was sent
 * @property {{MediaRecorder: typeof globalThis.MediaRecorder, stepMs?: number}} browser
 */

export class Requests {
  /** @type {Action[]} */
  #queue = [];
  /** @type {ClipTake | null} */
  #take = null;
  /** @type {Blob | null} */
  #taken = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;
  #options;

  /** @param {RequestOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** @param {Action} request */
  add(request) {
    this.#queue.push(request);
    if (this.#queue.length === 1) this.#ask();
  }

  /** The candidate is ready: a still at once, a clip for as long as its steps take. */
  async take() {
    const { view, text } = this.#options;
    try {
      if (this.#now?.kind === "identity_photo") this.#review(await takePhoto(view.preview, PHOTO_BYTES));
      else this.#takeClip();
    } catch (error) {
      console.info("Nothing was taken", error);
      view.say(text("request.no_picture"));
    }
  }

  #takeClip() {
    const { browser, stream } = this.#options;
    const stepMs = browser.stepMs ?? STEP_MS;
    this.#take = new ClipTake(stream(), browser);
    const beganAt = performance.now();
    this.#guide(0);
    this.#ticking = setInterval(() => this.#guide((performance.now() - beganAt) / stepMs), TICK_MS);
  }

  /** Forget what was taken, and show the camera again. */
  again() {
    this.#ask();
  }

  async send() {
    const { view, upload, text, onDone } = this.#options;
    const request = this.#now;
    if (!request || !this.#taken) return;
    view.show("sending", text("request.sending"));
    const answer = { kind: request.kind, actionId: request.id, blob: this.#taken };
    try {
      await upload.send(answer, undefined, () => view.say(text("request.delayed")));
      onDone(`request.${request.kind}.sent`);
    } catch {
      // Answered from another page, or no longer wanted: then there is nothing left to do here.
      onDone("request.unwanted");
    }
    this.#next();
  }

  decline() {
    const request = this.#now;
    if (!request) return;
    this.#options.report(`${request.kind}_declined`, { action_id: request.id });
    this.#options.acknowledge(request.id);
    this.#next();
  }

  close() {
    this.#stopTaking();
    this.#queue = [];
    this.#options.upload.close();
    this.#options.view.close();
  }

  get #now() {
    return this.#queue[0];
  }

  #ask() {
    const { view, text, stream } = this.#options;
    const request = this.#now;
    if (!request) return;
    this.#stopTaking();
    this.#taken = null;
    view.showTaken(null);
    view.open({ title: text(`request.${request.kind}.title`), message: request.message, stream: stream() });
    view.show("ask", text(`request.${request.kind}.text`), text(`request.${request.kind}.take`));
  }

  /** @param {number} step how many of the steps are over, with the part of the present one */
  #guide(step) {
    const { view, text } = this.#options;
    const name = SCAN_STEPS[Math.floor(step)];
    if (name === undefined) return void this.#finishClip();
    view.show("taking", text(`request.scan.${name}`));
    view.progress(step / SCAN_STEPS.length);
  }

  async #finishClip() {
    const take = this.#take;
    this.#stopTaking();
    if (take) this.#review(await take.finish());
  }

  /** @param {Blob} blob */
  #review(blob) {
    const { view, text } = this.#options;
    if (!this.#now) return;
    this.#taken = blob;
    view.showTaken(blob);
    view.show("review", text("request.review"));
  }

  #stopTaking() {
    clearInterval(this.#ticking);
    this.#take?.cancel();
    this.#take = null;
  }

  #next() {
    this.#stopTaking();
    this.#taken = null;
    this.#queue.shift();
    if (this.#queue.length) this.#ask();
    else this.#options.view.leave();
  }
}
