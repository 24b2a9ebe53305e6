/** Sending what is left of a recording after the exam, on the last page, as often as it is opened. */

import { HttpError } from "../lib/http.js";
import { Uploader } from "./uploader.js";

/** @typedef {import("./uploader.js").Progress} Progress */

/**
 * @typedef {object} Options
 * @property {import("./chunk-store.js").ChunkStore} store
 * @property {import("./uploader.js").Options["send"]} send
 * @property {() => Promise<unknown>} complete tells the server that all is there
 * @property {(progress: Progress & {isComplete: boolean}) => void} onProgress
 * @property {(fn: () => void, ms: number) => any} [setTimeout]
 */

const AGAIN_MS = 3000;
/** Whatever the reason: the server has no use for anything more. */
const REFUSED = [401, 403, 404, 409, 410];

export class Farewell {
  #options;
  #uploader;
  #isComplete = false;
  #isCompleting = false;
  #isClosed = false;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    const { store, send } = options;
    this.#uploader = new Uploader({ store, send, onProgress: (progress) => void this.#progressed(progress) });
  }

  /** Whether something would be lost if the page were closed now. */
  get isNeeded() {
    return !this.#isComplete && !this.#isClosed;
  }

  /** Send what is wanted; of the rest, nobody will ask any more. */
  async start() {
    const { store } = this.#options;
    for (const take of await store.takes()) {
      if (!take.isWanted || take.waitingBytes === 0) await store.dropTake(take.id);
    }
    await this.#uploader.flush();
  }

  /** Try at once, because the connection is back. */
  flush() {
    void this.#uploader.flush();
  }

  close() {
    this.#isClosed = true;
    this.#uploader.close();
  }

  /** @param {Progress} progress */
  async #progressed(progress) {
    const isLeft = progress.waitingBytes > 0 && !progress.isOver;
    if (!isLeft && !this.#isComplete) await this.#complete();
    // What the server takes no more of is over, and not all there.
    this.#options.onProgress({ ...progress, isComplete: this.#isComplete && progress.waitingBytes === 0 });
  }

  async #complete() {
    if (this.#isCompleting) return;
    this.#isCompleting = true;
    try {
      await this.#options.complete();
      this.#isComplete = true;
    } catch (error) {
      this.#isComplete = error instanceof HttpError && REFUSED.includes(error.status);
      const later = this.#options.setTimeout ?? setTimeout;
      if (!this.#isComplete) later(() => void this.#uploader.flush(), AGAIN_MS);
    } finally {
      this.#isCompleting = false;
    }
  }
}
