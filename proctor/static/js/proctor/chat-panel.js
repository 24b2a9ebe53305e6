/** The chat beside the picture: what was written, what comes live, and how many messages nobody here has read. */

import { Composer } from "../chat/composer.js";
import { Thread } from "../chat/thread.js";
import { ThreadView } from "../chat/thread-view.js";
import { dataset, query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { Action } from "./action.js";
import { deliveryStage } from "./record.js";

/** @typedef {import("./record.js").SessionEvent} SessionEvent */
/** @typedef {import("../chat/thread.js").Message} Message */

const TYPES = ["chat", "broadcast"];

export class ChatPanel {
  #thread = new Thread("proctor");
  #isShown = false;
  #isWaiting = false;
  #root;
  #options;
  #view;
  #composer;
  #markRead;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   * @param {string} options.csrfToken
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    const { api, csrfToken, say } = options;
    this.#markRead = new Action(`${api}/chat/read`, { csrfToken, hasId: false });
    this.#view = new ThreadView(
      query(root, "#chat", HTMLOListElement),
      query(document, "#chat-item", HTMLTemplateElement),
      ({ from, by }) => (from === "candidate" ? say("chat.candidate") : (by ?? say("chat.proctor"))),
    );
    this.#composer = new Composer(query(root, "form[data-action=chat]", HTMLFormElement));
    this.#thread.put(this.#read(JSON.parse(dataset(root, "chat"))), { areNew: false });
    this.#render();
  }

  /**
   * Takes an event as a message brings it; others than chat are none of its business.
   * @param {SessionEvent} event
   */
  add(event) {
    const [news] = this.#thread.put(this.#read([event]));
    this.#render();
    if (!news) return;
    const words = this.#options.say("chat.wrote", { text: news.text });
    query(this.#root, "#announcements", HTMLElement).textContent = words;
    if (this.#isShown && !document.hidden) this.#wasRead();
  }

  /** Reads all anew: whatever was written while the console was away is in it. */
  async refresh() {
    const { events } = await getJson(`${this.#options.api}/chat`);
    this.#thread.put(this.#read(events));
    this.#render();
  }

  /** @param {boolean} isShown whether the reader sees it */
  showing(isShown) {
    this.#isShown = isShown;
    if (!isShown) return;
    this.#view.toEnd();
    this.#wasRead();
  }

  focus() {
    this.#composer.focus();
  }

  /** @param {{unread_chat: boolean}} session another proctor may have read it meanwhile, here or elsewhere */
  update({ unread_chat: isUnread }) {
    this.#isWaiting = isUnread;
    // The server may note a message as unread just after we have told it that we read it.
    if (isUnread && this.#isShown && !document.hidden) return this.#wasRead();
    this.#render();
  }

  close() {
    this.#composer.close();
  }

  #wasRead() {
    if (this.#thread.unread > 0 || this.#isWaiting) void this.#markRead.run({});
    this.#thread.read();
    this.#isWaiting = false;
    this.#render();
  }

  /**
   * @param {SessionEvent[]} events
   * @returns {Message[]}
   */
  #read(events) {
    return events.filter(isMessage).map((event) => ({
      id: event.id,
      from: event.source === "candidate" ? "candidate" : "proctor",
      text: event.message ?? "",
      sentAt: event.received_at,
      by: typeof event.payload.by === "string" ? event.payload.by : undefined,
      stage: this.#stageOf(event),
    }));
  }

  /** @param {SessionEvent} event */
  #stageOf(event) {
    const stage = deliveryStage(event);
    return stage === null ? undefined : this.#options.say(`delivery.${stage}`);
  }

  #render() {
    const messages = this.#thread.inOrder;
    this.#view.show(messages);
    query(this.#root, "#chat-empty", HTMLElement).hidden = messages.length > 0;
    const badge = query(this.#root, "#chat-unread", HTMLElement);
    const { unread } = this.#thread;
    badge.hidden = unread === 0 && !this.#isWaiting;
    // What waits may have come before this page was opened: then nobody here knows how much it is.
    badge.textContent = unread ? this.#options.say("chat.unread", { count: unread }) : this.#options.say("chat.waiting");
  }
}

/** @param {SessionEvent} event */
function isMessage(event) {
  if (!TYPES.includes(event.event_type) || !event.message) return false;
  return event.source === "candidate" || Boolean(event.delivery);
}
