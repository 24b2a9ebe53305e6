/** The field under a chat: Enter sends, Shift with Enter begins a new line, and nothing empty leaves. */

import { query } from "../lib/dom.js";

export class Composer {
  #listening = new AbortController();
  #field;

  /**
   * @param {HTMLFormElement} form
   * @param {(text: string) => void} [onSend] without it, the form's own `submit` goes on to whoever listens
   */
  constructor(form, onSend) {
    this.#field = query(form, "textarea", HTMLTextAreaElement);
    const { signal } = this.#listening;
    this.#field.addEventListener("keydown", (event) => this.#pressed(event, form), { signal });
    if (!onSend) return;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#field.value.trim();
      if (!text) return;
      this.#field.value = "";
      onSend(text);
    }, { signal });
  }

  focus() {
    this.#field.focus();
  }

  close() {
    this.#listening.abort();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLFormElement} form
   */
  #pressed(event, form) {
    // While an input method is composing, Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (this.#field.value.trim()) form.requestSubmit();
  }
}
