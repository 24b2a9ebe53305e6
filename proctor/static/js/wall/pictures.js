/** Asks the server for the pictures of the tiles that can be seen, and for no others. Knows no tile. */

/** @typedef {Pick<import("../live/link.js").Link, "on" | "onState" | "request" | "state">} Talks */
/** @typedef {{session_id: string, image: string, taken_at: string}} Picture */

/** Scrolling moves many tiles in and out of sight. */
const PAUSE_MS = 150;
/** The server takes no more in one message. */
const MOST = 1_200;

export class Pictures {
  /** @type {Map<Element, string>} */
  #ids = new Map();
  /** @type {Set<Element>} */
  #inView = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #askSoon;
  #listening = new AbortController();
  #stopListening;
  #observer;
  #channel;
  #page;
  #onAllowed;

  /**
   * @param {Talks} channel the `/proctor` namespace
   * @param {object} options
   * @param {(picture: Picture) => void} options.onPicture
   * @param {(id: string, isInView: boolean) => void} options.onView
   * @param {(isAllowed: boolean) => void} options.onAllowed whether the server shows us pictures at all
   * @param {typeof globalThis.IntersectionObserver} options.IntersectionObserver
   * @param {Pick<Document, "hidden" | "addEventListener">} options.page
   */
  constructor(channel, { onPicture, onView, onAllowed, IntersectionObserver, page }) {
    this.#channel = channel;
    this.#page = page;
    this.#onAllowed = onAllowed;
    this.#observer = new IntersectionObserver((entries) => this.#moved(entries, onView), { rootMargin: "120px" });
    this.#stopListening = [
      channel.on("snapshot", onPicture),
      channel.onState((state) => state === "online" && this.#soon()),
    ];
    page.addEventListener("visibilitychange", () => this.#soon(), { signal: this.#listening.signal });
  }

  /**
   * @param {Element} element
   * @param {string} id of its session
   */
  observe(element, id) {
    this.#ids.set(element, id);
    this.#observer.observe(element);
  }

  /** @param {Element} element */
  unobserve(element) {
    this.#observer.unobserve(element);
    this.#ids.delete(element);
    if (this.#inView.delete(element)) this.#soon();
  }

  close() {
    clearTimeout(this.#askSoon);
    this.#listening.abort();
    this.#observer.disconnect();
    for (const stop of this.#stopListening) stop();
  }

  /**
   * @param {IntersectionObserverEntry[]} entries
   * @param {(id: string, isInView: boolean) => void} onView
   */
  #moved(entries, onView) {
    for (const { target, isIntersecting } of entries) {
      const id = this.#ids.get(target);
      if (id === undefined) continue;
      if (isIntersecting) this.#inView.add(target);
      else this.#inView.delete(target);
      onView(id, isIntersecting);
    }
    this.#soon();
  }

  #soon() {
    this.#askSoon ??= setTimeout(() => void this.#ask(), PAUSE_MS);
  }

  async #ask() {
    this.#askSoon = undefined;
    if (this.#channel.state !== "online") return;
    const seen = this.#page.hidden ? [] : [...this.#inView].map((element) => this.#ids.get(element) ?? "");
    try {
      await this.#channel.request("wall", { session_ids: seen.slice(0, MOST) });
      this.#onAllowed(true);
    } catch (error) {
      const { status } = /** @type {import("../live/link.js").ChannelError} */ (error);
      if (status === 403) this.#onAllowed(false);
      else if (status === 429 || status === 503) this.#askSoon ??= setTimeout(() => void this.#ask(), 3_000);
    }
  }
}
