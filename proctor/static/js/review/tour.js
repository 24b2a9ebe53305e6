/**
 * The way through the entries of a session: to one of them, to the next or the previous, and which one is looked at. Knows
 * no document.
 */

import { LEAD_S } from "./timeline-model.js";

/** @typedef {import("./timeline-model.js").Entry} Entry */

/** Clocks of videos are a little off the places that they were put to. */
const CLOSE_S = 0.1;

export class Tour {
  /** @type {Entry | null} the one that was gone to last, until the playhead leaves it */
  #visited = null;
  #playback;
  #model;

  /**
   * @param {Pick<import("./playback.js").Playback, "atS" | "isPlaying" | "seek">} playback
   * @param {() => import("./timeline-model.js").TimelineModel} model what is known now
   */
  constructor(playback, model) {
    this.#playback = playback;
    this.#model = model;
  }

  /** @param {number} atS */
  seek(atS) {
    this.#visited = null;
    this.#playback.seek(atS);
  }

  /**
   * Goes to just before an entry, so that what led to it is seen.
   * @param {Entry} entry
   */
  visit(entry) {
    this.#playback.seek(entry.atS - LEAD_S);
    this.#visited = entry;
  }

  /**
   * The next or the previous entry; `null` where there is none.
   * @param {1 | -1} direction
   */
  neighbour(direction) {
    return this.#model().neighbour(this.#playback.atS, direction, this.#visited);
  }

  /**
   * The entry that is looked at: between the place it was gone to and the entry itself, the one that was gone to; then the
   * playhead decides.
   */
  current() {
    const { atS, isPlaying } = this.#playback;
    const visited = this.#visited;
    const isNear = visited !== null && atS >= visited.atS - LEAD_S - CLOSE_S && atS <= visited.atS;
    if (!isNear && isPlaying) this.#visited = null;
    return this.#visited ?? this.#model().currentAt(atS);
  }
}
