/** Tabs over panels (ARIA Authoring Practices, tabs): arrow keys move, Home and End jump, one panel is shown. */

import { query } from "../lib/dom.js";

export class Tabs {
  #listening = new AbortController();
  /** @type {HTMLButtonElement[]} */
  #tabs;
  #root;
  #onSelect;

  /**
   * @param {HTMLElement} root holds the tabs, each with `data-tab`, and their panels
   * @param {(name: string) => void} [onSelect] called whenever a tab is chosen
   */
  constructor(root, onSelect = () => {}) {
    this.#root = root;
    this.#onSelect = onSelect;
    this.#tabs = [...query(root, "[role=tablist]", HTMLElement).querySelectorAll("button")];
    const { signal } = this.#listening;
    for (const tab of this.#tabs) {
      tab.disabled = false;
      tab.addEventListener("click", () => this.select(tab.dataset.tab ?? ""), { signal });
      tab.addEventListener("keydown", (event) => this.#pressed(event, tab), { signal });
    }
  }

  get selected() {
    return this.#tabs.find((tab) => tab.ariaSelected === "true")?.dataset.tab ?? "";
  }

  /** @param {string} name */
  select(name) {
    for (const tab of this.#tabs) {
      const isChosen = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      query(this.#root, `#${tab.getAttribute("aria-controls")}`, HTMLElement).hidden = !isChosen;
    }
    this.#onSelect(name);
  }

  close() {
    this.#listening.abort();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLButtonElement} tab
   */
  #pressed(event, tab) {
    const next = nextIndex(event.key, this.#tabs.indexOf(tab), this.#tabs.length);
    const chosen = next === null ? undefined : this.#tabs[next];
    if (!chosen) return;
    event.preventDefault();
    chosen.focus();
    this.select(chosen.dataset.tab ?? "");
  }
}

/**
 * Where a key leads in a row of so many; `null` for keys that lead nowhere.
 * @param {string} key
 * @param {number} index
 * @param {number} count
 */
export function nextIndex(key, index, count) {
  if (key === "ArrowRight") return (index + 1) % count;
  if (key === "ArrowLeft") return (index - 1 + count) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}
