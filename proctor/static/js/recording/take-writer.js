/** One take on its way from the recorder into the store: chunks in their order, each with its place and its hash. */

import { TakeRecorder } from "./take-recorder.js";

/** @typedef {import("./take-recorder.js").Kind} Kind */
/** @typedef {import("./chunk-store.js").ChunkStore} ChunkStore */

/**
 * @typedef {object} Parts
 * @property {ChunkStore} store
 * @property {string} handle
 * @property {typeof MediaRecorder} Recorder
 * @property {(bytes: ArrayBuffer) => Promise<string>} hash
 * @property {() => number} now
 * @property {() => string} newId
 */

/**
 * @typedef {object} Listener
 * @property {(chunks: number) => void} onStored after each chunk, with how many there are
 * @property {(error: unknown) => void} onFailure nothing more is recorded, or it could not be stored
 */

export class TakeWriter {
  #parts;
  #listener;
  #recorder;
  #seq = 0;
  #offset = 0;
  #hasFailed = false;
  /** Chunks are hashed and stored one after the other. */
  #queue = Promise.resolve();

  /**
   * @param {Kind} kind
   * @param {MediaStream} stream
   * @param {boolean} isWanted
   * @param {Parts} parts
   * @param {Listener} listener
   */
  constructor(kind, stream, isWanted, parts, listener) {
    this.kind = kind;
    this.id = parts.newId();
    this.#parts = parts;
    this.#listener = listener;
    this.#recorder = new TakeRecorder(kind, stream, parts.Recorder, {
      onStart: () => this.#enqueue(() => this.#begin(isWanted, parts.now())),
      onChunk: (data) => this.#enqueue(() => this.#store(data)),
      onFailure: () => this.#enqueue(() => this.#fail(new Error("the recorder stopped"))),
    });
  }

  /** Stop recording, and wait until all of it is stored. */
  async stop() {
    await this.#recorder.stop();
    const endedAt = this.#parts.now();
    this.#enqueue(() => this.#parts.store.changeTake(this.id, { endedAt }));
    await this.#queue;
  }

  /**
   * @param {boolean} isWanted
   * @param {number} startedAt
   */
  #begin(isWanted, startedAt) {
    const { store, handle } = this.#parts;
    return store.addTake({ id: this.id, handle, kind: this.kind, startedAt, endedAt: null, isWanted, waitingBytes: 0 });
  }

  /** @param {Blob} data */
  async #store(data) {
    // Chunks behind one that is missing could not be joined to it.
    if (this.#hasFailed) return;
    const bytes = await data.arrayBuffer();
    const sha256 = await this.#parts.hash(bytes);
    await this.#parts.store.addChunk({ takeId: this.id, seq: this.#seq, offset: this.#offset, sha256, bytes });
    this.#seq += 1;
    this.#offset += bytes.byteLength;
    this.#listener.onStored(this.#seq);
  }

  /** @param {() => Promise<void>} step */
  #enqueue(step) {
    this.#queue = this.#queue.then(step).catch((error) => this.#fail(error));
  }

  /** @param {unknown} error */
  async #fail(error) {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#listener.onFailure(error);
  }
}
