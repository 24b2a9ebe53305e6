/** The candidate's chat with their proctor: a panel beside the exam, and words about what comes while it is closed. */

import { Composer } from "../chat/composer.js";
import { Thread } from "../chat/thread.js";
import { ThreadView } from "../chat/thread-view.js";
import { byId } from "../lib/dom.js";
import { getJson } from "../lib/http.js";

/** @typedef {import("../chat/thread.js").Message} Message */
/** @typedef {import("./action-inbox.js").Action} Action */
/** @typedef {import("./outbox-store.js").OutboxEvent} OutboxEvent */

/**
 * @typedef {object} ChatOptions
 * @property {string} handle
 * @property {import("../lib/dom.js").Messages} text
 * @property {import("./notices.js").Notices} notices
 * @property {(message: string) => void} onWrite puts what the candidate wrote on its way
 */

export class Chat {
  #thread = new Thread("candidate");
  #listening = new AbortController();
  #panel = byId("chat-panel", HTMLElement);
  #button = byId("chat-button", HTMLButtonElement);
  #badge = byId("chat-unread", HTMLElement);
  #options;
  #view;
  #composer;

  /** @param {ChatOptions} options */
  constructor(options) {
    this.#options = options;
    const { text, onWrite } = options;
    const template = byId("chat-item", HTMLTemplateElement);
    const who = (/** @type {Message} */ { from }) => text(from === "candidate" ? "chat.you" : "chat.proctor");
    this.#view = new ThreadView(byId("chat", HTMLOListElement), template, who);
    this.#composer = new Composer(byId("chat-form", HTMLFormElement), onWrite);
    const { signal } = this.#listening;
    this.#button.addEventListener("click", () => this.#toggle(), { signal });
    byId("chat-close", HTMLButtonElement).addEventListener("click", () => this.#leave(), { signal });
    this.#panel.addEventListener("keydown", (event) => event.key === "Escape" && this.#leave(), { signal });
    this.#button.hidden = false;
    this.#render();
  }

  /** Reads what was written before this page was opened, or while it was away. */
  async refresh() {
    const { messages } = await getJson(`/exam/${encodeURIComponent(this.#options.handle)}/chat`);
    this.#thread.put(messages.map(read), { areNew: false });
    this.#render();
  }

  /**
   * What the proctor wrote has arrived.
   * @param {Action} action
   */
  arrived({ id, message, created_at: sentAt }) {
    const { text, notices } = this.#options;
    this.#thread.arrived({ id, from: "proctor", text: message ?? "", sentAt });
    if (this.#isOpen) this.#thread.read();
    this.#render();
    if (this.#isOpen) return notices.announce(text("chat.wrote", { text: message ?? "" }));
    const button = { label: text("chat.answer"), press: () => this.#open() };
    notices.show("chat", { tone: "info", title: text("chat.title"), text: message ?? "", button });
  }

  /**
   * What the candidate has been told otherwise already.
   * @param {Action} action
   */
  noted({ id, message, created_at: sentAt }) {
    this.#thread.put([{ id, from: "proctor", text: message ?? "", sentAt }], { areNew: false });
    this.#render();
  }

  /** @param {OutboxEvent} event what the candidate wrote, on its way to the server or there */
  written({ id, message = "" }, { isThere = false } = {}) {
    this.#thread.put([{ id, from: "candidate", text: message, sentAt: isThere ? new Date().toISOString() : null }]);
    this.#render();
  }

  close() {
    this.#listening.abort();
    this.#composer.close();
    this.#panel.hidden = true;
    this.#button.hidden = true;
  }

  get #isOpen() {
    return !this.#panel.hidden;
  }

  #toggle() {
    if (this.#isOpen) this.#leave();
    else this.#open();
  }

  #open() {
    this.#panel.hidden = false;
    this.#button.setAttribute("aria-expanded", "true");
    this.#options.notices.clear("chat");
    this.#thread.read();
    this.#render();
    this.#view.toEnd();
    this.#composer.focus();
  }

  #leave() {
    this.#panel.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
    this.#button.focus();
  }

  #render() {
    const messages = this.#thread.inOrder.map((message) => this.#staged(message));
    this.#view.show(messages);
    byId("chat-empty", HTMLElement).hidden = messages.length > 0;
    this.#badge.hidden = this.#thread.unread === 0;
    this.#badge.textContent = this.#options.text("chat.unread", { count: this.#thread.unread });
  }

  /** @param {Message} message */
  #staged(message) {
    return { ...message, stage: message.sentAt === null ? this.#options.text("chat.waiting") : "" };
  }
}

/**
 * @param {{id: string, source: string, message: string, sent_at: string}} message
 * @returns {Message}
 */
function read({ id, source, message, sent_at: sentAt }) {
  return { id, from: source === "candidate" ? "candidate" : "proctor", text: message, sentAt };
}
