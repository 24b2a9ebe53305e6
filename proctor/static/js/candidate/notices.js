/** Banners between the bar and the exam. Each has a key, so that one thing is said once and can be taken back. */

import { byId, query } from "../lib/dom.js";

/**
 * @typedef {object} Notice
 * @property {"info" | "ok" | "warn" | "bad"} tone
 * @property {string} title
 * @property {string} text
 * @property {{label: string, press: () => void}} [button]
 */

export class Notices {
  /** @type {Map<string, HTMLElement>} */
  #shown = new Map();
  #holder = byId("notices", HTMLElement);
  #template = byId("notice-template", HTMLTemplateElement);
  #announcer = byId("announcer", HTMLElement);

  /**
   * Show a notice, or change the one with this key.
   * @param {string} key
   * @param {Notice} notice
   */
  show(key, notice) {
    const banner = this.#banner(notice);
    const old = this.#shown.get(key);
    if (old) old.replaceWith(banner);
    else this.#holder.append(banner);
    this.#shown.set(key, banner);
    this.announce(`${notice.title}. ${notice.text}`);
  }

  /** @param {string} key */
  clear(key) {
    this.#shown.get(key)?.remove();
    this.#shown.delete(key);
  }

  clearAll() {
    for (const key of [...this.#shown.keys()]) this.clear(key);
  }

  /**
   * Say something to those who listen rather than look.
   * @param {string} words
   */
  announce(words) {
    this.#announcer.textContent = words;
  }

  /** @param {Notice} notice */
  #banner({ tone, title, text, button }) {
    const copy = /** @type {DocumentFragment} */ (this.#template.content.cloneNode(true));
    const banner = query(copy, ".banner", HTMLElement);
    banner.classList.add(`banner--${tone}`);
    query(banner, ".banner__title", HTMLElement).textContent = title;
    query(banner, ".banner__text", HTMLElement).textContent = text;
    if (button) query(banner, ".banner__actions", HTMLElement).append(pressable(button));
    return banner;
  }
}

/** @param {{label: string, press: () => void}} button */
function pressable({ label, press }) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button button--small";
  element.textContent = label;
  element.addEventListener("click", press);
  return element;
}
