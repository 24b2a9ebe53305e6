/** A `<details>` that is a menu of buttons: it closes after a choice, on Escape, and when something else is pressed. */

export class Menu {
  #listening = new AbortController();
  #details;

  /**
   * @param {HTMLDetailsElement} details
   * @param {Pick<Document, "addEventListener">} [doc]
   */
  constructor(details, doc = document) {
    this.#details = details;
    const { signal } = this.#listening;
    details.addEventListener("click", (event) => this.#chosen(event), { signal });
    details.addEventListener("keydown", (event) => event.key === "Escape" && this.#leave(), { signal });
    doc.addEventListener("pointerdown", (event) => this.#pressed(event.target), { signal });
  }

  close() {
    this.#listening.abort();
  }

  /** @param {Event} event */
  #chosen({ target }) {
    if (target instanceof Element && target.closest("button")) this.#details.open = false;
  }

  #leave() {
    if (!this.#details.open) return;
    this.#details.open = false;
    this.#details.querySelector("summary")?.focus();
  }

  /** @param {EventTarget | null} target */
  #pressed(target) {
    if (target instanceof Node && !this.#details.contains(target)) this.#details.open = false;
  }
}
