/** The record beside the picture: what is known, what comes live, and earlier pages on request. */

import { dataset, query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { SessionRecord } from "./record.js";
import { RecordView } from "./record-view.js";

/** @typedef {import("./record.js").SessionEvent} SessionEvent */

const PAGE_SIZE = 200;
/** What a page can show without getting slow, however fast events come. Who goes back gets as much more as they read. */
const MOST_SHOWN = 300;
/** What a proctor did themselves is answered beside its button; hearing it again would only be noise. */
const TONES_SPOKEN = new Set(["bad", "warn"]);

export class RecordPanel {
  #record = new SessionRecord(MOST_SHOWN);
  #listening = new AbortController();
  /** @type {string | null} */
  #cursor = null;
  #hasAskedEarlier = false;
  #hasLetGo = false;
  #isReading = false;
  #api;
  #root;
  #view;
  #tones;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   */
  constructor(root, { say, api }) {
    this.#api = api;
    this.#root = root;
    /** @type {Record<string, [string, string]>} */
    const events = JSON.parse(dataset(root, "eventWords"));
    this.#tones = events;
    const list = query(root, "#record", HTMLOListElement);
    this.#view = new RecordView(list, query(document, "#event-item", HTMLTemplateElement), {
      events,
      sources: JSON.parse(dataset(root, "sourceWords")),
      endings: JSON.parse(dataset(root, "endedWords")),
      say,
    });
    this.#earlier.addEventListener("click", () => void this.#showEarlier(), { signal: this.#listening.signal });
    this.#put(JSON.parse(dataset(root, "events")));
  }

  /** @param {SessionEvent} event */
  add(event) {
    const isNew = !this.#record.has(event.id);
    this.#put([event]);
    if (isNew && TONES_SPOKEN.has(this.#tones[event.event_type]?.[1] ?? "")) {
      query(this.#root, "#announcements", HTMLElement).textContent = this.#view.spoken(event);
    }
  }

  /** Reads the newest page anew: whatever happened while the console was away is in it. */
  async refresh() {
    const page = await this.#read(null);
    const isBeyond = !page.events.some(({ id }) => this.#record.has(id));
    // More has happened than fits on a page: what lies between is asked for like what is earlier.
    if (!this.#hasAskedEarlier || isBeyond) this.#cursor = page.next_cursor;
    this.#put(page.events);
  }

  close() {
    this.#listening.abort();
  }

  async #showEarlier() {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#record.widen(PAGE_SIZE);
    try {
      const page = await this.#readEarlier();
      this.#hasAskedEarlier = true;
      this.#hasLetGo = false;
      this.#cursor = page.next_cursor;
      this.#put(page.events);
    } catch (error) {
      this.#record.widen(-PAGE_SIZE);
      console.warn("Earlier events were not read", error);
    } finally {
      this.#isReading = false;
    }
  }

  /** The next page that has something new: after some were let go of, the way back begins at the newest. */
  async #readEarlier() {
    let page = await this.#read(this.#cursor);
    while (page.next_cursor !== null && page.events.every(({ id }) => this.#record.has(id))) {
      page = await this.#read(page.next_cursor);
    }
    return page;
  }

  /** @param {SessionEvent[]} events */
  #put(events) {
    if (this.#record.put(events)) {
      this.#hasLetGo = true;
      this.#cursor = null;
    }
    this.#render();
  }

  /**
   * @param {string | null} cursor
   * @returns {Promise<{events: SessionEvent[], next_cursor: string | null}>}
   */
  #read(cursor) {
    const wanted = new URLSearchParams({ order: "newest", limit: String(PAGE_SIZE), ...(cursor ? { cursor } : {}) });
    return getJson(`${this.#api}/events?${wanted}`);
  }

  get #earlier() {
    return query(this.#root, "#earlier button", HTMLButtonElement);
  }

  #render() {
    const events = this.#record.newestFirst;
    this.#view.show(events);
    query(this.#root, "#record-empty", HTMLElement).hidden = events.length > 0;
    query(this.#root, "#earlier", HTMLElement).hidden = this.#cursor === null && !this.#hasLetGo;
  }
}
