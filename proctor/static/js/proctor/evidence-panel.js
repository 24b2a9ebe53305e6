/** What is kept of a session as pictures and clips: the latest first, each to be seen larger. */

import { query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { showLocalTime } from "../lib/times.js";

/**
 * @typedef {object} EvidenceItem as `GET /api/proctor/sessions/<id>/evidence` lists it
 * @property {string} id
 * @property {string} kind
 * @property {string} path
 * @property {string} taken_at
 */

/** Pictures beyond these are listed under the flags that they belong to. */
const MOST_SHOWN = 60;

export class EvidencePanel {
  #listening = new AbortController();
  /** @type {Set<string>} */
  #shown = new Set();
  #hasRead = false;
  #root;
  #options;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    const { signal } = this.#listening;
    this.#list.addEventListener("click", (event) => this.#clicked(event), { signal });
    const dialog = this.#dialog;
    query(dialog, "[data-closes]", HTMLElement).addEventListener("click", () => dialog.close(), { signal });
    dialog.addEventListener("close", () => query(dialog, "[data-media]", HTMLElement).replaceChildren(), { signal });
  }

  /** Reads the list anew, and says what came since it was read last. */
  async refresh() {
    /** @type {{evidence: EvidenceItem[]}} */
    const { evidence } = await getJson(`${this.#options.api}/evidence`);
    for (const item of evidence.slice(-MOST_SHOWN)) this.#show(item);
    query(this.#root, "#evidence-empty", HTMLElement).hidden = evidence.length > 0;
    const count = query(this.#root, "#evidence-count", HTMLElement);
    count.hidden = evidence.length === 0;
    count.textContent = String(evidence.length);
    this.#hasRead = true;
  }

  close() {
    this.#listening.abort();
  }

  /** @param {EvidenceItem} item */
  #show(item) {
    if (this.#shown.has(item.id)) return;
    this.#shown.add(item.id);
    const template = query(document, "#evidence-item", HTMLTemplateElement);
    const made = /** @type {HTMLLIElement} */ (query(template.content, "li", HTMLLIElement).cloneNode(true));
    const button = query(made, "button", HTMLButtonElement);
    Object.assign(button.dataset, { path: item.path, kind: item.kind });
    const words = this.#options.say(`evidence.${item.kind}`);
    query(made, "[data-field=kind]", HTMLElement).textContent = words;
    query(made, "[data-media]", HTMLElement).append(media(item.kind, item.path, { alt: words }));
    const time = query(made, "time", HTMLTimeElement);
    time.dateTime = item.taken_at;
    showLocalTime(time);
    this.#list.prepend(made);
    if (this.#hasRead && item.kind !== "snapshot") this.#announce(words);
  }

  /** @param {string} words */
  #announce(words) {
    query(this.#root, "#announcements", HTMLElement).textContent = this.#options.say("evidence.came", { what: words });
  }

  /** @param {Event} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const { path, kind } = button?.dataset ?? {};
    if (!path || !kind) return;
    const words = this.#options.say(`evidence.${kind}`);
    query(this.#dialog, ".dialog__title", HTMLElement).textContent = words;
    query(this.#dialog, "[data-media]", HTMLElement).replaceChildren(media(kind, path, { alt: words, isLarge: true }));
    this.#dialog.showModal();
  }

  get #list() {
    return query(this.#root, "#evidence", HTMLOListElement);
  }

  get #dialog() {
    return query(this.#root, "#evidence-dialog", HTMLDialogElement);
  }
}

/**
 * @param {string} kind
 * @param {string} path
 * @param {{alt: string, isLarge?: boolean}} options
 */
function media(kind, path, { alt, isLarge = false }) {
  if (kind !== "room_scan") return Object.assign(new Image(), { src: path, alt, loading: "lazy" });
  const clip = Object.assign(document.createElement("video"), { src: path, preload: "metadata", controls: isLarge });
  clip.ariaLabel = alt;
  clip.muted = !isLarge;
  clip.autoplay = isLarge;
  return clip;
}
