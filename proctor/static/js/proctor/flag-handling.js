/** What a proctor makes of a flag: acknowledged at once, dismissed with a reason that a dialog asks for. */

import { query } from "../lib/dom.js";
import { Action } from "./action.js";

/** @typedef {import("./flag-model.js").Flag} Flag */

/**
 * @typedef {object} HandlingOptions
 * @property {import("../lib/dom.js").Messages} say
 * @property {(flagId: string) => string} api address of the flag in the HTTP API
 * @property {string} csrfToken
 * @property {(flag: Flag, button: HTMLButtonElement) => void} onHandled
 */

export class FlagHandling {
  #listening = new AbortController();
  /** @type {Map<string, Action>} one for each flag and what can be made of it, so that a retry keeps its id */
  #actions = new Map();
  /** @type {string | null} which flag the open dialog is about */
  #asked = null;
  #root;
  #options;

  /**
   * @param {HTMLElement} root holds the list `#flags`, the dialog and a place for results
   * @param {HandlingOptions} options
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    const { signal } = this.#listening;
    query(root, "#flags", HTMLOListElement).addEventListener("click", (event) => this.#clicked(event), { signal });
    this.#form.addEventListener("submit", (event) => this.#submitted(event), { signal });
    query(this.#dialog, "[data-closes]", HTMLElement).addEventListener("click", () => this.#dialog.close(), { signal });
  }

  close() {
    this.#listening.abort();
  }

  /** @param {Event} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const id = button?.closest("li")?.dataset.flagId;
    if (!button || !id) return;
    if (button.dataset.flagAction === "acknowledged") void this.#handle(id, "acknowledge", {}, button);
    else this.#ask(id);
  }

  /** @param {string} id */
  #ask(id) {
    if (this.#asked !== id) this.#form.reset();
    this.#asked = id;
    this.#result(this.#dialog).textContent = "";
    this.#dialog.showModal();
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    event.preventDefault();
    const reason = query(this.#form, "[name=reason]", HTMLTextAreaElement).value.trim();
    const button = query(this.#form, "[type=submit]", HTMLButtonElement);
    if (this.#asked && reason) void this.#handle(this.#asked, "dismiss", { reason }, button);
  }

  /**
   * @param {string} id
   * @param {"acknowledge" | "dismiss"} name
   * @param {Record<string, string>} fields
   * @param {HTMLButtonElement} button
   */
  async #handle(id, name, fields, button) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const outcome = await this.#action(id, name).run(fields);
    button.removeAttribute("aria-busy");
    const result = this.#result(name === "dismiss" ? this.#dialog : this.#root);
    result.dataset.tone = outcome.ok ? "ok" : "bad";
    result.textContent = outcome.ok ? "" : this.#options.say(`failed.${outcome.reason}`, { detail: outcome.detail });
    if (!outcome.ok) return;
    if (name === "dismiss") this.#form.reset();
    this.#dialog.close();
    this.#options.onHandled(outcome.answer, button);
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  #action(id, name) {
    const key = `${id} ${name}`;
    const { api, csrfToken } = this.#options;
    const known = this.#actions.get(key) ?? new Action(`${api(id)}/${name}`, { csrfToken });
    this.#actions.set(key, known);
    return known;
  }

  /** @param {HTMLElement} holder */
  #result(holder) {
    return query(holder, "[data-flag-result]", HTMLElement);
  }

  get #dialog() {
    return query(this.#root, "#dismiss-dialog", HTMLDialogElement);
  }

  get #form() {
    return query(this.#dialog, "form", HTMLFormElement);
  }
}
