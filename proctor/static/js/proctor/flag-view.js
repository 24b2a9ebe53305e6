/** Shows flags as a list. Items are kept, filled and moved, never rebuilt, so that focus stays. */

import { formatRemaining } from "../lib/clock.js";
import { query } from "../lib/dom.js";
import { showLocalTime } from "../lib/times.js";
import { isLasting } from "./flag-model.js";
import { setText } from "./session-fields.js";

/** @typedef {import("./flag-model.js").Flag} Flag */

/**
 * @typedef {object} FlagViewParts
 * @property {HTMLOListElement} list
 * @property {HTMLTemplateElement} template of an item
 * @property {import("../lib/dom.js").Messages} say
 * @property {Record<string, string>} words for the messages of the server's own rules
 * @property {import("./server-time.js").ServerTime} serverTime
 * @property {(item: HTMLLIElement, flag: Flag) => void} [fillMore] what this list shows beside
 */

export class FlagView {
  /** @type {Map<string, HTMLLIElement>} */
  #items = new Map();
  /** @type {Flag[]} */
  #shown = [];
  #parts;

  /** @param {FlagViewParts} parts */
  constructor(parts) {
    this.#parts = parts;
    for (const item of parts.list.querySelectorAll("li")) this.#items.set(item.dataset.flagId ?? "", item);
  }

  /**
   * Shows exactly these, in this order.
   * @param {Flag[]} flags
   */
  show(flags) {
    const focused = document.activeElement;
    const ids = new Set(flags.map((flag) => flag.id));
    for (const [id, item] of this.#items) if (!ids.has(id)) this.#remove(id, item);
    this.#shown = flags;
    flags.forEach((flag, index) => {
      const item = this.#itemOf(flag);
      const present = this.#parts.list.children[index] ?? null;
      if (present !== item) this.#parts.list.insertBefore(item, present);
      this.#fill(item, flag);
    });
    // Moving an item in the document takes the focus away from the button in it.
    const wasMoved = focused !== document.activeElement && focused instanceof HTMLElement && focused.isConnected;
    if (wasMoved) focused.focus({ preventScroll: true });
  }

  /** Moves the durations on. */
  tick() {
    for (const flag of this.#shown) if (isLasting(flag)) this.#fillDuration(this.#itemOf(flag), flag);
  }

  /**
   * The flag in one line, for those who listen.
   * @param {Flag} flag
   */
  spoken(flag) {
    return `${this.#severity(flag)}: ${this.#message(flag)}`;
  }

  /**
   * @param {string} id
   * @param {HTMLLIElement} item
   */
  #remove(id, item) {
    item.remove();
    this.#items.delete(id);
  }

  /** @param {Flag} flag */
  #itemOf(flag) {
    const known = this.#items.get(flag.id);
    if (known) return known;
    const { template } = this.#parts;
    const made = /** @type {HTMLLIElement} */ (query(template.content, "li", HTMLLIElement).cloneNode(true));
    made.dataset.flagId = flag.id;
    this.#items.set(flag.id, made);
    return made;
  }

  /**
   * @param {HTMLLIElement} item
   * @param {Flag} flag
   */
  #fill(item, flag) {
    item.dataset.state = flag.state;
    const severity = field(item, "severity");
    severity.dataset.severity = flag.severity;
    setText(severity, this.#severity(flag));
    setText(field(item, "message"), this.#message(flag));
    const began = query(item, "[data-field=began]", HTMLTimeElement);
    if (began.dateTime !== flag.began_at || !began.title) {
      began.dateTime = flag.began_at;
      showLocalTime(began);
    }
    this.#fillDuration(item, flag);
    setText(field(item, "confidence"), this.#confidence(flag));
    const handled = field(item, "handled");
    handled.hidden = flag.state === "open";
    setText(handled, this.#handled(flag));
    for (const button of item.querySelectorAll("button")) {
      button.hidden = button.dataset.flagAction === flag.state;
      button.setAttribute("aria-label", `${button.textContent?.trim()}: ${this.#message(flag)}`);
    }
    this.#fillPicture(item, flag);
    this.#parts.fillMore?.(item, flag);
  }

  /**
   * The picture that was taken when the flag was raised, where one is kept.
   * @param {HTMLLIElement} item
   * @param {Flag} flag
   */
  #fillPicture(item, { evidence: { snapshot } }) {
    const link = query(item, "[data-field=snapshot]", HTMLAnchorElement);
    link.hidden = snapshot === null;
    if (snapshot === null || link.getAttribute("href") === snapshot) return;
    link.href = snapshot;
    query(link, "img", HTMLImageElement).src = snapshot;
  }

  /**
   * @param {HTMLLIElement} item
   * @param {Flag} flag
   */
  #fillDuration(item, flag) {
    const { say, serverTime } = this.#parts;
    const words = isLasting(flag)
      ? say("flag.lasting", { time: serverTime.since(flag.began_at) })
      : say("flag.lasted", { time: formatRemaining(flag.lasted_ms ?? 0) });
    setText(field(item, "duration"), words);
  }

  /** @param {Flag} flag */
  #confidence({ evidence: { confidence } }) {
    return confidence === null ? "" : this.#parts.say("flag.confidence", { percent: Math.round(confidence * 100) });
  }

  /** @param {Flag} flag */
  #handled({ state, handled_by: by, reason }) {
    if (state !== "acknowledged" && state !== "dismissed") return "";
    const words = this.#parts.say(`flag.${state}`, { by: by ?? "" });
    return reason ? `${words}: ${reason}` : words;
  }

  /** @param {Flag} flag */
  #severity({ severity }) {
    return this.#parts.say(`severity.${severity}`);
  }

  /** @param {Flag} flag */
  #message({ message }) {
    return this.#parts.words[message] ?? message;
  }
}

/**
 * @param {HTMLElement} item
 * @param {string} name
 */
function field(item, name) {
  return query(item, `[data-field=${name}]`, HTMLElement);
}
