/** The search and the filters over the list: applied as they change, and kept in the page's address. */

import { query } from "../lib/dom.js";

/** @typedef {import("./session-model.js").Filters} Filters */

const TYPING_PAUSE_MS = 200;

export class ListFilters {
  /** @type {Filters} */
  values;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #form;
  #onChange;
  #listening = new AbortController();

  /**
   * @param {HTMLFormElement} form with fields `status`, `exam_code`, `flag` and `q`
   * @param {{onChange: () => void}} options
   */
  constructor(form, { onChange }) {
    this.#form = form;
    this.#onChange = onChange;
    this.values = this.#read();
    const { signal } = this.#listening;
    form.addEventListener("input", (event) => this.#typed(event), { signal });
    form.addEventListener("submit", (event) => this.#submitted(event), { signal });
    document.addEventListener("keydown", (event) => this.#shortcut(event), { signal });
  }

  /** Whether every live session is wanted, and nothing else. */
  get isDefault() {
    const { status, exam_code: examCode, q, flag } = this.values;
    return status === "live" && !examCode && !q && !flag;
  }

  /** Whether sessions are wanted that have ended: of these the server gives a page at a time. */
  get needsPage() {
    return !["live", "created", "joined", "in_progress", "paused"].includes(this.values.status);
  }

  clear() {
    query(this.#form, "[name=q]", HTMLInputElement).value = "";
    query(this.#form, "[name=status]", HTMLSelectElement).value = "live";
    query(this.#form, "[name=exam_code]", HTMLSelectElement).value = "";
    query(this.#form, "[name=flag]", HTMLSelectElement).value = "";
    this.#apply();
    query(this.#form, "[name=q]", HTMLInputElement).focus();
  }

  close() {
    clearTimeout(this.#timer);
    this.#listening.abort();
  }

  /** @param {Event} event */
  #typed(event) {
    clearTimeout(this.#timer);
    const isTyping = event.target instanceof HTMLInputElement;
    this.#timer = setTimeout(() => this.#apply(), isTyping ? TYPING_PAUSE_MS : 0);
  }

  /** @param {Event} event */
  #submitted(event) {
    event.preventDefault();
    clearTimeout(this.#timer);
    this.#apply();
  }

  /** @param {KeyboardEvent} event */
  #shortcut(event) {
    const isInField = event.target instanceof Element && event.target.matches("input, select, textarea");
    if (event.key !== "/" || isInField || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    query(this.#form, "[name=q]", HTMLInputElement).focus();
  }

  #apply() {
    this.values = this.#read();
    const { status, exam_code: examCode, q, flag = "" } = this.values;
    const address = new URL(location.href);
    for (const [name, value] of Object.entries({ status, exam_code: examCode, q, flag })) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(null, "", address);
    this.#onChange();
  }

  /** @returns {Filters} */
  #read() {
    const data = new FormData(this.#form);
    const text = (/** @type {string} */ name) => String(data.get(name) ?? "");
    return { status: text("status") || "live", exam_code: text("exam_code"), q: text("q"), flag: text("flag") };
  }
}
