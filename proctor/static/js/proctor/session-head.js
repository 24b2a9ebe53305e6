/** Who the session is about and how it stands: the head of its page and the facts beside the picture. */

import { query } from "../lib/dom.js";
import { showLocalTime } from "../lib/times.js";
import { setText, showPresence, showScore, showStatus, showTimeLeft } from "./session-fields.js";
import { isLive } from "./session-model.js";

/** @typedef {import("./session-model.js").Session} Session */

export class SessionHead {
  #root;
  #say;
  #serverTime;
  #endings;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {import("./server-time.js").ServerTime} options.serverTime
   * @param {Record<string, string>} options.endings words for each `ended_by`
   */
  constructor(root, { say, serverTime, endings }) {
    this.#root = root;
    this.#say = say;
    this.#serverTime = serverTime;
    this.#endings = endings;
  }

  /** @param {Session} session */
  show(session) {
    const badges = query(document, "#status-badges", HTMLTemplateElement);
    showStatus(this.#element("#status"), session.status, badges);
    showScore(this.#element("[data-field=score]"), session.score);
    this.#showMoment("started", session.started_at);
    this.#showMoment("ended", session.ended_at);
    setText(this.#element("[data-field=ended_by]"), this.#endings[session.ended_by ?? ""] ?? "");
    this.#showPhase(isLive(session));
  }

  /**
   * Moves the clocks on.
   * @param {Session} session
   * @param {number | null} remainingMs
   */
  tick(session, remainingMs) {
    showPresence(this.#element("#presence"), session, this.#say, this.#serverTime);
    showTimeLeft(this.#element("#time-left"), remainingMs, this.#say);
  }

  /** @param {boolean} live */
  #showPhase(live) {
    this.#element("#console").classList.toggle("console--over", !live);
    for (const element of this.#root.querySelectorAll("[data-when-live], [data-when-ended]")) {
      if (element instanceof HTMLElement) element.hidden = live !== element.hasAttribute("data-when-live");
    }
  }

  /**
   * @param {string} name
   * @param {string | null} iso
   */
  #showMoment(name, iso) {
    if (!iso) return;
    const holder = this.#element(`[data-field=${name}]`);
    const time = holder.querySelector("time") ?? document.createElement("time");
    time.dateTime = iso;
    time.dataset.local = "datetime";
    showLocalTime(time);
    if (!time.isConnected) holder.replaceChildren(time);
  }

  /** @param {string} selector */
  #element(selector) {
    return query(this.#root, selector, HTMLElement);
  }
}
