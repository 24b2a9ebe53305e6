/** What the watch over one exam must know again after a reload: the candidate's usual look, and what was open. */

/** @typedef {import("./pose.js").Look} Look */
/** @typedef {Pick<Storage, "getItem" | "setItem">} Keeps */
/** @typedef {{neutral: Look | null, open: Record<string, string[]>}} Kept */

export class WatchMemory {
  /** @type {Kept} */
  #kept;
  #key;
  #storage;

  /**
   * @param {string} handle of the exam
   * @param {Keeps} storage
   */
  constructor(handle, storage) {
    this.#key = `proctor.watch.${handle}`;
    this.#storage = storage;
    this.#kept = { neutral: null, open: {}, ...read(storage.getItem(this.#key)) };
  }

  get neutral() {
    return this.#kept.neutral;
  }

  /** @param {Look | null} neutral */
  set neutral(neutral) {
    this.#kept.neutral = neutral;
    this.#write();
  }

  /**
   * The start events of one detector that are still without their end.
   * @param {string} detector
   * @returns {string[]}
   */
  open(detector) {
    return this.#kept.open[detector] ?? [];
  }

  /**
   * @param {string} detector
   * @param {string[]} open
   */
  setOpen(detector, open) {
    this.#kept.open[detector] = open;
    this.#write();
  }

  #write() {
    this.#storage.setItem(this.#key, JSON.stringify(this.#kept));
  }
}

/**
 * @param {string | null} text
 * @returns {Partial<Kept>}
 */
function read(text) {
  try {
    return JSON.parse(text ?? "{}");
  } catch {
    // Somebody else wrote there; then nothing is known.
    return {};
  }
}
