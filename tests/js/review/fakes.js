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
