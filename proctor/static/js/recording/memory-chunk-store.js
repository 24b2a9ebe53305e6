/** Recorded chunks in the page's memory, for browsers that keep nothing: they live as long as the page, within a limit. */

/** @typedef {import("./chunk-store.js").Take} Take */
/** @typedef {import("./chunk-store.js").Chunk} Chunk */
/** @typedef {import("./chunk-store.js").ChunkStore} ChunkStore */

const MOST_BYTES = 64 * 1024 * 1024;

/** @implements {ChunkStore} */
export class MemoryChunkStore {
  /** @type {Map<string, Take>} */
  #takes = new Map();
  /** @type {Map<string, Chunk[]>} */
  #chunks = new Map();
  #mostBytes;

  /** @param {number} [mostBytes] */
  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  async takes() {
    return [...this.#takes.values()].sort((one, other) => one.startedAt - other.startedAt);
  }

  /** @param {Take} take */
  async addTake(take) {
    this.#takes.set(take.id, take);
    this.#chunks.set(take.id, []);
  }

  /**
   * @param {string} takeId
   * @param {Partial<Take>} change
   */
  async changeTake(takeId, change) {
    const take = this.#takes.get(takeId);
    if (take) this.#takes.set(takeId, { ...take, ...change });
  }

  /** @param {Chunk} chunk */
  async addChunk(chunk) {
    const waiting = [...this.#takes.values()].reduce((sum, take) => sum + take.waitingBytes, chunk.bytes.byteLength);
    if (waiting > this.#mostBytes) throw new DOMException("the page's memory is full", "QuotaExceededError");
    this.#chunks.get(chunk.takeId)?.push(chunk);
    await this.#count(chunk.takeId, chunk.bytes.byteLength);
  }

  /** @param {string} takeId */
  async firstChunk(takeId) {
    return this.#chunks.get(takeId)?.[0] ?? null;
  }

  /**
   * @param {string} takeId
   * @param {number} seq
   */
  async removeChunk(takeId, seq) {
    const chunks = this.#chunks.get(takeId) ?? [];
    const gone = chunks.find((chunk) => chunk.seq === seq);
    this.#chunks.set(takeId, chunks.filter((chunk) => chunk !== gone));
    await this.#count(takeId, -(gone?.bytes.byteLength ?? 0));
  }

  /** @param {string} takeId */
  async dropTake(takeId) {
    this.#takes.delete(takeId);
    this.#chunks.delete(takeId);
  }

  /**
   * @param {string} takeId
   * @param {number} bytes
   */
  async #count(takeId, bytes) {
    const take = this.#takes.get(takeId);
    if (take) this.#takes.set(takeId, { ...take, waitingBytes: take.waitingBytes + bytes });
  }
}
