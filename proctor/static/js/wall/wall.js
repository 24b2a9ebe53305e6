/** Brings the wall's parts together around the sessions that the page knows. */

import { byId } from "../lib/dom.js";
import { Peek } from "./peek.js";
import { PinStrip } from "./pin-strip.js";
import { Pictures } from "./pictures.js";
import { TileGrid } from "./tile-grid.js";

/** @typedef {import("../proctor/session-model.js").Session} Session */
/** @typedef {import("./pictures.js").Picture} Picture */

/**
 * @typedef {import("./tile.js").TileParts & {
 *   channel: import("../live/viewer.js").Talks,
 *   RTCPeerConnection: typeof globalThis.RTCPeerConnection,
 *   storage: Pick<Storage, "getItem" | "setItem"> | null,
 *   announce: (words: string) => void,
 *   onRelease: () => void,
 * }} WallParts
 */

export class Wall {
  #listening = new AbortController();
  #parts;
  #grid;
  #pictures;
  #pins;
  #peek;

  /** @param {WallParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const root = byId("wall", HTMLUListElement);
    const motion = matchMedia("(prefers-reduced-motion: reduce)");
    this.#pictures = new Pictures(parts.channel, {
      onPicture: (picture) => this.#showPicture(picture),
      onView: (id, isInView) => this.#moved(id, isInView),
      onAllowed: (isAllowed) => (byId("blind", HTMLElement).hidden = isAllowed),
      IntersectionObserver,
      page: document,
    });
    this.#grid = new TileGrid({
      ...parts,
      root,
      template: byId("tile", HTMLTemplateElement),
      onMade: (tile, id) => this.#pictures.observe(tile.element, id),
      onGone: (tile) => this.#pictures.unobserve(tile.element),
      isMotionReduced: () => motion.matches,
    });
    this.#pins = new PinStrip({
      ...parts,
      root: byId("pins", HTMLElement),
      template: byId("pin", HTMLTemplateElement),
      pictureOf: (id) => this.#grid.tiles.get(id)?.pictureUrl ?? "",
      onChange: (id, isPinned) => this.#grid.tiles.get(id)?.showPinned(isPinned),
      onFull: () => parts.announce(parts.say("pin.full")),
    });
    this.#peek = new Peek(root, { ...parts, grid: this.#grid });
    const { signal } = this.#listening;
    root.addEventListener("click", (event) => this.#clicked(event), { signal });
    root.addEventListener("keydown", (event) => this.#pressed(event), { signal });
  }

  /** @param {Session[]} sessions in the order of their risk */
  show(sessions) {
    this.#grid.show(sessions);
    this.#pins.update(this.#parts.list.live);
    for (const { id } of sessions) this.#grid.tiles.get(id)?.showPinned(this.#pins.has(id));
  }

  /** The filters changed: nobody needs the tiles to stay where they are. */
  release() {
    this.#grid.release();
  }

  tick() {
    this.#grid.tick();
    this.#pins.tick();
  }

  close() {
    this.#listening.abort();
    for (const part of [this.#peek, this.#pins, this.#pictures, this.#grid]) part.close();
  }

  /** @param {Picture} picture */
  #showPicture({ session_id: id, image, taken_at: takenAt }) {
    const ageMs = this.#parts.serverTime.ageMs(takenAt);
    this.#grid.tiles.get(id)?.showPicture(image, performance.now() - ageMs);
  }

  /**
   * @param {string} id
   * @param {boolean} isInView
   */
  #moved(id, isInView) {
    const tile = this.#grid.tiles.get(id);
    if (!tile) return;
    tile.isInView = isInView;
    if (isInView) tile.tick(performance.now());
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-field=pin]") : null;
    const session = button ? this.#grid.tileAt(button)?.session : null;
    if (session) this.#pins.toggle(session);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key !== "p" || event.ctrlKey || event.metaKey || event.altKey) return;
    const session = this.#grid.tileAt(event.target)?.session;
    if (session) this.#pins.toggle(session);
  }
}
