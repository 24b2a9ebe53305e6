/** How the hall is shown: as a wall of tiles or as a list, and how large tiles are. The wish stays in this browser. */

/** @typedef {"wall" | "list"} View */
/** @typedef {"small" | "medium" | "large"} TileSize */

const KEYS = { view: "proctor.hall-view", size: "proctor.tile-size" };
/** @type {{view: View[], size: TileSize[]}} */
const KNOWN = { view: ["wall", "list"], size: ["small", "medium", "large"] };

export class HallView {
  /** @type {View} */
  view;
  /** @type {TileSize} */
  size;
  #listening = new AbortController();
  #storage;

  /**
   * @param {HTMLElement} root holds radio buttons named `view` and `size`
   * @param {object} options
   * @param {Pick<Storage, "getItem" | "setItem"> | null} options.storage
   * @param {View} options.first as the address or the server says
   * @param {boolean} options.isForced whether the address says it
   * @param {() => void} options.onChange
   */
  constructor(root, { storage, first, isForced, onChange }) {
    this.#storage = storage;
    const wish = /** @type {View} */ (this.#wish("view"));
    this.view = isForced || !wish ? first : wish;
    this.size = /** @type {TileSize} */ (this.#wish("size") || "medium");
    for (const box of root.querySelectorAll("input[type=radio]")) {
      if (!(box instanceof HTMLInputElement)) continue;
      box.checked = box.value === (box.name === "view" ? this.view : this.size);
      box.addEventListener("change", () => this.#changed(box, onChange), { signal: this.#listening.signal });
    }
  }

  close() {
    this.#listening.abort();
  }

  /**
   * @param {HTMLInputElement} box
   * @param {() => void} onChange
   */
  #changed(box, onChange) {
    if (box.name === "view") this.view = /** @type {View} */ (box.value);
    else this.size = /** @type {TileSize} */ (box.value);
    this.#storage?.setItem(KEYS[box.name === "view" ? "view" : "size"], box.value);
    onChange();
  }

  /** @param {"view" | "size"} name */
  #wish(name) {
    const known = /** @type {string[]} */ (KNOWN[name]);
    const wish = this.#storage?.getItem(KEYS[name]) ?? "";
    return known.includes(wish) ? wish : "";
  }
}
