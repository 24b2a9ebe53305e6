/** The flags of a session beside its picture: what they are, how long they last, and what a proctor makes of them. */

import { dataset, query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { FlagHandling } from "./flag-handling.js";
import { FlagList } from "./flag-model.js";
import { FlagView } from "./flag-view.js";

/** @typedef {import("./flag-model.js").Flag} Flag */

export class FlagsPanel {
  #flags = new FlagList();
  #root;
  #options;
  #view;
  #handling;
  #ticking;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   * @param {string} options.csrfToken
   * @param {import("./server-time.js").ServerTime} options.serverTime
   * @param {() => void} options.onNews a flag was raised, or has become worse
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    this.#view = new FlagView({
      list: query(root, "#flags", HTMLOListElement),
      template: query(document, "#flag-item", HTMLTemplateElement),
      say: options.say,
      words: JSON.parse(dataset(root, "ruleWords")),
      serverTime: options.serverTime,
    });
    this.#handling = new FlagHandling(root, {
      ...options,
      api: (id) => `${options.api}/flags/${encodeURIComponent(id)}`,
      onHandled: (flag, button) => this.#handled(flag, button),
    });
    this.#ticking = setInterval(() => this.#view.tick(), 1_000);
    this.#flags.put(JSON.parse(dataset(root, "flags")));
    this.#render();
  }

  /** @param {Flag} flag as a message brings it */
  add(flag) {
    const [news] = this.#flags.put([flag]);
    this.#render();
    if (!news) return;
    query(this.#root, "#announcements", HTMLElement).textContent = this.#view.spoken(news);
    this.#options.onNews();
  }

  /** Reads all anew: whatever happened while the console was away is in it. */
  async refresh() {
    const { flags } = await getJson(`${this.#options.api}/flags`);
    this.#flags.put(flags);
    this.#render();
  }

  close() {
    this.#handling.close();
    clearInterval(this.#ticking);
  }

  /**
   * @param {Flag} flag
   * @param {HTMLButtonElement} button
   */
  #handled(flag, button) {
    this.#flags.put([flag]);
    this.#render();
    // The button that was pressed is gone: the flag is handled.
    if (button.hidden || !button.offsetParent) query(this.#root, "#flags-title", HTMLElement).focus();
  }

  #render() {
    const flags = this.#flags.byNeed;
    this.#view.show(flags);
    query(this.#root, "#flags-empty", HTMLElement).hidden = flags.length > 0;
  }
}
