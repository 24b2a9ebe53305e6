/** The verdict: what it is, how it came to be, and what this reviewer may make of it. */

import { query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { showLocalTime } from "../lib/times.js";
import { Action } from "../proctor/action.js";
import { setText } from "../proctor/session-fields.js";

/** @typedef {{id: string, from: string, to: string, by: string, at: string, comment: string | null}} Decision */
/** @typedef {{verdict: string, history: Decision[], possible: string[]}} Verdict */

export class VerdictPanel {
  #listening = new AbortController();
  #root;
  #options;
  #action;
  /** @type {Verdict} */
  #verdict;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   * @param {string} options.csrfToken
   * @param {Verdict} options.verdict
   * @param {Record<string, string>} options.words for each verdict
   * @param {(verdict: Verdict) => void} options.onChange
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    this.#verdict = options.verdict;
    this.#action = new Action(`${options.api}/verdict`, { csrfToken: options.csrfToken });
    const { signal } = this.#listening;
    this.#form.addEventListener("change", () => this.#showComment(), { signal });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#decide();
    }, { signal });
    this.show(options.verdict);
    for (const control of this.#form.elements) control.toggleAttribute("disabled", false);
  }

  /** @param {Verdict} verdict */
  show(verdict) {
    this.#verdict = verdict;
    const { possible, history } = verdict;
    this.#form.hidden = possible.length === 0;
    this.#form.reset();
    for (const choice of this.#form.querySelectorAll("[data-choice]")) {
      if (choice instanceof HTMLElement) choice.hidden = !possible.includes(choice.dataset.choice ?? "");
    }
    const only = possible.length === 1 ? possible[0] : null;
    if (only) query(this.#form, `input[value=${only}]`, HTMLInputElement).checked = true;
    query(this.#form, "fieldset", HTMLElement).hidden = isOnlyReopened(verdict);
    query(this.#root, "#verdict-barred", HTMLElement).hidden = !isBarred(verdict);
    query(this.#root, "#verdict-history", HTMLElement).replaceChildren(...history.map((one) => this.#item(one)));
    this.#showComment();
  }

  /** Goes to the choice. */
  focus() {
    const first = this.#form.querySelector("[data-choice]:not([hidden]) input");
    if (first instanceof HTMLElement && !this.#form.hidden) first.focus();
    else query(this.#root, "#verdict-title", HTMLElement).focus();
  }

  close() {
    this.#listening.abort();
  }

  #showComment() {
    const chosen = this.#chosen;
    const isReopening = chosen === "unreviewed";
    const { say } = this.#options;
    this.#comment.required = chosen !== null && chosen !== "clear";
    const label = isReopening ? "verdict.reason" : this.#comment.required ? "verdict.comment" : "verdict.comment_optional";
    setText(query(this.#form, "[data-field=comment-label]", HTMLElement), say(label));
    setText(query(this.#form, "[data-field=decide]", HTMLElement), say(isReopening ? "verdict.reopen" : "verdict.decide"));
  }

  async #decide() {
    const verdict = this.#chosen;
    const button = query(this.#form, "[type=submit]", HTMLButtonElement);
    if (!verdict) return this.focus();
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const comment = this.#comment.value.trim();
    const outcome = await this.#action.run({ verdict, seen: this.#verdict.history.length, ...(comment ? { comment } : {}) });
    button.removeAttribute("aria-busy");
    const { say, onChange } = this.#options;
    if (!outcome.ok) return this.#refused(outcome.reason, outcome.detail);
    this.show(outcome.answer);
    this.#say("ok", say(verdict === "unreviewed" ? "verdict.reopened" : "verdict.decided"));
    onChange(outcome.answer);
    query(this.#root, "#verdict-title", HTMLElement).focus();
  }

  /**
   * Somebody else may have decided meanwhile: then what they did is shown, and what was written stays.
   * @param {string} reason
   * @param {string} detail
   */
  async #refused(reason, detail) {
    this.#say("bad", this.#options.say(`failed.${reason}`, { detail }));
    if (reason !== "other") return;
    const written = this.#comment.value;
    try {
      const now = /** @type {Verdict} */ (await getJson(`${this.#options.api}/verdict`));
      if (now.history.length === this.#verdict.history.length) return;
      this.show(now);
      this.#comment.value = written;
      this.#options.onChange(now);
    } catch (error) {
      console.info("The verdict was not read anew", error);
    }
  }

  /** @param {Decision} decision */
  #item({ from, to, by, at, comment }) {
    const template = query(document, "#decision-item", HTMLTemplateElement);
    const item = /** @type {HTMLElement} */ (query(template.content, "li", HTMLElement).cloneNode(true));
    const reopened = to === "unreviewed";
    item.dataset.verdict = to;
    const { say, words } = this.#options;
    setText(field(item, "what"), reopened ? say("verdict.was_reopened", { verdict: words[from] ?? from }) : (words[to] ?? to));
    setText(field(item, "by"), by);
    setText(field(item, "comment"), comment ?? "");
    field(item, "comment").hidden = !comment;
    const time = query(item, "time", HTMLTimeElement);
    time.dateTime = at;
    showLocalTime(time);
    return item;
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

  get #chosen() {
    const value = new FormData(this.#form).get("verdict");
    return typeof value === "string" ? value : null;
  }

  get #form() {
    return query(this.#root, "form", HTMLFormElement);
  }

  get #comment() {
    return query(this.#form, "textarea", HTMLTextAreaElement);
  }
}

/**
 * Whether somebody else must decide, because this reviewer once asked for that.
 * @param {Verdict} verdict
 */
export function isBarred({ verdict, possible }) {
  if (verdict === "second_review") return possible.length === 0;
  return verdict === "unreviewed" && possible.length > 0 && !possible.includes("clear");
}

/**
 * Whether there is nothing to choose: then the button says what it does.
 * @param {Verdict} verdict
 */
export function isOnlyReopened({ possible }) {
  return possible.length === 1 && possible[0] === "unreviewed";
}

/**
 * @param {HTMLElement} item
 * @param {string} name
 */
function field(item, name) {
  return query(item, `[data-field=${name}]`, HTMLElement);
}
