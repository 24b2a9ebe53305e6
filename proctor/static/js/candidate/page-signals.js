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

/** @type {Record<string, string>} */
const ACTIONS = { copy: "copy", cut: "cut", paste: "paste", contextmenu: "context_menu" };
const EVERY_MS = 2000;
/** Held-down keys repeat; one event tells as much as thirty. */
const SAME_AGAIN_MS = 1000;
/** Developer tools take at least so much of a window; toolbars and scaling take less. */
const TOOLS_PX = 200;

export class PageSignals {
  #abort = new AbortController();
  #timer;
  #browser;
  #report;
  #isExtended = false;
  #areToolsOpen = false;
  /** @type {Map<string, number>} */
  #told = new Map();

  /**
   * @param {Browser} browser
   * @param {Report} report
   */
  constructor(browser, report) {
    this.#browser = browser;
    this.#report = report;
    const { signal } = this.#abort;
    for (const [name, eventType] of Object.entries(ACTIONS)) {
      browser.document.addEventListener(name, (event) => this.#once(eventType, event.timeStamp), { signal });
    }
    browser.window.addEventListener("beforeprint", (event) => this.#once("print", event.timeStamp), { signal });
    browser.window.addEventListener("pagehide", () => report("page_leave"), { signal });
    browser.window.addEventListener("resize", () => this.#lookForTools(), { signal });
    // Browsers that tell of a new display do so only with a permission that we do not ask for.
    this.#timer = setInterval(() => this.#lookForDisplays(), EVERY_MS);
    this.#lookForDisplays();
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

  #lookForDisplays() {
    const { isExtended = false } = /** @type {{isExtended?: boolean}} */ (this.#browser.screen);
    if (isExtended === this.#isExtended) return;
    this.#isExtended = isExtended;
    this.#report(isExtended ? "second_display" : "second_display_gone");
  }

  /** A weak signal: a side panel of the browser looks the same. */
  #lookForTools() {
    const { outerWidth, innerWidth, outerHeight, innerHeight } = this.#browser.window;
    const areOpen = outerWidth - innerWidth > TOOLS_PX || outerHeight - innerHeight > TOOLS_PX;
    if (areOpen === this.#areToolsOpen) return;
    this.#areToolsOpen = areOpen;
    if (areOpen) this.#report("devtools_suspected", { weak: true });
  }
}
