/** Says on every page of the console that a session was handed over to its reader, with the way there. */

import { fill, query } from "../lib/dom.js";

/** @typedef {{session_id: string, candidate_identifier: string, by: string, message: string | null}} Told */

export class HandoverNotice {
  #listening = new AbortController();
  #root;

  /**
   * @param {HTMLElement} root holds the notices, and the template of one
   * @param {Pick<import("../live/link.js").Link, "on">} channel
   */
  constructor(root, channel) {
    this.#root = root;
    this.#listening.signal.addEventListener("abort", channel.on("handed_over", (told) => this.#show(told)));
  }

  close() {
    this.#listening.abort();
  }

  /** @param {Told} told */
  #show({ session_id: id, candidate_identifier: candidate, by, message }) {
    const template = query(this.#root, "template", HTMLTemplateElement);
    const made = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const banner = query(made, ".banner", HTMLElement);
    const title = query(banner, "[data-field=title]", HTMLElement);
    title.textContent = fill(title.dataset.words ?? "", { by, candidate });
    const words = query(banner, "[data-field=message]", HTMLElement);
    words.textContent = message ?? "";
    words.hidden = !message;
    query(banner, "a", HTMLAnchorElement).href = `/proctor/session/${encodeURIComponent(id)}`;
    query(banner, "button", HTMLButtonElement).addEventListener("click", () => banner.remove());
    query(this.#root, "[role=status]", HTMLElement).append(banner);
  }
}
