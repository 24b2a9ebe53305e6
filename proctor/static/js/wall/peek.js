/** Live video in the tile that somebody looks at: it comes after a moment, and goes with the pointer or the focus. */

import { Viewer } from "../live/viewer.js";

/** @typedef {import("./tile.js").Tile} Tile */
/** @typedef {import("./tile-grid.js").TileGrid} TileGrid */

/** A pointer on its way across the wall should not make anybody's browser open a connection. */
const AFTER_MS = 400;

export class Peek {
  /** @type {Tile | null} */
  #tile = null;
  /** @type {Viewer | null} */
  #viewer = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #listening = new AbortController();
  #options;

  /**
   * @param {HTMLElement} root of the tiles
   * @param {object} options
   * @param {TileGrid} options.grid
   * @param {import("../live/viewer.js").Talks} options.channel
   * @param {typeof globalThis.RTCPeerConnection} options.RTCPeerConnection
   * @param {import("../lib/dom.js").Messages} options.say
   */
  constructor(root, options) {
    this.#options = options;
    const { signal } = this.#listening;
    const { grid } = options;
    root.addEventListener(
      "pointerover",
      (event) => event.pointerType === "mouse" && this.#turnTo(grid.tileAt(event.target)),
      { signal },
    );
    root.addEventListener("pointerleave", () => this.#turnTo(null), { signal });
    root.addEventListener("focusin", (event) => isByKeyboard(event.target) && this.#turnTo(grid.tileAt(event.target)), {
      signal,
    });
    root.addEventListener("focusout", () => this.#turnTo(null), { signal });
  }

  close() {
    this.#turnTo(null);
    this.#listening.abort();
  }

  /** @param {Tile | null} tile */
  #turnTo(tile) {
    if (tile === this.#tile) return;
    this.#leave();
    this.#tile = tile;
    if (tile?.session?.presence.online) this.#timer = setTimeout(() => this.#watch(tile), AFTER_MS);
  }

  /** @param {Tile} tile */
  #watch(tile) {
    const { channel, RTCPeerConnection, say } = this.#options;
    const viewer = new Viewer(channel, tile.session?.id ?? "", { RTCPeerConnection });
    viewer.onStream((name, stream) => name === "camera" && tile.showVideo(stream));
    viewer.onState((state) => {
      tile.element.dataset.live = state;
      tile.showLive(say(`live.${wordOf(state)}`));
    });
    this.#viewer = viewer;
    tile.showLive(say("live.connecting"));
    viewer.start();
  }

  #leave() {
    clearTimeout(this.#timer);
    this.#viewer?.close();
    this.#viewer = null;
    if (!this.#tile) return;
    delete this.#tile.element.dataset.live;
    this.#tile.showVideo(null);
    this.#tile.showLive(null);
  }
}

/**
 * What a tile has room to say.
 * @param {import("../live/viewer.js").ViewerState} state
 */
export function wordOf(state) {
  if (state === "live" || state === "full") return state;
  return ["ended", "not_allowed", "refused", "offline"].includes(state) ? "none" : "connecting";
}

/** @param {EventTarget | null} target */
function isByKeyboard(target) {
  return target instanceof Element && target.matches(":focus-visible");
}
