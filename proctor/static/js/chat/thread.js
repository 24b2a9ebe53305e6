/** What two people wrote to each other: each message once, in the order in which the server got them. Pure. */

/**
 * @typedef {object} Message
 * @property {string} id
 * @property {"candidate" | "proctor"} from
 * @property {string} text
 * @property {string | null} sentAt by the server's clock; `null` while it is on its way to the server
 * @property {string} [by] which proctor wrote it, where the reader may know
 * @property {string} [stage] how far it has come, in a word
 */

/** Beyond every time; text is compared as languages order it, which puts signs before digits. */
const LAST = "9999";

export class Thread {
  /** @type {Map<string, Message>} */
  #messages = new Map();
  /** @type {Set<string>} */
  #unread = new Set();
  #own;

  /** @param {Message["from"]} own who reads this: what they wrote themselves is never unread */
  constructor(own) {
    this.#own = own;
  }

  /**
   * Takes messages as they come, live or from a page of the API. One that is known is replaced: it may have come further.
   * @param {Message[]} messages
   * @param {{areNew?: boolean}} [options] whether the reader has not seen those that are unknown so far
   * @returns {Message[]} those of the other side that were not known
   */
  put(messages, { areNew = true } = {}) {
    const news = messages.filter(({ id, from }) => from !== this.#own && !this.#messages.has(id));
    for (const message of messages) this.#keep(message);
    if (areNew) for (const { id } of news) this.#unread.add(id);
    return news;
  }

  /**
   * Takes a message that was certainly not seen yet, even where a page of the API has brought it already.
   * @param {Message} message
   */
  arrived(message) {
    this.put([message]);
    if (message.from !== this.#own) this.#unread.add(message.id);
  }

  /** Everything was seen. */
  read() {
    this.#unread.clear();
  }

  get unread() {
    return this.#unread.size;
  }

  /** @returns {Message[]} oldest first; what is still on its way comes last */
  get inOrder() {
    const messages = [...this.#messages.values()];
    return messages.sort((one, other) => orderOf(one).localeCompare(orderOf(other)));
  }

  /** @param {Message} message */
  #keep(message) {
    const known = this.#messages.get(message.id);
    // A message that the server has does not go back on its way because an older answer was slow.
    if (known?.sentAt && !message.sentAt) return;
    this.#messages.set(message.id, { ...known, ...message });
  }
}

/** @param {Message} message */
function orderOf({ sentAt }) {
  return sentAt ?? LAST;
}
