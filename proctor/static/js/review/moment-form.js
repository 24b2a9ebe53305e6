/** A note or a bookmark at the playhead. */

import { query } from "../lib/dom.js";
import { Action } from "../proctor/action.js";
import { setText } from "../proctor/session-fields.js";
import { formatPosition } from "./zoom.js";

/** As many characters as the server takes as the name of a bookmark. */
const LONGEST_NAME = 200;

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
    query(root, "#add-bookmark", HTMLButtonElement).addEventListener("click", () => void this.#bookmarkNamed(), { signal });
    for (const button of root.querySelectorAll("button")) button.disabled = false;
  }

  /** Goes to the field of the note. */
  focus() {
    this.#field.focus();
  }

  /** Sets a bookmark without a name where the playhead is. What is being written stays a note to be. */
  async bookmark() {
    await this.#send(this.#bookmark, { at: this.#at }, "moment.bookmarked");
  }

  /** Shows where it would be put. */
  render() {
    setText(query(this.#root, "#moment-position", HTMLElement), formatPosition(this.#options.atS()));
  }

  close() {
    this.#listening.abort();
  }

  /** Sets a bookmark called as the field says, if it says anything. */
  async #bookmarkNamed() {
    const label = this.#field.value.trim();
    if (label.length > LONGEST_NAME) return this.#say("bad", this.#options.say("moment.long_name", { count: LONGEST_NAME }));
    await this.#send(this.#bookmark, label ? { at: this.#at, label } : { at: this.#at }, "moment.bookmarked", label);
  }

  async #save() {
    const note = this.#field.value.trim();
    if (!note) return this.focus();
    const atS = Math.round(10 * this.#options.atS()) / 10;
    await this.#send(this.#note, { note, timestamp_sec: atS }, "moment.noted", note);
  }

  /**
   * @param {Action} action
   * @param {Record<string, unknown>} fields
   * @param {string} done
   * @param {string} [taken] what the field said and is kept with it
   */
  async #send(action, fields, done, taken = "") {
    const { say, onDone } = this.#options;
    const outcome = await action.run(fields);
    if (!outcome.ok) return this.#say("bad", say(`failed.${outcome.reason}`, { detail: outcome.detail }));
    this.#say("ok", say(done));
    // Somebody may be writing on meanwhile.
    if (taken && this.#field.value.trim() === taken) this.#form.reset();
    onDone();
  }

  /**
   * @param {"ok" | "bad"} tone
   * @param {string} words
   */
  #say(tone, words) {
    const result = query(this.#root, "[data-result]", HTMLElement);
    result.dataset.tone = tone;
    setText(result, words);
  }

  /** The moment that the playhead is at. */
  get #at() {
    return new Date(Date.parse(this.#options.startsAt) + Math.round(1000 * this.#options.atS())).toISOString();
  }

  get #form() {
    return query(this.#root, "form", HTMLFormElement);
  }

  get #field() {
    return query(this.#root, "#moment-text", HTMLTextAreaElement);
  }
}
