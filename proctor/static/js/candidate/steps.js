/** The way from consent to Start: which step is open, and which may be. */

export class Steps {
  #names;
  #mayOpen;
  #onChange;
  #current;

  /**
   * @param {string[]} names in order
   * @param {object} options
   * @param {Record<string, () => boolean>} options.mayOpen by step; one that is not named may always be opened
   * @param {(current: string, names: string[]) => void} options.onChange
   */
  constructor(names, { mayOpen, onChange }) {
    this.#names = names;
    this.#mayOpen = mayOpen;
    this.#onChange = onChange;
    this.#current = names[0] ?? "";
  }

  get current() {
    return this.#current;
  }

  /**
   * Open a step. Every step before it must allow the one that follows.
   * @param {string} name
   * @returns {boolean} whether it is open now
   */
  go(name) {
    const index = this.#names.indexOf(name);
    const way = this.#names.slice(0, index + 1);
    if (index < 0 || !way.every((step) => this.#mayOpen[step]?.() ?? true)) return false;
    this.#current = name;
    this.#onChange(name, this.#names);
    return true;
  }
}
