/** Shows a chat as a list that stays at its end, unless the reader has scrolled up. Items are kept, never rebuilt. */

import { query } from "../lib/dom.js";
import { showLocalTime } from "../lib/times.js";

/** @typedef {import("./thread.js").Message} Message */

const AT_THE_END_PX = 40;

export class ThreadView {
  /** @type {Map<string, HTMLLIElement>} */
  #items = new Map();
  #list;
  #template;
  #who;

  /**
   * @param {HTMLOListElement} list
   * @param {HTMLTemplateElement} template of an item
   * @param {(message: Message) => string} who the writer, in words
   */
  constructor(list, template, who) {
    this.#list = list;
    this.#template = template;
    this.#who = who;
  }

  /** @param {Message[]} messages in order */
  show(messages) {
    const isAtEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < AT_THE_END_PX;
    messages.forEach((message, index) => {
      const item = this.#itemOf(message);
      const present = this.#list.children[index] ?? null;
      if (present !== item) this.#list.insertBefore(item, present);
      this.#fill(item, message);
    });
    if (isAtEnd) this.toEnd();
  }

  /** Shows the latest: also called when the list has just become visible. */
  toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  /** @param {Message} message */
  #itemOf({ id }) {
    const known = this.#items.get(id);
    if (known) return known;
    const made = /** @type {HTMLLIElement} */ (query(this.#template.content, "li", HTMLLIElement).cloneNode(true));
    made.dataset.messageId = id;
    this.#items.set(id, made);
    return made;
  }

  /**
   * @param {HTMLLIElement} item
   * @param {Message} message
   */
  #fill(item, message) {
    item.dataset.from = message.from;
    item.toggleAttribute("data-waiting", message.sentAt === null);
    setText(item, "who", this.#who(message));
    setText(item, "text", message.text);
    setText(item, "stage", message.stage ?? "");
    const time = query(item, "time", HTMLTimeElement);
    time.hidden = message.sentAt === null;
    if (message.sentAt === null || time.dateTime === message.sentAt) return;
    time.dateTime = message.sentAt;
    showLocalTime(time);
  }
}

/**
 * @param {HTMLElement} item
 * @param {string} field
 * @param {string} text
 */
function setText(item, field, text) {
  const element = query(item, `[data-field=${field}]`, HTMLElement);
  if (element.textContent !== text) element.textContent = text;
}
