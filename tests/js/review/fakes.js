/** A video whose clock a test moves. */
export class FakeVideo {
  #atS = 0;
  playbackRate = 1;
  paused = true;
  seeking = false;
  ended = false;
  readyState = 4;

  get currentTime() {
    return this.#atS;
  }

  set currentTime(atS) {
    this.#atS = atS;
    this.ended = false;
  }

  async play() {
    if (this.ended) this.currentTime = 0;
    this.paused = false;
  }

  pause() {
    this.paused = true;
  }
}

/** Timers that a test turns by hand. */
export const noTimers = { setInterval: () => 0, clearInterval: () => {} };

/** An element of a drawing: what it was given is kept. */
export class FakeShape {
  /** @type {Record<string, string>} */
  attributes = {};
  /** @type {FakeShape[]} */
  children = [];
  textContent = "";
  classes = new Set();
  classList = { toggle: (/** @type {string} */ name, /** @type {boolean} */ on) => on && this.classes.add(name) };

  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  /** @param {string} key @param {string} value */
  setAttribute(key, value) {
    this.attributes[key] = value;
  }

  /** @param {FakeShape[]} children */
  append(...children) {
    this.children.push(...children);
  }
}

/** A document that shapes can be made with. */
export const drawingDocument = { createElementNS: (/** @type {string} */ _, /** @type {string} */ name) => new FakeShape(name) };

/** @typedef {import("../../../proctor/static/js/review/timeline-model.js").Mark} Mark */

/**
 * A timeline as the server gives it.
 * @param {Partial<Mark>[]} marks
 * @param {import("../../../proctor/static/js/review/timeline-model.js").Lane[]} lanes
 * @returns {import("../../../proctor/static/js/review/timeline-model.js").Timeline}
 */
export function timelineOf(marks, lanes = []) {
  const plain = { kind: "note", name: "note", text: null, by: null, severity: null, state: null, lasted_s: null };
  return {
    starts_at: "2026-11-22T09:00:00.000Z",
    ends_at: "2026-11-22T10:00:00.000Z",
    duration_s: 3600,
    lanes,
    marks: marks.map((mark, index) => ({ ...plain, id: `m${index}`, at_s: 0, ...mark })),
    event_count: 0,
    left_out: 0,
  };
}
