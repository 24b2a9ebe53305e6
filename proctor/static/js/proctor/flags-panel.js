/** The flags of a session beside its picture: what they are, how long they last, and what a proctor makes of them. */

import { dataset, query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { Action } from "./action.js";
import { FlagList } from "./flag-model.js";
import { FlagView } from "./flag-view.js";

/** @typedef {import("./flag-model.js").Flag} Flag */

export class FlagsPanel {
  #flags = new FlagList();
  #listening = new AbortController();
  /** @type {Map<string, Action>} one for each flag and what can be made of it, so that a retry keeps its id */
  #actions = new Map();
  /** @type {string | null} which flag the open dialog is about */
  #asked = null;
  #root;
  #options;
  #view;
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
    const { signal } = this.#listening;
    query(root, "#flags", HTMLOListElement).addEventListener("click", (event) => this.#clicked(event), { signal });
    this.#form.addEventListener("submit", (event) => this.#submitted(event), { signal });
    query(this.#dialog, "[data-closes]", HTMLElement).addEventListener("click", () => this.#dialog.close(), { signal });
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
    this.#listening.abort();
    clearInterval(this.#ticking);
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
    this.#flags.put([outcome.answer]);
    this.#render();
    // The button that was pressed is gone: the flag is handled.
    if (button.hidden || !button.offsetParent) query(this.#root, "#flags-title", HTMLElement).focus();
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  #action(id, name) {
    const key = `${id} ${name}`;
    const { api, csrfToken } = this.#options;
    const known = this.#actions.get(key) ?? new Action(`${api}/flags/${encodeURIComponent(id)}/${name}`, { csrfToken });
    this.#actions.set(key, known);
    return known;
  }

  #render() {
    const flags = this.#flags.byNeed;
    this.#view.show(flags);
    query(this.#root, "#flags-empty", HTMLElement).hidden = flags.length > 0;
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
