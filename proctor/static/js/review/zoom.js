/** Which part of the exam is drawn, and positions in it in words. Pure; times are seconds since the start of the exam. */

/** The part of the exam that is drawn, in seconds since its start. */
export class Zoom {
  static #NARROWEST_S = 10;

  /** @param {number} durationS */
  constructor(durationS) {
    this.durationS = durationS;
    this.fromS = 0;
    this.toS = durationS;
  }

  get lengthS() {
    return this.toS - this.fromS;
  }

  get isWhole() {
    return this.lengthS >= this.durationS;
  }

  /**
   * @param {number} factor above 1 shows less of it, larger
   * @param {number} aroundS stays where it is
   */
  by(factor, aroundS) {
    const lengthS = Math.min(this.durationS, Math.max(Zoom.#NARROWEST_S, this.lengthS / factor));
    const share = this.lengthS ? (aroundS - this.fromS) / this.lengthS : 0.5;
    this.#put(aroundS - Math.min(Math.max(share, 0), 1) * lengthS, lengthS);
  }

  whole() {
    this.#put(0, this.durationS);
  }

  /** @param {number} share of what is drawn, to the right */
  pan(share) {
    this.#put(this.fromS + share * this.lengthS, this.lengthS);
  }

  /**
   * Turns the page where the playhead has left what is drawn; tells whether it did.
   * @param {number} atS
   */
  follow(atS) {
    if (this.isWhole || (atS >= this.fromS && atS <= this.toS)) return false;
    this.#put(atS - 0.1 * this.lengthS, this.lengthS);
    return true;
  }

  /**
   * The place of a moment in the picture: 0 is its left edge, 1 its right.
   * @param {number} atS
   */
  shareOf(atS) {
    return (atS - this.fromS) / this.lengthS;
  }

  /** @param {number} share */
  timeAt(share) {
    return this.fromS + Math.min(Math.max(share, 0), 1) * this.lengthS;
  }

  /**
   * @param {number} fromS
   * @param {number} lengthS
   */
  #put(fromS, lengthS) {
    this.fromS = Math.min(Math.max(fromS, 0), Math.max(0, this.durationS - lengthS));
    this.toS = this.fromS + lengthS;
  }
}

/**
 * Round times for the ruler, no more than `most` of them.
 * @param {Zoom} zoom
 * @param {number} most
 */
export function ticks(zoom, most) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800];
  const step = steps.find((seconds) => zoom.lengthS / seconds <= most) ?? 86400;
  const found = [];
  for (let atS = Math.ceil(zoom.fromS / step) * step; atS <= zoom.toS; atS += step) found.push(atS);
  return found;
}

/**
 * `12:04`, or `1:12:04` from an hour on; before the start with a minus.
 * @param {number} atS
 */
export function formatPosition(atS) {
  const total = Math.floor(Math.abs(atS));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  const rest = `${hours ? String(minutes).padStart(2, "0") : minutes}:${String(seconds).padStart(2, "0")}`;
  return `${atS <= -1 ? "−" : ""}${hours ? `${hours}:` : ""}${rest}`;
}
