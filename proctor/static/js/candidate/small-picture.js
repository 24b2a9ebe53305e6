/** Makes a camera's picture small enough for the wall: less detail first, then fewer pixels, as far as it takes. */

/** @typedef {{side: number, quality: number}} Step the longer side in pixels, the JPEG's quality */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {(picture: any, size: Size, quality: number) => Promise<Blob>} Draw */

export const MAX_BYTES = 12_000;
/** @type {Step[]} */
const STEPS = [
  { side: 320, quality: 0.75 },
  { side: 320, quality: 0.6 },
  { side: 320, quality: 0.45 },
  { side: 240, quality: 0.45 },
  { side: 160, quality: 0.4 },
];
/** Of the most bytes: where so little is used, the next picture may be a better one. */
const SPARE = 0.6;

export class SmallPicture {
  #step = 0;
  #draw;

  /** @param {Draw} draw */
  constructor(draw) {
    this.#draw = draw;
  }

  /**
   * @param {Size} picture as the camera gave it; stays open
   * @returns {Promise<Blob | null>} null where even the smallest is too large
   */
  async of(picture) {
    for (; this.#step < STEPS.length; this.#step += 1) {
      const { side, quality } = /** @type {Step} */ (STEPS[this.#step]);
      const blob = await this.#draw(picture, within(picture, side), quality);
      if (blob.size > MAX_BYTES) continue;
      if (blob.size < MAX_BYTES * SPARE) this.#step = Math.max(0, this.#step - 1);
      return blob;
    }
    this.#step = STEPS.length - 1;
    return null;
  }
}

/**
 * @param {Size} picture
 * @param {number} side
 * @returns {Size} the same shape, neither side longer than `side`
 */
export function within({ width, height }, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
