/** What the exam's banners say: about the connection, the beginning, more time, and what all are told. */

import { formatRemaining } from "../lib/clock.js";

export class ExamNotices {
  #notices;
  #text;

  /**
   * @param {import("./notices.js").Notices} notices
   * @param {import("../lib/dom.js").Messages} text
   */
  constructor(notices, text) {
    this.#notices = notices;
    this.#text = text;
  }

  /** @param {import("./exam-session.js").ChannelState} link */
  link(link) {
    if (link === "online") this.#notices.clear("offline");
    if (link === "offline") this.#warn("offline");
  }

  /** @param {boolean} hasBegun whether the server knows that the camera is on */
  begun(hasBegun) {
    if (hasBegun) this.#notices.clear("begin");
    else this.#warn("begin");
  }

  /**
   * @param {number | null} remainingMs null: no time limit
   * @param {string | null} message what the proctor wrote with it
   */
  moreTime(remainingMs, message) {
    const text = this.#text;
    const words =
      remainingMs === null
        ? text("extend.text.unlimited")
        : text("extend.text", { time: formatRemaining(remainingMs) });
    this.#notices.show("extend", {
      tone: "ok",
      title: text("extend.title"),
      text: [words, message].filter(Boolean).join(" "),
      button: { label: text("notice.close"), press: () => this.#notices.clear("extend") },
    });
  }

  /**
   * A message to everyone who takes this exam: it stays until the candidate closes it, beside any that come after.
   * @param {import("./action-inbox.js").Action} action
   */
  broadcast({ id, message }) {
    const key = `broadcast ${id}`;
    this.#notices.show(key, {
      tone: "info",
      title: this.#text("broadcast.title"),
      text: message ?? "",
      button: { label: this.#text("notice.close"), press: () => this.#notices.clear(key) },
    });
  }

  /** @param {string | null} message what the proctor wrote when the exam was let go on */
  resumed(message) {
    if (!message) return;
    const button = { label: this.#text("notice.close"), press: () => this.#notices.clear("resume") };
    this.#notices.show("resume", { tone: "ok", title: this.#text("resume.title"), text: message, button });
  }

  /** @param {string} key */
  #warn(key) {
    this.#notices.show(key, { tone: "warn", title: this.#text(`${key}.title`), text: this.#text(`${key}.text`) });
  }
}
