/** The candidate's own Finish: asks first, because it cannot be taken back. */

import { byId, query } from "../lib/dom.js";

export class FinishDialog {
  #button = byId("finish-button", HTMLButtonElement);
  #dialog = byId("finish-dialog", HTMLDialogElement);
  #confirm = byId("finish-confirm", HTMLButtonElement);
  #problem = byId("finish-problem", HTMLElement);
  #abort = new AbortController();
  #finish;
  #problemText;

  /**
   * @param {() => Promise<unknown>} finish tells the server; what follows comes from there
   * @param {string} problemText what to say when that fails
   */
  constructor(finish, problemText) {
    this.#finish = finish;
    this.#problemText = problemText;
    const { signal } = this.#abort;
    this.#button.addEventListener("click", () => this.#ask(), { signal });
    this.#confirm.addEventListener("click", () => void this.#confirmed(), { signal });
    byId("finish-cancel", HTMLButtonElement).addEventListener("click", () => this.#dialog.close(), { signal });
    this.#button.hidden = false;
  }

  close() {
    this.#abort.abort();
    this.#dialog.close();
    this.#button.hidden = true;
  }

  #ask() {
    this.#problem.hidden = true;
    this.#dialog.showModal();
    query(this.#dialog, "#finish-cancel", HTMLButtonElement).focus();
  }

  async #confirmed() {
    this.#confirm.setAttribute("aria-busy", "true");
    this.#confirm.disabled = true;
    try {
      await this.#finish();
    } catch {
      this.#problem.textContent = this.#problemText;
      this.#problem.hidden = false;
    } finally {
      this.#confirm.removeAttribute("aria-busy");
      this.#confirm.disabled = false;
    }
  }
}
