/** What each key does on the review page, and when it is meant for something else. */

/** @typedef {"toggle" | "back" | "forward" | "previous" | "next" | "slower" | "faster" | "zoom_in" | "zoom_out" | "whole" | "bookmark" | "note" | "verdict" | "help"} Command */

const MEMORY = "proctor.review-keys";

/** @type {Record<string, Command>} */
const COMMANDS = {
  " ": "toggle",
  ArrowLeft: "back",
  ArrowRight: "forward",
  "Shift+ArrowLeft": "previous",
  "Shift+ArrowRight": "next",
  j: "next",
  k: "previous",
  ",": "slower",
  ".": "faster",
  "+": "zoom_in",
  "-": "zoom_out",
  0: "whole",
  b: "bookmark",
  n: "note",
  v: "verdict",
  "?": "help",
};
const WRITES = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
/** What takes the space bar for itself, and what arrows move. */
const PRESSES = "button, a, summary, [role=button], input, video[controls]";
const MOVES = "input[type=radio], select, video[controls]";

/**
 * The command of a key press; `null` where it is somebody's writing, the browser's own or nobody's.
 * @param {Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey" | "target" | "defaultPrevented">} press
 * @param {boolean} [areCharactersOn] whether letters, digits and signs are commands too
 * @returns {Command | null}
 */
export function commandOf(press, areCharactersOn = true) {
  if (press.defaultPrevented || press.ctrlKey || press.altKey || press.metaKey) return null;
  if (!areCharactersOn && press.key.length === 1 && press.key !== " ") return null;
  const isArrow = press.key.startsWith("Arrow");
  const command = COMMANDS[press.shiftKey && isArrow ? `Shift+${press.key}` : lower(press.key)] ?? null;
  if (command === null || within(press.target, WRITES) || within(press.target, "dialog")) return null;
  if (press.key === " " && within(press.target, PRESSES)) return null;
  return isArrow && within(press.target, MOVES) ? null : command;
}

/** @param {string} key */
function lower(key) {
  return key.length === 1 ? key.toLowerCase() : key;
}

/**
 * @param {EventTarget | null} target
 * @param {string} selector
 */
function within(target, selector) {
  const element = /** @type {Partial<Element> | null} */ (target);
  return Boolean(element?.closest?.(selector));
}

/**
 * Whether letters, digits and signs are commands: who speaks to the computer, or meets keys by accident, does without
 * them. The wish is kept in this browser.
 */
export class CharacterKeys {
  #listening = new AbortController();
  #box;

  /**
   * @param {HTMLInputElement} box that switches them on and off
   * @param {Pick<Storage, "getItem" | "setItem"> | null} storage `null` where the browser keeps nothing for us
   */
  constructor(box, storage) {
    this.#box = box;
    box.checked = storage?.getItem(MEMORY) !== "off";
    const remember = () => storage?.setItem(MEMORY, box.checked ? "on" : "off");
    box.addEventListener("change", remember, { signal: this.#listening.signal });
  }

  get areOn() {
    return this.#box.checked;
  }

  close() {
    this.#listening.abort();
  }
}
