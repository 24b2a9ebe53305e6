/** What each key does on the review page, and when it is meant for something else. */

/** @typedef {"toggle" | "back" | "forward" | "previous" | "next" | "slower" | "faster" | "zoom_in" | "zoom_out" | "whole" | "bookmark" | "note" | "verdict" | "help"} Command */

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
 * @returns {Command | null}
 */
export function commandOf(press) {
  if (press.defaultPrevented || press.ctrlKey || press.altKey || press.metaKey) return null;
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
