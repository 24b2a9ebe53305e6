/** Keeps the screen on during the exam: a phone that goes to sleep switches its camera off. */

export class Awake {
  #abort = new AbortController();
  /** @type {WakeLockSentinel | undefined} */
  #lock;
  #document;
  #wakeLock;

  /** @param {{document: Document, wakeLock: WakeLock | undefined}} browser */
  constructor({ document, wakeLock }) {
    this.#document = document;
    this.#wakeLock = wakeLock;
    // The browser lets go whenever the page is hidden.
    document.addEventListener("visibilitychange", () => void this.#hold(), { signal: this.#abort.signal });
    void this.#hold();
  }

  close() {
    this.#abort.abort();
    void this.#lock?.release();
  }

  async #hold() {
    if (this.#document.visibilityState !== "visible") return;
    try {
      this.#lock = await this.#wakeLock?.request("screen");
    } catch {
      // A low battery or an old browser: the exam goes on, the screen may dim.
    }
  }
}
