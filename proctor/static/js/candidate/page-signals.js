/**
 * What the browser itself tells about the page: copying, printing, a second display, tools beside the page. These are
 * signals about our own page only; what happens inside the exam's frame is the exam app's.
 */

/** @typedef {(eventType: string, payload?: Record<string, unknown>) => void} Report */

/**
 * `isExtended` is newer than TypeScript's declarations, and only some browsers have it.
 * @typedef {object} Browser
 * @property {Document} document
 * @property {Window} window
 * @property {object} screen
 */

/** @typedef {Pick<import("../detect/memory.js").WatchMemory, "open" | "setOpen">} Remembers */

/** @type {Record<string, string>} */
const ACTIONS = { copy: "copy", cut: "cut", paste: "paste", contextmenu: "context_menu" };
const EVERY_MS = 2000;
/** Held-down keys repeat; one event tells as much as thirty. */
const SAME_AGAIN_MS = 1000;
/** @type {Record<string, string>} */
const ENDS = { second_display: "second_display_gone", devtools_suspected: "devtools_gone" };
/** Developer tools take at least so much of a window; toolbars and scaling take less. */
const TOOLS_PX = 200;

export class PageSignals {
  #abort = new AbortController();
  #timer;
  #browser;
  #report;
  #memory;
  /** @type {Set<string>} what was told to have begun */
  #open;
  /** @type {Set<string>} what the last look saw */
  #seen = new Set();
  /** @type {Map<string, number>} */
  #told = new Map();

  /**
   * @param {Browser} browser
   * @param {Report} report
   * @param {Remembers} memory what a page before a reload had told, so that this one can end it
   */
  constructor(browser, report, memory) {
    this.#browser = browser;
    this.#report = report;
    this.#memory = memory;
    this.#open = new Set(memory.open("page"));
    const { signal } = this.#abort;
    for (const [name, eventType] of Object.entries(ACTIONS)) {
      browser.document.addEventListener(name, (event) => this.#once(eventType, event.timeStamp), { signal });
    }
    browser.window.addEventListener("beforeprint", (event) => this.#once("print", event.timeStamp), { signal });
    browser.window.addEventListener("pagehide", () => report("page_leave"), { signal });
    // Browsers that tell of a new display do so only with a permission that we do not ask for.
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  close() {
    this.#abort.abort();
    clearInterval(this.#timer);
  }

  /**
   * @param {string} eventType
   * @param {number} at milliseconds
   */
  #once(eventType, at) {
    if (at - (this.#told.get(eventType) ?? -Infinity) < SAME_AGAIN_MS) return;
    this.#told.set(eventType, at);
    this.#report(eventType);
  }

  /** What two looks agree on is told: a window that is being resized passes through many shapes. */
  #look() {
    const { isExtended = false } = /** @type {{isExtended?: boolean}} */ (this.#browser.screen);
    const seen = new Set([...(isExtended ? ["second_display"] : []), ...(this.#areToolsOpen() ? ["devtools_suspected"] : [])]);
    for (const start of Object.keys(ENDS)) {
      const is = seen.has(start);
      if (is === this.#seen.has(start) && is !== this.#open.has(start)) this.#change(start, is);
    }
    this.#seen = seen;
  }

  /**
   * @param {string} start
   * @param {boolean} isOpen
   */
  #change(start, isOpen) {
    if (isOpen) this.#open.add(start);
    else this.#open.delete(start);
    this.#memory.setOpen("page", [...this.#open]);
    this.#report(isOpen ? start : (ENDS[start] ?? ""), start === "devtools_suspected" ? { weak: true } : undefined);
  }

  /**
   * A weak signal: a side panel of the browser looks the same. A page that is zoomed is smaller both ways, by about as
   * much; people who need that must not be suspected for it.
   */
  #areToolsOpen() {
    const { outerWidth, innerWidth, outerHeight, innerHeight } = this.#browser.window;
    const zoom = Math.max(1, Math.min(outerWidth / innerWidth, outerHeight / innerHeight));
    return outerWidth - innerWidth * zoom > TOOLS_PX || outerHeight - innerHeight * zoom > TOOLS_PX;
  }
}
