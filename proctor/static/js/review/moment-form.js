/** A note or a bookmark at the playhead. */

import { query } from "../lib/dom.js";
import { Action } from "../proctor/action.js";
import { setText } from "../proctor/session-fields.js";
import { formatPosition } from "./zoom.js";

export class MomentForm {
  #listening = new AbortController();
  #root;
  #options;
  #note;
  #bookmark;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   * @param {string} options.csrfToken
   * @param {string} options.startsAt
   * @param {() => number} options.atS where the playhead is
   * @param {() => void} options.onDone
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    const { api, csrfToken } = options;
    this.#note = new Action(`${api}/notes`, { csrfToken });
    this.#bookmark = new Action(`${api}/bookmarks`, { csrfToken });
    const { signal } = this.#listening;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    }, { signal });
    query(root, "#add-bookmark", HTMLButtonElement).addEventListener("click", () => void this.bookmark(), { signal });
    for (const button of root.querySelectorAll("button")) button.disabled = false;
  }

  /** Goes to the field of the note. */
  focus() {
    this.#field.focus();
  }

  /** Sets a bookmark where the playhead is, called as the field says, if it says anything. */
  async bookmark() {
    const { atS, startsAt } = this.#options;
    const at = new Date(Date.parse(startsAt) + Math.round(1000 * atS())).toISOString();
    const label = this.#field.value.trim();
    await this.#send(this.#bookmark, label ? { at, label: label.slice(0, 200) } : { at }, "moment.bookmarked");
  }

  /** Shows where it would be put. */
  render() {
    setText(query(this.#root, "#moment-position", HTMLElement), formatPosition(this.#options.atS()));
  }

  close() {
    this.#listening.abort();
  }

  async #save() {
    const note = this.#field.value.trim();
    if (!note) return this.focus();
    await this.#send(this.#note, { note, timestamp_sec: Math.round(10 * this.#options.atS()) / 10 }, "moment.noted");
  }

  /**
   * @param {Action} action
   * @param {Record<string, unknown>} fields
   * @param {string} done
   */
  async #send(action, fields, done) {
    const { say, onDone } = this.#options;
    const outcome = await action.run(fields);
    const result = query(this.#root, "[data-result]", HTMLElement);
    result.dataset.tone = outcome.ok ? "ok" : "bad";
    setText(result, outcome.ok ? say(done) : say(`failed.${outcome.reason}`, { detail: outcome.detail }));
    if (!outcome.ok) return;
    this.#form.reset();
    onDone();
  }

  get #form() {
    return query(this.#root, "form", HTMLFormElement);
  }

  get #field() {
    return query(this.#root, "#moment-text", HTMLTextAreaElement);
  }
}
