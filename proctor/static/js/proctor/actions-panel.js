/** The forms of a proctor's actions: sends them, and says beside each what became of it. */

import { query } from "../lib/dom.js";
import { Action } from "./action.js";
import { isLive } from "./session-model.js";

/** @typedef {import("./session-model.js").Session} Session */

/** Routes that take no `action_id`; releasing twice is the same as once. */
const WITHOUT_ID = new Set(["release"]);
const RESULT_SHOWN_MS = 8_000;

export class ActionsPanel {
  /** @type {Map<HTMLElement, ReturnType<typeof setTimeout>>} */
  #timers = new Map();
  #listening = new AbortController();
  #root;
  #say;

  /**
   * @param {HTMLElement} root holds the forms and the dialogs
   * @param {object} options
   * @param {string} options.sessionId
   * @param {string} options.csrfToken
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {(name: string, fields: Record<string, unknown>) => void} [options.onDone]
   */
  constructor(root, { sessionId, csrfToken, say, onDone = () => {} }) {
    this.#root = root;
    this.#say = say;
    const base = `/api/proctor/sessions/${encodeURIComponent(sessionId)}`;
    for (const form of root.querySelectorAll("form")) {
      const name = form.dataset.action;
      if (!name) continue;
      const action = new Action(`${base}/${name}`, { csrfToken, hasId: !WITHOUT_ID.has(name) });
      this.#on(form, "submit", (event) => {
        event.preventDefault();
        void this.#send(form, name, action, onDone);
      });
    }
    this.#wireDialogs();
    this.#wireTemplates();
    this.#open();
  }

  /**
   * Offers what the session's state allows.
   * @param {Session} session
   */
  update(session) {
    this.#form("pause").hidden = session.status === "paused";
    this.#form("resume").hidden = session.status !== "paused";
    this.#enable("pause", session.status === "in_progress");
    this.#enable("extend", isLive(session) && session.clock.remaining_ms !== null);
    if (isLive(session)) return;
    for (const dialog of this.#root.querySelectorAll("dialog[data-live-only]")) {
      if (dialog instanceof HTMLDialogElement) dialog.close();
    }
  }

  close() {
    this.#listening.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  /**
   * @param {HTMLFormElement} form
   * @param {string} name
   * @param {Action} action
   * @param {(name: string, fields: Record<string, unknown>) => void} onDone
   */
  async #send(form, name, action, onDone) {
    const button = query(form, "[type=submit]", HTMLButtonElement);
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    this.#resultOf(form).textContent = "";
    const fields = { ...readFields(form), ...this.#words(form) };
    const outcome = await action.run(fields);
    button.removeAttribute("aria-busy");
    const result = this.#resultOf(form);
    if (!outcome.ok) return this.#tell(result, "bad", this.#say(`failed.${outcome.reason}`, { detail: outcome.detail }));
    form.reset();
    if (form.hasAttribute("data-with-words")) this.#wordsField.value = "";
    form.closest("dialog")?.close();
    // A dialog is gone with its answer in it, so the answer goes to the row that opened it.
    const shown = form.closest("dialog") ? this.#rowResult : result;
    this.#tell(shown, "ok", this.#say(`done.${name}`));
    onDone(name, fields);
  }

  /**
   * What the candidate is told with it, from the field that several actions share.
   * @param {HTMLFormElement} form
   */
  #words(form) {
    const message = form.hasAttribute("data-with-words") ? this.#wordsField.value.trim() : "";
    return message ? { message } : {};
  }

  get #wordsField() {
    return query(this.#root, "#action-words", HTMLInputElement);
  }

  /** @param {HTMLFormElement} form */
  #resultOf(form) {
    const own = form.querySelector("[data-result]");
    return own instanceof HTMLElement ? own : this.#rowResult;
  }

  get #rowResult() {
    return query(this.#root, "#row-result", HTMLElement);
  }

  /**
   * @param {HTMLElement} element
   * @param {"ok" | "bad"} tone
   * @param {string} words
   */
  #tell(element, tone, words) {
    clearTimeout(this.#timers.get(element));
    element.dataset.tone = tone;
    element.textContent = words;
    if (tone === "bad") return;
    this.#timers.set(element, setTimeout(() => (element.textContent = ""), RESULT_SHOWN_MS));
  }

  /** The page comes with its buttons disabled: before now, a press would have lost what was written. */
  #open() {
    for (const button of this.#root.querySelectorAll("[data-action] [type=submit], [data-opens]")) {
      if (button instanceof HTMLButtonElement) button.disabled = false;
    }
  }

  #wireDialogs() {
    for (const opener of this.#root.querySelectorAll("[data-opens]")) {
      const dialog = query(this.#root, `#${opener.getAttribute("data-opens")}`, HTMLDialogElement);
      this.#on(opener, "click", () => dialog.showModal());
      this.#on(query(dialog, "[data-closes]", HTMLElement), "click", () => dialog.close());
    }
  }

  #wireTemplates() {
    const select = query(this.#root, "#warn-template", HTMLSelectElement);
    const message = query(this.#root, "#warn-message", HTMLTextAreaElement);
    this.#on(select, "change", () => {
      if (!select.value) return;
      message.value = select.value;
      message.focus();
    });
  }

  /** @param {string} name */
  #form(name) {
    return query(this.#root, `form[data-action=${name}]`, HTMLFormElement);
  }

  /**
   * @param {string} name
   * @param {boolean} isPossible
   */
  #enable(name, isPossible) {
    for (const control of this.#form(name).elements) {
      if (control instanceof HTMLButtonElement || control instanceof HTMLInputElement) control.disabled = !isPossible;
    }
  }

  /**
   * @param {Element} element
   * @param {string} type
   * @param {(event: Event) => void} listener
   */
  #on(element, type, listener) {
    element.addEventListener(type, listener, { signal: this.#listening.signal });
  }
}

/**
 * What was filled in; a field that is empty is one that was not given.
 * @param {HTMLFormElement} form
 * @returns {Record<string, string | number>}
 */
function readFields(form) {
  const entries = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
  const given = entries.filter(([, text]) => text !== "");
  return Object.fromEntries(given.map(([name, text]) => [name, name === "minutes" ? Number(text) : text]));
}
