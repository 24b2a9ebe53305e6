/** Single keys that do something on a page, except while somebody writes, and never with Ctrl, Alt or Meta. */

const WRITING = "input:not([type=checkbox], [type=range]), textarea, select, [contenteditable]";

export class Shortcuts {
  #listening = new AbortController();
  #actions;
  #doc;

  /**
   * @param {Record<string, () => void>} actions by key, as `KeyboardEvent.key` names it
   * @param {Pick<Document, "addEventListener" | "querySelector">} [doc]
   */
  constructor(actions, doc = document) {
    this.#actions = actions;
    this.#doc = doc;
    const listener = /** @type {EventListener} */ ((event) => this.#pressed(/** @type {KeyboardEvent} */ (event)));
    doc.addEventListener("keydown", listener, { signal: this.#listening.signal });
  }

  close() {
    this.#listening.abort();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const action = this.#actions[event.key];
    if (!action || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.defaultPrevented) return;
    const target = /** @type {Partial<Element> | null} */ (event.target);
    // A dialog has the keyboard to itself.
    if (target?.matches?.(WRITING) || this.#doc.querySelector("dialog[open]")) return;
    event.preventDefault();
    action();
  }
}
