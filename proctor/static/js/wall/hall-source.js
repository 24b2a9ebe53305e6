/** Keeps the hall's list of sessions current from the HTTP API: at the start, after a lost connection, page by page. */

import { readLive, readPage } from "../proctor/session-source.js";

/** @typedef {import("../proctor/session-model.js").Filters} Filters */

/**
 * @typedef {object} SourceOptions
 * @property {import("../proctor/session-list.js").SessionList} list
 * @property {{values: Filters, needsPage: boolean}} filters
 * @property {() => Promise<void>} refreshFlags
 * @property {() => void} onRead
 * @property {() => void} onFailure it is tried again
 * @property {typeof import("../lib/http.js").getJson} [get]
 */

const TRY_AGAIN_MS = 5_000;

export class HallSource {
  /** @type {string | null} */
  #nextCursor = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #again;
  #options;

  /** @param {SourceOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** Whether there are more of those that have ended. */
  get hasMore() {
    return this.#nextCursor !== null;
  }

  /** Reads all anew. Messages keep it current from then on. */
  readAll() {
    return this.#load([() => this.#readLive(), () => this.#readEnded(), () => this.#readFlags()]);
  }

  /** Reads what other filters ask for: live sessions are known. */
  readFiltered() {
    return this.#load([() => this.#readEnded()]);
  }

  /** Reads the next page of those that have ended. */
  async readMore() {
    const { list, filters, get, onRead } = this.#options;
    const mark = list.mark();
    const page = await readPage(filters.values, this.#nextCursor, get);
    list.putPage(page.sessions, mark);
    this.#nextCursor = page.next_cursor;
    onRead();
  }

  close() {
    clearTimeout(this.#again);
  }

  /** @param {(() => Promise<void>)[]} readers */
  async #load(readers) {
    clearTimeout(this.#again);
    try {
      await Promise.all(readers.map((read) => read()));
      this.#options.onRead();
    } catch (error) {
      console.warn("The list was not loaded", error);
      this.#options.onFailure();
      this.#again = setTimeout(() => void this.readAll(), TRY_AGAIN_MS);
    }
  }

  async #readLive() {
    const { list, get } = this.#options;
    const mark = list.mark();
    const { sessions, isComplete } = await readLive(get);
    list.putPage(sessions, mark);
    if (isComplete) list.keepOnlyLive(sessions, mark);
  }

  async #readEnded() {
    const { list, filters, get } = this.#options;
    const wanted = filters.values;
    const mark = list.mark();
    const page = filters.needsPage ? await readPage(wanted, null, get) : null;
    // Somebody went on typing: the answer to what they wrote last is on its way.
    if (wanted !== filters.values) return;
    if (page) list.putPage(page.sessions, mark);
    this.#nextCursor = page?.next_cursor ?? null;
  }

  /** Flags are for those who see candidates live; others have none to read. */
  async #readFlags() {
    await this.#options.refreshFlags().catch((error) => {
      if (error.status !== 403) throw error;
    });
  }
}
