/** Which kinds of moments are shown: a box for each kind that there is. */

import { query } from "../lib/dom.js";
import { setText } from "../proctor/session-fields.js";

/** @typedef {import("./timeline-model.js").TimelineModel} TimelineModel */

export class KindFilter {
  #listening = new AbortController();
  #root;

  /**
   * @param {HTMLElement} root holds one box for each kind
   * @param {(kinds: string[]) => void} onChange
   */
  constructor(root, onChange) {
    this.#root = root;
    root.addEventListener("change", () => onChange(this.#chosen), { signal: this.#listening.signal });
  }

  /** @param {TimelineModel} model */
  show(model) {
    for (const [kind, count] of Object.entries(model.counts)) {
      const label = query(this.#root, `[data-kind=${kind}]`, HTMLElement);
      label.hidden = count === 0;
      query(label, "input", HTMLInputElement).checked = model.isShown(kind);
      setText(query(label, "[data-field=count]", HTMLElement), String(count));
    }
  }

  close() {
    this.#listening.abort();
  }

  get #chosen() {
    return [...this.#root.querySelectorAll("input:checked")].map((box) => /** @type {HTMLInputElement} */ (box).value);
  }
}
