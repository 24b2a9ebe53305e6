/** The open flags of the whole hall, worst and latest first; whoever handles one here or elsewhere takes it away. */

import { query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { FlagHandling } from "../proctor/flag-handling.js";
import { byAlarm } from "../proctor/flag-model.js";
import { FlagView } from "../proctor/flag-view.js";
import { setText } from "../proctor/session-fields.js";
import { isLive } from "../proctor/session-model.js";

/** @typedef {import("../proctor/flag-model.js").Flag} Flag */
/** @typedef {import("../proctor/session-model.js").Session} Session */

/** Nobody reads further down, and each is an element that moves. */
const MOST_SHOWN = 50;
const RENDER_PAUSE_MS = 100;

export class FlagFeed {
  /** @type {Map<string, Flag>} */
  #open = new Map();
  /** @type {Set<string>} told by messages since the server was asked for all */
  #told = new Set();
  /** @type {Set<string>} sessions whose candidate is known by name */
  #named = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #renderSoon;
  #root;
  #list;
  #view;
  #handling;
  #say;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {Record<string, string>} options.words for the messages of the server's own rules
   * @param {string} options.csrfToken
   * @param {import("../proctor/session-list.js").SessionList} options.list
   * @param {import("../proctor/server-time.js").ServerTime} options.serverTime
   */
  constructor(root, { say, words, csrfToken, list, serverTime }) {
    this.#root = root;
    this.#say = say;
    this.#list = list;
    this.#view = new FlagView({
      list: query(root, "#flags", HTMLOListElement),
      template: query(document, "#feed-item", HTMLTemplateElement),
      say,
      words,
      serverTime,
      fillMore: (item, flag) => this.#fillCandidate(item, flag),
    });
    this.#handling = new FlagHandling(root, {
      say,
      csrfToken,
      api: (id) => `/api/proctor/sessions/${this.#open.get(id)?.session_id}/flags/${encodeURIComponent(id)}`,
      onHandled: (flag) => this.#handled(flag),
    });
  }

  /** @param {Flag} flag as a message brings it */
  add(flag) {
    this.#told.add(flag.id);
    this.#put(flag);
    this.#renderSoon ??= setTimeout(() => this.render(), RENDER_PAUSE_MS);
  }

  /** @param {Session} session as it is now: a feed that names it, or that should no longer, is shown anew */
  follow(session) {
    const isShown = [...this.#open.values()].some((flag) => flag.session_id === session.id);
    if (isShown && (!isLive(session) || !this.#named.has(session.id))) {
      this.#renderSoon ??= setTimeout(() => this.render(), RENDER_PAUSE_MS);
    }
  }

  /** Reads all anew: what happened while the console was away is in it. */
  async refresh() {
    this.#told.clear();
    /** @type {{flags: Flag[]}} */
    const { flags } = await getJson("/api/proctor/flags");
    for (const id of this.#open.keys()) if (!this.#told.has(id)) this.#open.delete(id);
    for (const flag of flags) if (!this.#told.has(flag.id)) this.#put(flag);
    this.render();
  }

  /** Shows what is open in sessions that go on. */
  render() {
    clearTimeout(this.#renderSoon);
    this.#renderSoon = undefined;
    const flags = [...this.#open.values()].filter((flag) => this.#goesOn(flag)).sort(byAlarm);
    this.#view.show(flags.slice(0, MOST_SHOWN));
    query(this.#root, "#flags-empty", HTMLElement).hidden = flags.length > 0;
    const count = query(this.#root, "#flags-count", HTMLElement);
    count.dataset.severity = flags[0]?.severity ?? "none";
    setText(count, String(flags.length));
  }

  tick() {
    this.#view.tick();
  }

  close() {
    clearTimeout(this.#renderSoon);
    this.#handling.close();
  }

  /** @param {Flag} flag */
  #put(flag) {
    if (flag.state === "open") this.#open.set(flag.id, flag);
    else this.#open.delete(flag.id);
  }

  /** @param {Flag} flag */
  #goesOn({ session_id: id }) {
    const session = this.#list.get(id);
    return session === null || isLive(session);
  }

  /** @param {Flag} flag */
  #handled(flag) {
    this.#told.add(flag.id);
    this.#put(flag);
    this.render();
    query(this.#root, "#flags-title", HTMLElement).focus();
  }

  /**
   * @param {HTMLLIElement} item
   * @param {Flag} flag
   */
  #fillCandidate(item, flag) {
    const session = this.#list.get(flag.session_id);
    const candidate = session?.candidate_identifier ?? "…";
    if (session) this.#named.add(session.id);
    const link = query(item, "[data-field=candidate]", HTMLAnchorElement);
    link.href = `/proctor/session/${encodeURIComponent(flag.session_id)}`;
    setText(link, this.#say("feed.open", { candidate }));
    setText(query(item, "[data-field=exam]", HTMLElement), session?.exam_code ?? "");
  }
}
