/** Sound in the form that the voice model takes: 16,000 samples a second, in frames of 512. */

const RATE = 16_000;
export const FRAME = 512;
export const FRAME_MS = (FRAME / RATE) * 1000;

/** Lowers the rate by averaging, which also removes most of what the lower rate could not carry. */
export class Downsampler {
  #step;
  #sum = 0;
  #weight = 0;
  #filled = 0;
  #frame = new Float32Array(FRAME);

  /** @param {number} rate of what comes in; at least 16,000 */
  constructor(rate) {
    this.#step = rate / RATE;
  }

  /**
   * @param {Float32Array} samples
   * @returns {Float32Array[]} the frames that are full now
   */
  add(samples) {
    /** @type {Float32Array[]} */
    const full = [];
    for (const sample of samples) {
      const missing = this.#step - this.#weight;
      this.#sum += sample * Math.min(1, missing);
      this.#weight += Math.min(1, missing);
      if (missing > 1) continue;
      if (this.#put(this.#sum / this.#step)) full.push(this.#take());
      // What is left of this sample belongs to the next one.
      this.#sum = sample * (1 - missing);
      this.#weight = 1 - missing;
    }
    return full;
  }

  /** @param {number} sample */
  #put(sample) {
    this.#frame[this.#filled] = sample;
    this.#filled += 1;
    return this.#filled === FRAME;
  }

  #take() {
    const frame = this.#frame;
    this.#frame = new Float32Array(FRAME);
    this.#filled = 0;
    return frame;
  }
}
