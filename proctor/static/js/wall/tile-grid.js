/** The tiles on the page: kept, filled and moved, never rebuilt; walked through with the arrow keys. */

import { query } from "../lib/dom.js";
import { Tile } from "./tile.js";
import { rearrange } from "./tile-motion.js";
import { arranged, nextPlace } from "./tile-order.js";

/** @typedef {import("../proctor/session-model.js").Session} Session */

/**
 * @typedef {import("./tile.js").TileParts & {
 *   root: HTMLUListElement,
 *   template: HTMLTemplateElement,
 *   onRelease: () => void,
 *   onMade?: (tile: Tile, id: string) => void,
 *   onGone?: (tile: Tile, id: string) => void,
 *   isMotionReduced?: () => boolean,
 * }} GridParts `onRelease`: tiles may move again, show them anew
 */

/** Eyes cannot follow tiles that change places many times a second. */
const MOVE_EVERY_MS = 1_000;

export class TileGrid {
  /** @type {Map<string, Tile>} */
  tiles = new Map();
  /** For once: the page has just come, or whoever points at the wall has asked to see something else on it. */
  #isFree = true;
  #movedAt = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #moveSoon;
  /** @type {string | null} which tile the Tab key leads to */
  #entry = null;
  #listening = new AbortController();
  #parts;

  /** @param {GridParts} parts */
  constructor(parts) {
    this.#parts = parts;
    for (const element of parts.root.querySelectorAll("li")) this.#take(element, element.dataset.sessionId ?? "");
    const { signal } = this.#listening;
    const { root } = parts;
    root.addEventListener("pointerleave", () => this.release(), { signal });
    root.addEventListener("focusout", (event) => !this.#holds(event.relatedTarget) && parts.onRelease(), { signal });
    root.addEventListener("focusin", (event) => this.#focused(event), { signal });
    root.addEventListener("keydown", (event) => this.#moveFocus(event), { signal });
  }

  /** Whether tiles keep their places for now. */
  get isHeld() {
    const { root } = this.#parts;
    // Asked of the browser: a pointer that was there before this script has entered nothing since.
    const isPointed = root.matches(":hover") && matchMedia("(hover: hover)").matches;
    return !this.#isFree && (isPointed || root.querySelector(":focus-visible") !== null);
  }

  /**
   * Shows these sessions, in this order as soon as nobody is at them.
   * @param {Session[]} sessions
   */
  show(sessions) {
    const byId = new Map(sessions.map((session) => [session.id, session]));
    const present = this.#present;
    const order = arranged([...byId.keys()], present, this.isHeld || this.#isTooSoon(present.length));
    const wanted = new Set(order);
    for (const [id, tile] of this.tiles) if (!wanted.has(id)) this.#remove(id, tile);
    for (const id of order) this.#fill(id, byId.get(id));
    if (order.some((id, index) => id !== present[index])) this.#place(order);
    this.#offerEntry(order);
    this.#isFree = false;
  }

  /** Nobody points at a tile any more, or whoever does wants to see something else. */
  release() {
    this.#isFree = true;
    this.#movedAt = -Infinity;
    this.#parts.onRelease();
  }

  /** Moves the clocks on, of the tiles that can be seen. */
  tick() {
    const now = performance.now();
    for (const tile of this.tiles.values()) if (tile.isInView) tile.tick(now);
  }

  /** @param {EventTarget | null} target @returns {Tile | null} the tile that it is in */
  tileAt(target) {
    const element = target instanceof Element ? target.closest("li") : null;
    return this.tiles.get(element?.dataset.sessionId ?? "") ?? null;
  }

  close() {
    clearTimeout(this.#moveSoon);
    this.#listening.abort();
  }

  get #present() {
    return [...this.#parts.root.children].map((element) => /** @type {HTMLElement} */ (element).dataset.sessionId ?? "");
  }

  /** @param {number} present how many tiles there are: the first ones need not wait */
  #isTooSoon(present) {
    const left = MOVE_EVERY_MS - (performance.now() - this.#movedAt);
    if (!present || left <= 0) return false;
    clearTimeout(this.#moveSoon);
    this.#moveSoon = setTimeout(this.#parts.onRelease, left);
    return true;
  }

  /**
   * @param {HTMLLIElement} element
   * @param {string} id
   */
  #take(element, id) {
    const tile = new Tile(element, this.#parts);
    element.dataset.sessionId = id;
    this.tiles.set(id, tile);
    this.#parts.onMade?.(tile, id);
    return tile;
  }

  /**
   * @param {string} id
   * @param {Session | undefined} session none where it is over and its tile only keeps its place
   */
  #fill(id, session) {
    const known = this.tiles.get(id);
    const template = query(this.#parts.template.content, "li", HTMLLIElement);
    const tile = known ?? this.#take(/** @type {HTMLLIElement} */ (template.cloneNode(true)), id);
    tile.element.toggleAttribute("data-gone", !session);
    if (session) tile.fill(session);
  }

  /**
   * @param {string} id
   * @param {Tile} tile
   */
  #remove(id, tile) {
    this.tiles.delete(id);
    this.#parts.onGone?.(tile, id);
    tile.element.remove();
  }

  /** @param {string[]} order */
  #place(order) {
    const { root, isMotionReduced = () => true } = this.#parts;
    const elements = order.map((id) => /** @type {Tile} */ (this.tiles.get(id)).element);
    const seen = isMotionReduced() ? [] : [...this.tiles.values()].filter((tile) => tile.isInView);
    rearrange(root, elements, seen.map(({ element }) => element));
    this.#movedAt = performance.now();
  }

  /** @param {EventTarget | null} target */
  #holds(target) {
    return target instanceof Node && this.#parts.root.contains(target);
  }

  /** @param {FocusEvent} event */
  #focused(event) {
    const id = this.tileAt(event.target)?.session?.id;
    if (!id) return;
    this.#entry = id;
    this.#offerEntry(this.#present);
  }

  /** One tile is in the order of the Tab key, with its buttons; arrow keys lead to the others. @param {string[]} order */
  #offerEntry(order) {
    if (this.#entry === null || !this.tiles.has(this.#entry)) this.#entry = order[0] ?? null;
    for (const [id, { link, pin }] of this.tiles) {
      const index = id === this.#entry ? 0 : -1;
      if (link.tabIndex !== index) link.tabIndex = pin.tabIndex = index;
    }
  }

  /** @param {KeyboardEvent} event */
  #moveFocus(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const id = this.tileAt(event.target)?.session?.id;
    const order = this.#present;
    const columns = getComputedStyle(this.#parts.root).gridTemplateColumns.split(" ").length;
    const place = id ? nextPlace(event.key, order.indexOf(id), order.length, columns) : null;
    const next = this.tiles.get(place === null ? "" : (order[place] ?? ""));
    if (!next) return;
    event.preventDefault();
    next.link.focus();
  }
}
