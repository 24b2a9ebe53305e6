/** The record beside the picture: what is known, what comes live, and earlier pages on request. */

import { dataset, query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { SessionRecord } from "./record.js";
import { RecordView } from "./record-view.js";

/** @typedef {import("./record.js").SessionEvent} SessionEvent */

const PAGE_SIZE = 200;
/** What a proctor did themselves is answered beside its button; hearing it again would only be noise. */
const TONES_SPOKEN = new Set(["bad", "warn"]);

export class RecordPanel {
  #record = new SessionRecord();
  #listening = new AbortController();
  /** @type {string | null} */
  #cursor = null;
  #hasAskedEarlier = false;
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
    this.#record.put(JSON.parse(dataset(root, "events")));
    this.#render();
  }

  /** @param {SessionEvent} event */
  add(event) {
    const isNew = !this.#record.has(event.id);
    this.#record.put([event]);
    this.#render();
    if (isNew && TONES_SPOKEN.has(this.#tones[event.event_type]?.[1] ?? "")) {
      query(this.#root, "#announcements", HTMLElement).textContent = this.#view.spoken(event);
    }
  }

  /** Reads the newest page anew: whatever happened while the console was away is in it. */
  async refresh() {
    const page = await this.#read(null);
    this.#record.put(page.events);
    if (!this.#hasAskedEarlier) this.#cursor = page.next_cursor;
    this.#render();
  }

  close() {
    this.#listening.abort();
  }

  async #showEarlier() {
    try {
      const page = await this.#read(this.#cursor);
      this.#hasAskedEarlier = true;
      this.#cursor = page.next_cursor;
      this.#record.put(page.events);
      this.#render();
    } catch (error) {
      console.warn("Earlier events were not read", error);
    }
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
    query(this.#root, "#earlier", HTMLElement).hidden = this.#cursor === null;
  }
}
