/** Where a head is turned and where its eyes look, against the candidate's own way of looking at the screen. */

/** @typedef {{yaw: number, pitch: number, side: number}} Look degrees, left and up positive; eyes sideways, -1 to 1 */
/** Someone whose eyes look aside by nature, or whose camera stands aside, is measured from there. */
const SIDE_FROM_NEUTRAL = 0.4;
const DEGREES = 180 / Math.PI;

/**
 * @param {ArrayLike<number>} matrix a head's place in space, 4 by 4, column after column
 * @param {Record<string, number>} shapes how much each feature moves, 0 to 1, by MediaPipe's names
 * @returns {Look}
 */
export function look(matrix, shapes) {
  // The third column is the direction in which the nose points.
  const [x = 0, y = 0, z = 1] = [matrix[8], matrix[9], matrix[10]];
  const left = ((shapes.eyeLookOutLeft ?? 0) + (shapes.eyeLookInRight ?? 0)) / 2;
  const right = ((shapes.eyeLookInLeft ?? 0) + (shapes.eyeLookOutRight ?? 0)) / 2;
  return { yaw: Math.atan2(x, z) * DEGREES, pitch: Math.atan2(y, Math.hypot(x, z)) * DEGREES, side: left - right };
}

/**
 * The look in the middle of several: one glance aside does not shift it.
 * @param {Look[]} looks at least one
 * @returns {Look}
 */
export function middle(looks) {
  const of = (/** @type {keyof Look} */ key) => median(looks.map((each) => each[key]));
  return { yaw: of("yaw"), pitch: of("pitch"), side: of("side") };
}

/**
 * How sure it is that someone looks away from the screen: 0 where they do not, from 0.5 at a limit to 1 at twice it.
 * @param {Look} now
 * @param {Look} neutral
 * @param {import("./limits.js").Limits} limits
 */
export function awayConfidence(now, neutral, limits) {
  const up = now.pitch - neutral.pitch;
  const side = Math.max(limits.away_eyes, Math.abs(neutral.side) + SIDE_FROM_NEUTRAL);
  const most = Math.max(
    Math.abs(now.yaw - neutral.yaw) / limits.away_aside_deg,
    up / (up > 0 ? limits.away_up_deg : -limits.away_down_deg),
    Math.abs(now.side) / side,
  );
  return most < 1 ? 0 : Math.min(1, most / 2);
}

/** Collects the look of someone who was asked to look at the screen, or who simply works. */
export class Calibration {
  /** @type {Look[]} */
  #looks = [];
  #samples;

  /** @param {number} samples how many are enough */
  constructor(samples) {
    this.#samples = samples;
  }

  /**
   * @param {Look} now
   * @returns {Look | null} the neutral look, once there are enough
   */
  add(now) {
    this.#looks.push(now);
    return this.#looks.length < this.#samples ? null : middle(this.#looks);
  }
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
