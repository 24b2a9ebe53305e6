/** One candidate on the wall: a picture with what matters around it. Its elements are looked up once. */

import { query } from "../lib/dom.js";
import { setText, showOpenFlags, showPresence, showScore, showStatus, showTimeLeft } from "../proctor/session-fields.js";
import { isLive, presenceOf } from "../proctor/session-model.js";

/** @typedef {import("../proctor/session-model.js").Session} Session */

/**
 * @typedef {object} TileParts
 * @property {import("../lib/dom.js").Messages} say
 * @property {HTMLTemplateElement} badges
 * @property {import("../proctor/session-list.js").SessionList} list
 * @property {import("../proctor/server-time.js").ServerTime} serverTime
 */

/** Three pictures that did not come. */
const OLD_MS = 16_000;

export class Tile {
  /** @type {Session | null} */
  session = null;
  isInView = false;
  #pictureAt = -Infinity;
  #parts;
  #fields;

  /**
   * @param {HTMLLIElement} element
   * @param {TileParts} parts
   */
  constructor(element, parts) {
    this.element = element;
    this.#parts = parts;
    const field = (/** @type {string} */ name) => query(element, `[data-field=${name}]`, HTMLElement);
    this.link = query(element, "[data-field=link]", HTMLAnchorElement);
    this.pin = query(element, "[data-field=pin]", HTMLButtonElement);
    this.#fields = {
      picture: query(element, "[data-field=picture]", HTMLImageElement),
      video: query(element, "video", HTMLVideoElement),
      live: field("live"),
      exam: field("exam"),
      status: field("status"),
      presence: field("presence"),
      score: field("score"),
      severity: field("severity"),
      left: field("left"),
      hand: field("hand"),
      message: field("message"),
    };
  }

  /** @param {Session} session */
  fill(session) {
    if (session === this.session) return;
    this.session = session;
    const { say, badges } = this.#parts;
    const { element, link, pin } = this;
    const { exam, status, score, severity, hand, message } = this.#fields;
    element.dataset.worst = session.open_flags.worst ?? "none";
    element.dataset.status = session.status;
    element.dataset.presence = presenceOf(session);
    link.href = `/proctor/session/${encodeURIComponent(session.id)}`;
    setText(link, session.candidate_identifier);
    pin.setAttribute("aria-label", say("tile.pin", { candidate: session.candidate_identifier }));
    setText(exam, [session.exam_title ?? say("exam.none"), session.assigned_to].filter(Boolean).join(" · "));
    showStatus(status, session.status, badges);
    showScore(score, session.score);
    showOpenFlags(severity, session.open_flags, say);
    hand.hidden = !session.hand_raised;
    message.hidden = session.hand_raised || !session.unread_chat;
    this.tick(performance.now());
  }

  /**
   * Moves the clocks on.
   * @param {number} now milliseconds, monotonic
   */
  tick(now) {
    if (!this.session) return;
    const { say, list, serverTime } = this.#parts;
    showPresence(this.#fields.presence, this.session, say, serverTime);
    if (isLive(this.session)) showTimeLeft(this.#fields.left, list.remainingMs(this.session.id), say);
    else setText(this.#fields.left, "–");
    const isOld = now - this.#pictureAt > OLD_MS;
    if (isOld !== this.element.hasAttribute("data-old")) this.element.toggleAttribute("data-old", isOld);
  }

  /**
   * @param {string} image JPEG as base64
   * @param {number} at when it was taken, on this page's monotonic clock
   */
  showPicture(image, at) {
    this.#pictureAt = at;
    const { picture } = this.#fields;
    picture.src = `data:image/jpeg;base64,${image}`;
    picture.hidden = false;
    this.element.dataset.seen = "";
    if (this.element.hasAttribute("data-old")) this.tick(performance.now());
  }

  /** The latest picture's address, or "". */
  get pictureUrl() {
    return this.#fields.picture.getAttribute("src") ?? "";
  }

  /** @param {MediaStream | null} stream live video over the picture, `null` for none */
  showVideo(stream) {
    const { video } = this.#fields;
    if (video.srcObject === stream) return;
    video.srcObject = stream;
    video.hidden = stream === null;
    if (stream) void video.play().catch(() => {});
  }

  /** @param {string | null} words about the live video that was asked for */
  showLive(words) {
    this.#fields.live.hidden = words === null;
    setText(this.#fields.live, words ?? "");
  }

  /** @param {boolean} isPinned */
  showPinned(isPinned) {
    this.pin.setAttribute("aria-pressed", String(isPinned));
  }
}
