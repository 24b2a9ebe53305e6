/** Every moment as a list: what the picture shows, for the keyboard and for those who do not see it. */

import { arrange, query } from "../lib/dom.js";
import { setText } from "../proctor/session-fields.js";
import { formatPosition } from "./zoom.js";

/** @typedef {import("./timeline-model.js").Entry} Entry */

/** More than anyone goes through; the filter and the record have the rest. */
const MOST_SHOWN = 2_000;

export class MarksList {
  #listening = new AbortController();
  /** @type {Map<string, HTMLElement>} */
  #items = new Map();
  /** @type {Entry[]} */
  #entries = [];
  /** @type {string | null} */
  #currentId = null;
  #list;
  #options;

  /**
   * @param {HTMLElement} list
   * @param {object} options
   * @param {HTMLTemplateElement} options.template of an item
   * @param {(entry: Entry) => string} options.nameOf
   * @param {(entry: Entry) => string} options.detailOf
   * @param {(severity: string) => string} options.severityOf
   * @param {(entry: Entry) => string | null} options.pictureOf where its kept picture is, if it has one
   * @param {(count: number) => string} options.leftOut
   * @param {(entry: Entry) => void} options.onJump
   */
  constructor(list, options) {
    this.#list = list;
    this.#options = options;
    const { signal } = this.#listening;
    list.addEventListener("click", (event) => this.#pressed(event), { signal });
    list.addEventListener("keydown", (event) => this.#moved(event), { signal });
  }

  /** @param {Entry[]} entries in time order */
  show(entries) {
    const left = this.#focused;
    this.#entries = entries.slice(0, MOST_SHOWN);
    this.#items = new Map(this.#entries.map((entry) => [entry.id, this.#itemOf(entry)]));
    const items = [...this.#items.values()];
    if (entries.length > MOST_SHOWN) {
      const rest = document.createElement("li");
      rest.className = "marks__rest soft";
      rest.textContent = this.#options.leftOut(entries.length - MOST_SHOWN);
      items.push(rest);
    }
    arrange(this.#list, items);
    const current = this.#currentId;
    this.#currentId = null;
    this.showCurrent(this.#items.has(current ?? "") ? current : null);
    if (left === null) return this.#reach(this.#button(this.#currentId ?? this.#entries[0]?.id ?? ""));
    // What is no longer in the list gives the focus to what took its place.
    const button = this.#button(left.id) ?? this.#button(this.#entries[Math.min(left.index, this.#entries.length - 1)]?.id ?? "");
    this.#reach(button);
    if (button !== this.#list.ownerDocument.activeElement) button?.focus();
  }

  /**
   * Marks the entry that the playhead has come to, and brings it into view where nobody is at the list.
   * @param {string | null} id
   */
  showCurrent(id) {
    if (id === this.#currentId) return;
    this.#button(this.#currentId ?? "")?.removeAttribute("aria-current");
    this.#currentId = id;
    const button = this.#button(id ?? "");
    button?.setAttribute("aria-current", "true");
    if (!button || this.#list.matches(":hover") || this.#list.contains(document.activeElement)) return;
    this.#reach(button);
    const item = button.parentElement ?? button;
    this.#list.scrollTop = item.offsetTop - this.#list.clientHeight / 3;
  }

  close() {
    this.#listening.abort();
  }

  /** The entry that has the keyboard's focus, and its place in the list. */
  get #focused() {
    const index = this.#entries.findIndex(({ id }) => this.#button(id) === this.#list.ownerDocument.activeElement);
    const entry = this.#entries[index];
    return entry ? { id: entry.id, index } : null;
  }

  /** @param {Entry} entry */
  #itemOf(entry) {
    const item = this.#items.get(entry.id) ?? this.#made(entry);
    this.#fill(item, entry);
    return item;
  }

  /** @param {Entry} entry */
  #made({ id }) {
    const item = /** @type {HTMLElement} */ (query(this.#options.template.content, "li", HTMLElement).cloneNode(true));
    const button = query(item, "button", HTMLButtonElement);
    button.dataset.id = id;
    button.tabIndex = -1;
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {Entry} entry
   */
  #fill(item, entry) {
    const { nameOf, detailOf, severityOf, pictureOf } = this.#options;
    item.dataset.kind = entry.kind;
    item.dataset.state = entry.state ?? "";
    setText(query(item, "[data-field=time]", HTMLElement), formatPosition(entry.atS));
    setText(query(item, "[data-field=name]", HTMLElement), nameOf(entry));
    const severity = query(item, "[data-field=severity]", HTMLElement);
    severity.dataset.severity = entry.severity ?? "none";
    setText(severity, entry.severity ? severityOf(entry.severity) : "");
    const detail = query(item, "[data-field=detail]", HTMLElement);
    setText(detail, detailOf(entry));
    detail.hidden = !detail.textContent;
    const path = pictureOf(entry);
    const picture = query(item, "[data-field=picture]", HTMLImageElement);
    picture.hidden = path === null;
    if (path && picture.getAttribute("src") !== path) picture.src = path;
  }

  /** @param {Event} event */
  #pressed(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const entry = this.#entries.find(({ id }) => id === button?.dataset.id);
    if (!entry || !button) return;
    this.#reach(button);
    this.#options.onJump(entry);
  }

  /** @param {KeyboardEvent} event */
  #moved(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    const focused = event.target instanceof HTMLButtonElement ? event.target.dataset.id : undefined;
    if (steps === undefined || focused === undefined) return;
    event.preventDefault();
    const from = this.#entries.findIndex(({ id }) => id === focused);
    const to = Math.min(Math.max(from + steps, 0), this.#entries.length - 1);
    const button = this.#button(this.#entries[to]?.id ?? "");
    this.#reach(button);
    button?.focus();
  }

  /**
   * One item at a time is on the way of the tab key, so that a long list is left with one press.
   * @param {HTMLButtonElement | null} button
   */
  #reach(button) {
    if (!button) return;
    for (const known of this.#list.querySelectorAll('button[tabindex="0"]')) known.setAttribute("tabindex", "-1");
    button.tabIndex = 0;
  }

  /** @param {string} id */
  #button(id) {
    return this.#items.get(id)?.querySelector("button") ?? null;
  }
}
