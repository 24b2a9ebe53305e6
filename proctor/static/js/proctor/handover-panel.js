/** Who looks after the session, who else watches it, and handing it over. */

import { query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { setText } from "./session-fields.js";

/** @typedef {{email: string}} Person */

export class HandoverPanel {
  #listening = new AbortController();
  #root;
  #options;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   * @param {string} options.sessionId
   * @param {string} options.own the reader's own address
   * @param {Pick<import("../live/link.js").Link, "on">} options.channel
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    const { signal } = this.#listening;
    const opener = query(root, "[data-opens=handover-dialog]", HTMLElement);
    opener.addEventListener("click", () => void this.#offer(), { signal });
    const stop = options.channel.on("watching", ({ session_id: id, watching }) => {
      if (id === options.sessionId) this.showWatching(watching);
    });
    signal.addEventListener("abort", stop);
  }

  /** @param {{assigned_to: string | null}} session */
  update({ assigned_to: assigned }) {
    const { say, own } = this.#options;
    setText(query(this.#root, "#assigned", HTMLElement), assigned === own ? say("assigned.you") : (assigned ?? say("assigned.nobody")));
  }

  /** @param {Person[]} people who watch, the reader among them */
  showWatching(people) {
    const { say, own } = this.#options;
    const others = people.map(({ email }) => email).filter((email) => email !== own);
    setText(query(this.#root, "#watching", HTMLElement), others.length ? others.join(", ") : say("watching.alone"));
  }

  close() {
    this.#listening.abort();
  }

  /** Fills the list when it is asked for: colleagues come and go. */
  async #offer() {
    const { say, api, own } = this.#options;
    const select = query(this.#root, "#handover-to", HTMLSelectElement);
    try {
      /** @type {{colleagues: Person[]}} */
      const { colleagues } = await getJson(`${api}/colleagues`);
      const others = colleagues.filter(({ email }) => email !== own);
      const you = colleagues.filter(({ email }) => email === own);
      select.replaceChildren(
        ...others.map(({ email }) => new Option(email, email)),
        ...you.map(({ email }) => new Option(say("handover.you", { email }), email)),
      );
    } catch (error) {
      console.warn("The colleagues were not read", error);
    }
  }
}
