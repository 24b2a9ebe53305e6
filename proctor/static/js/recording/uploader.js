/**
 * Recorded chunks on their way to the server: one at a time, the oldest first, so that the live picture has the rest of
 * the line. What the server has leaves the store; what it lacks is sent until it has it.
 */

import { HttpError } from "../lib/http.js";

/** @typedef {import("./chunk-store.js").Take} Take */
/** @typedef {import("./chunk-store.js").Chunk} Chunk */

/**
 * @typedef {object} Progress
 * @property {number} sentBytes since this page was loaded
 * @property {number} waitingBytes
 * @property {boolean} isStuck the last try has failed; there will be another one
 * @property {boolean} isOver nothing more will be sent from here: the server wants none
 */

/**
 * @typedef {object} Options
 * @property {import("./chunk-store.js").ChunkStore} store
 * @property {(take: Take, chunk: Chunk) => Promise<unknown>} send throws `HttpError`
 * @property {(progress: Progress) => void} [onProgress]
 * @property {(eventType: string, payload: Record<string, unknown>) => void} [report] what a proctor should know
 * @property {(isFull: boolean) => void} [onRefused] nothing more is sent: the server has no room, or refuses it
 * @property {() => number} [random] for waits that differ from one candidate to the next
 * @property {(fn: () => void, ms: number) => any} [setTimeout]
 * @property {(id: any) => void} [clearTimeout]
 */

const FIRST_RETRY_MS = 1000;
const SLOWEST_RETRY_MS = 30_000;
const MOST_DAMAGED = 3;
/** The server knows of an exam that is over, and has all it wants: nobody need be told. */
const ENDED = [409, 410];
const FULL = 413;
/** The server will take nothing more of this session, whatever is sent. */
const OVER = [401, 403, 404, ...ENDED, FULL];
const DAMAGED = 422;

export class Uploader {
  #options;
  #sentBytes = 0;
  #failures = 0;
  #damaged = 0;
  #isSending = false;
  #isClosed = false;
  #isOver = false;
  #isWaiting = false;
  /** @type {any} */
  #timer;

  /** @param {Options} options */
  constructor(options) {
    this.#options = { random: Math.random, setTimeout: later, clearTimeout: never, ...options };
  }

  /** There is something to send. After a failure that waits its turn: a server that comes back has enough to do. */
  async offer() {
    if (!this.#isWaiting) await this.flush();
  }

  /** Send what is waiting, now: after a reconnect, and again after a failure. */
  async flush() {
    if (this.#isSending || this.#isClosed || this.#isOver) return;
    this.#isSending = true;
    this.#isWaiting = false;
    this.#options.clearTimeout(this.#timer);
    try {
      while (!this.#isClosed && !this.#isOver && (await this.#sendNext())) this.#failures = 0;
    } catch (error) {
      this.#retryLater(error);
    } finally {
      this.#isSending = false;
      await this.#tell();
    }
  }

  close() {
    this.#isClosed = true;
    this.#options.clearTimeout(this.#timer);
  }

  /** Send the oldest chunk that is wanted; false where there is none. */
  async #sendNext() {
    const { store, send } = this.#options;
    for (const take of await store.takes()) {
      const chunk = take.isWanted && take.waitingBytes > 0 ? await store.firstChunk(take.id) : null;
      if (chunk === null) continue;
      try {
        await send(take, chunk);
      } catch (error) {
        await this.#refused(take, chunk, error);
        return true;
      }
      this.#damaged = 0;
      this.#sentBytes += chunk.bytes.byteLength;
      await store.removeChunk(take.id, chunk.seq);
      await this.#tell();
      return true;
    }
    return false;
  }

  /**
   * Make the best of what the server did not take; throws where it is worth another try.
   * @param {Take} take
   * @param {Chunk} chunk
   * @param {unknown} error
   */
  async #refused(take, chunk, error) {
    if (!(error instanceof HttpError)) throw error;
    const missing = error.answer.seq;
    if (error.status === 409 && typeof missing === "number" && missing > chunk.seq) return this.#skipTo(take, missing);
    if (error.status === 409 && typeof missing === "number") return this.#giveUp(take, "out_of_step");
    if (error.status === DAMAGED && (this.#damaged += 1) < MOST_DAMAGED) throw error;
    if (error.status === DAMAGED || error.status === 415) return this.#giveUp(take, "damaged");
    if (!OVER.includes(error.status)) throw error;
    this.#isOver = true;
    if (this.#isClosed || ENDED.includes(error.status)) return;
    const isFull = error.status === FULL;
    if (isFull) this.#options.report?.("recording_full", { where: "server" });
    else this.#options.report?.("recording_refused", { status: error.status });
    this.#options.onRefused?.(isFull);
  }

  /**
   * An earlier answer was lost: the server has more of the take than we knew.
   * @param {Take} take
   * @param {number} seq
   */
  async #skipTo(take, seq) {
    for (let chunk; (chunk = await this.#options.store.firstChunk(take.id)) && chunk.seq < seq; ) {
      this.#sentBytes += chunk.bytes.byteLength;
      await this.#options.store.removeChunk(take.id, chunk.seq);
    }
  }

  /**
   * Nothing of this take can follow what the server has of it; the others can.
   * @param {Take} take
   * @param {string} reason
   */
  async #giveUp(take, reason) {
    this.#damaged = 0;
    this.#options.report?.("recording_lost", { kind: take.kind, reason });
    await this.#options.store.dropTake(take.id);
  }

  async #tell() {
    if (this.#isClosed) return;
    const wanted = (await this.#options.store.takes()).filter(({ isWanted }) => isWanted);
    const waitingBytes = wanted.reduce((sum, take) => sum + take.waitingBytes, 0);
    const isStuck = this.#failures > 0;
    this.#options.onProgress?.({ sentBytes: this.#sentBytes, waitingBytes, isStuck, isOver: this.#isOver });
  }

  /** @param {unknown} error */
  #retryLater(error) {
    if (!(error instanceof HttpError)) console.warn("Recorded chunks were not sent", error);
    const wait = Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    if (this.#isClosed) return;
    this.#isWaiting = true;
    // Between half and all of it: a hall that lost its connection does not come back in one moment.
    this.#timer = this.#options.setTimeout(() => void this.flush(), wait * (0.5 + this.#options.random() / 2));
  }
}

/**
 * @param {() => void} fn
 * @param {number} ms
 */
function later(fn, ms) {
  return setTimeout(fn, ms);
}

/** @param {any} id */
function never(id) {
  clearTimeout(id);
}
