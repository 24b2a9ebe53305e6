/**
 * Pictures of the camera, one whenever asked, in the worker. Either straight from the camera's track, or, where the
 * browser cannot do that, out of the page's video element on request.
 */

import { scope } from "./worker-scope.js";

/** @typedef {VideoFrame | ImageBitmap} Frame */

/** A camera that gives nothing for so long has stopped. */
const PATIENCE_MS = 2000;

export class TrackFrames {
  #reader;
  /** @type {Promise<ReadableStreamReadResult<VideoFrame>> | null} */
  #reading = null;

  /** @param {ReadableStream<VideoFrame>} readable that keeps only the newest frame */
  constructor(readable) {
    this.#reader = readable.getReader();
  }

  /** @returns {Promise<ImageBitmap | null>} null where the camera gives none */
  async next() {
    // A read that was not answered in time is still the next one to be answered.
    this.#reading ??= this.#reader.read();
    const result = await soon(this.#reading);
    if (result === null) return null;
    this.#reading = null;
    if (result.done || !result.value) return soon(new Promise(() => {}));
    const picture = await createImageBitmap(result.value);
    result.value.close();
    return picture;
  }

  close() {
    void this.#reading?.then(({ value }) => value?.close());
    void this.#reader.cancel().catch(() => {});
  }
}

export class AskedFrames {
  /** @type {((picture: ImageBitmap | null) => void) | null} */
  #take = null;

  /** @returns {Promise<ImageBitmap | null>} */
  next() {
    const asked = new Promise((/** @type {(picture: ImageBitmap | null) => void} */ resolve) => {
      this.#take = resolve;
    });
    scope.postMessage({ kind: "want" });
    return soon(asked);
  }

  /** @param {ImageBitmap | null} picture */
  answer(picture) {
    if (this.#take) this.#take(picture);
    else picture?.close();
    this.#take = null;
  }

  close() {
    this.answer(null);
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T | null>}
 */
function soon(promise) {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const late = new Promise((/** @type {(none: null) => void} */ resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
