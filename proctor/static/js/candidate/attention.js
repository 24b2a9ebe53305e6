/**
 * Whether the candidate is with the page: in sight, in focus, in fullscreen. A click into the exam's frame blurs this
 * window although nobody left: `document.hasFocus()` stays true then, because the frame is part of the document. It
 * is also the only way to learn that the candidate went from the frame to another program, since this window gets no
 * second blur event. So the state is read, on every hint and twice a second, and events are never believed.
 */

/** @typedef {{isVisible: boolean, isFocused: boolean, isFullscreen: boolean}} Attention */
/** @typedef {Pick<Document, "visibilityState" | "hasFocus" | "fullscreenElement">} Readable */

const EVERY_MS = 500;

/**
 * @param {Readable} page
 * @returns {Attention}
 */
export function readAttention(page) {
  return {
    isVisible: page.visibilityState === "visible",
    isFocused: page.hasFocus(),
    isFullscreen: page.fullscreenElement !== null && page.fullscreenElement !== undefined,
  };
}

/**
 * The event types that tell the difference between two readings.
 * @param {Attention} before
 * @param {Attention} after
 * @returns {string[]}
 */
export function changes(before, after) {
  /** @type {[boolean, boolean, string, string][]} */
  const pairs = [
    [before.isVisible, after.isVisible, "tab_hidden", "tab_visible"],
    [before.isFocused, after.isFocused, "window_blur", "window_focus"],
    [before.isFullscreen, after.isFullscreen, "fullscreen_exit", "fullscreen_enter"],
  ];
  return pairs.filter(([was, is]) => was !== is).map(([was, , lost, back]) => (was ? lost : back));
}

/**
 * What to assume after a reload or a crash: nobody could tell that they came back, so that is told now.
 * @param {Pick<Document, "fullscreenEnabled">} page
 * @returns {Attention}
 */
export function awayBefore(page) {
  return { isVisible: false, isFocused: false, isFullscreen: page.fullscreenEnabled };
}

export class AttentionWatch {
  /** @type {Attention} */
  #last;
  #abort = new AbortController();
  #timer;
  #document;
  #onChange;

  /**
   * @param {object} browser
   * @param {Document} browser.document
   * @param {Window} browser.window
   * @param {(eventType: string) => void} onChange
   * @param {Attention} [before] what was last known; told at once where it is different now
   */
  constructor({ document, window }, onChange, before = readAttention(document)) {
    this.#document = document;
    this.#onChange = onChange;
    this.#last = before;
    const hint = () => this.#look();
    const { signal } = this.#abort;
    for (const name of ["blur", "focus"]) window.addEventListener(name, hint, { signal });
    for (const name of ["visibilitychange", "fullscreenchange"]) document.addEventListener(name, hint, { signal });
    // A page that is reloaded is hidden on its way out; that is the connection's story, not the candidate's.
    window.addEventListener("pagehide", () => this.close(), { signal });
    this.#timer = setInterval(hint, EVERY_MS);
    this.#look();
  }

  close() {
    this.#abort.abort();
    clearInterval(this.#timer);
  }

  #look() {
    const now = readAttention(this.#document);
    const before = this.#last;
    this.#last = now;
    for (const eventType of changes(before, now)) this.#onChange(eventType);
  }
}
