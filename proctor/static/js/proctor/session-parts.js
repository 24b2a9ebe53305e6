/** What stands beside the picture of a session, in tabs: chat, evidence, score, and the keys that lead to them. */

import { dataset, query } from "../lib/dom.js";
import { ChatPanel } from "./chat-panel.js";
import { EvidencePanel } from "./evidence-panel.js";
import { HandoverPanel } from "./handover-panel.js";
import { Menu } from "./menu.js";
import { RecordingProgress } from "./recording-progress.js";
import { ScorePanel } from "./score-panel.js";
import { Shortcuts } from "./shortcuts.js";
import { StageTools } from "./stage-tools.js";
import { Tabs } from "./tabs.js";

/** @typedef {import("./session-model.js").Session} Session */
/** @typedef {import("./record.js").SessionEvent} SessionEvent */

/** Events after which something new is kept. */
const BRINGS_EVIDENCE = new Set(["room_scan_done", "identity_photo_done"]);

export class SessionParts {
  #listening = new AbortController();
  #root;
  #options;
  #chat;
  #evidence;
  #score;
  #handover;
  #tools;
  #tabs;
  #shortcuts;
  #menu;
  #recorded;
  #hadHand = false;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   * @param {string} options.sessionId
   * @param {string} options.csrfToken
   * @param {import("./server-time.js").ServerTime} options.serverTime
   * @param {Pick<import("../live/link.js").Link, "on">} options.channel
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    this.#chat = new ChatPanel(root, options);
    this.#evidence = new EvidencePanel(root, options);
    this.#score = new ScorePanel(root, { ...options, words: JSON.parse(dataset(root, "eventWords")) });
    this.#handover = new HandoverPanel(root, { ...options, own: dataset(root, "own") });
    this.#tools = new StageTools(query(root, "#stage", HTMLElement), options.say);
    this.#tabs = new Tabs(query(root, "#panels", HTMLElement), (name) => this.#chosen(name));
    this.#menu = new Menu(query(root, "#more", HTMLDetailsElement));
    this.#recorded = new RecordingProgress(query(root, "#recorded", HTMLElement), options);
    this.#shortcuts = new Shortcuts(this.#keys());
    const { signal } = this.#listening;
    this.#opener("bookmark").addEventListener("click", () => this.#markMoment(), { signal });
  }

  /** @param {Session} session */
  update(session) {
    this.#chat.update(session);
    this.#handover.update(session);
    query(this.#root, "#hand", HTMLElement).hidden = !session.hand_raised;
    if (session.hand_raised && !this.#hadHand) {
      query(this.#root, "#announcements", HTMLElement).textContent = this.#options.say("hand.raised");
    }
    this.#hadHand = session.hand_raised;
    void this.#score.refresh().catch(() => {});
  }

  /** @param {SessionEvent} event as a message brings it */
  add(event) {
    this.#chat.add(event);
    if (BRINGS_EVIDENCE.has(event.event_type)) void this.#evidence.refresh().catch(() => {});
  }

  /** Reads anew what may have changed while this console was away. */
  async refresh() {
    await Promise.all([this.#chat.refresh(), this.#evidence.refresh(), this.#score.refresh(), this.#recorded.refresh()]);
  }

  /** @param {{email: string}[]} people who watch this session */
  showWatching(people) {
    this.#handover.showWatching(people);
  }

  /** @param {import("../live/quality.js").Quality | null} quality */
  showQuality(quality) {
    this.#tools.showQuality(quality);
  }

  close() {
    this.#listening.abort();
    const parts = [this.#chat, this.#evidence, this.#handover, this.#tools, this.#tabs, this.#menu, this.#shortcuts];
    this.#recorded.close();
    for (const part of parts) part.close();
  }

  /** @param {string} name of the tab */
  #chosen(name) {
    this.#chat.showing(name === "chat");
    void this.#score.showing(name === "score").catch(() => {});
  }

  /** The moment is when the proctor reached for the bookmark, not when they had found words for it. */
  #markMoment() {
    query(this.#root, "#bookmark-at", HTMLInputElement).value = this.#options.serverTime.now;
  }

  /** @returns {Record<string, () => void>} */
  #keys() {
    const focus = (/** @type {string} */ id) => () => query(this.#root, id, HTMLElement).focus();
    return {
      b: () => this.#opener("bookmark").click(),
      c: () => (this.#tabs.select("chat"), this.#chat.focus()),
      w: focus("#warn-message"),
      n: focus("#note-text"),
      r: () => this.#openTab("record"),
      e: () => this.#openTab("evidence"),
      s: () => this.#openTab("score"),
      l: () => this.#tools.turnOver(),
      m: () => query(this.#root, "#sound", HTMLButtonElement).click(),
      "?": () => this.#opener("shortcuts").click(),
    };
  }

  /** @param {string} name */
  #openTab(name) {
    this.#tabs.select(name);
    query(this.#root, `#tab-${name}`, HTMLElement).focus();
  }

  /** @param {string} name */
  #opener(name) {
    return query(this.#root, `[data-opens=${name}-dialog]`, HTMLButtonElement);
  }
}
