/** Whether the camera shows anything at all: a covered lens is flat, and a frozen picture never changes. */

/**
 * The brightness of each pixel.
 * @param {Uint8ClampedArray} pixels four numbers each
 * @returns {Uint8Array}
 */
export function brightness(pixels) {
  const shades = new Uint8Array(pixels.length / 4);
  for (let index = 0; index < shades.length; index += 1) {
    const [red = 0, green = 0, blue = 0] = [pixels[index * 4], pixels[index * 4 + 1], pixels[index * 4 + 2]];
    shades[index] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return shades;
}

/**
 * How sure it is that the lens is covered: then nearly one shade is everywhere.
 * @param {Uint8Array} shades
 * @param {number} flat the spread of shades from which on there is something to see
 */
export function coveredConfidence(shades, flat) {
  const mean = shades.reduce((sum, shade) => sum + shade, 0) / shades.length;
  const spread = Math.sqrt(shades.reduce((sum, shade) => sum + (shade - mean) ** 2, 0) / shades.length);
  return spread >= flat ? 0 : 1 - spread / (2 * flat);
}

/** Notices when a picture stays exactly the same: the noise of a real camera changes at least some pixels. */
export class Stillness {
  /** @type {Uint8Array | null} */
  #before = null;
  #since = 0;
  #frozenMs;

  /** @param {number} frozenS seconds without a change after which it is frozen */
  constructor(frozenS) {
    this.#frozenMs = frozenS * 1000;
  }

  /**
   * @param {Uint8Array | null} shades null where no picture came
   * @param {number} at milliseconds
   * @returns {boolean} whether nothing has changed for too long
   */
  add(shades, at) {
    const hasChanged = shades !== null && (this.#before === null || shades.some((shade, index) => shade !== this.#before?.[index]));
    if (hasChanged || this.#since === 0) this.#since = at;
    this.#before = shades ?? this.#before;
    return at - this.#since >= this.#frozenMs;
  }
}
