/** Everything between candidate and proctor that wants a word or an answer: chat, a raised hand, requests. */

import { AnswerUpload } from "./answer-upload.js";
import { Chat } from "./chat.js";
import { Hand } from "./hand.js";
import { RequestView } from "./request-view.js";
import { KINDS, Requests } from "./requests.js";

/** @typedef {import("./action-inbox.js").Action} Action */
/** @typedef {import("./outbox-store.js").OutboxEvent} OutboxEvent */

/**
 * @typedef {object} TalkOptions
 * @property {string} handle
 * @property {string} csrfToken
 * @property {import("../lib/dom.js").Messages} text
 * @property {import("./media.js").Media} media
 * @property {import("./notices.js").Notices} notices
 * @property {import("./outbox.js").Outbox} outbox
 * @property {(id: string) => void} acknowledge
 */

export class ExamTalk {
  #options;
  #chat;
  #hand;
  #requests;

  /** @param {TalkOptions} options */
  constructor(options) {
    this.#options = options;
    const { text, notices, outbox } = options;
    this.#chat = new Chat({ ...options, onWrite: (message) => void this.#write(message) });
    this.#hand = new Hand({
      text,
      announce: (words) => notices.announce(words),
      report: (eventType) => void outbox.add(eventType),
    });
    this.#requests = this.#makeRequests();
  }

  /** @param {Action} action */
  act(action) {
    if (action.kind === "chat") this.#chat.arrived(action);
    // A word to the whole exam has a notice of its own, and stands in the chat afterwards.
    if (action.kind === "broadcast") this.#chat.noted(action);
    if (action.kind === "hand_lowered") this.#hand.lowered();
    if (KINDS.includes(action.kind)) this.#requests.add(action);
  }

  /** @param {{hand_raised: boolean}} state */
  update(state) {
    this.#hand.update(state.hand_raised);
  }

  /** @param {OutboxEvent[]} events that the server has now */
  sent(events) {
    for (const event of events) if (event.event_type === "chat") this.#chat.written(event, { isThere: true });
  }

  /** Reads what was written while this page was away. */
  refresh() {
    this.#chat.refresh().catch((error) => console.info("The chat was not read", error));
  }

  close() {
    for (const part of [this.#chat, this.#hand, this.#requests]) part.close();
  }

  /** @param {string} message */
  async #write(message) {
    await this.#options.outbox.add("chat", undefined, { message, onKept: (event) => this.#chat.written(event) });
  }

  #makeRequests() {
    const { handle, csrfToken, text, media, notices, outbox, acknowledge } = this.#options;
    const view = new RequestView({
      take: () => void this.#requests.take(),
      send: () => void this.#requests.send(),
      again: () => this.#requests.again(),
      decline: () => this.#requests.decline(),
    });
    return new Requests({
      text,
      view,
      upload: new AnswerUpload(handle, csrfToken),
      stream: () => media.stream,
      report: (eventType, payload) => void outbox.add(eventType, payload),
      acknowledge,
      onDone: (key) => notices.announce(text(key)),
      browser: { MediaRecorder: globalThis.MediaRecorder },
    });
  }
}
