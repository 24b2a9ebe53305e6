/** Recorded chunks in IndexedDB. A chunk and the count of what waits change together or not at all. */

/** @typedef {import("./chunk-store.js").Take} Take */
/** @typedef {import("./chunk-store.js").Chunk} Chunk */
/** @typedef {import("./chunk-store.js").ChunkStore} ChunkStore */

const DATABASE = "proctor-recording";
const TAKES = "takes";
const CHUNKS = "chunks";

/** @implements {ChunkStore} */
export class DatabaseChunkStore {
  #handle;
  #database;

  /**
   * @param {string} handle
   * @param {IDBDatabase} database
   */
  constructor(handle, database) {
    this.#handle = handle;
    this.#database = database;
  }

  async takes() {
    const index = this.#database.transaction(TAKES).objectStore(TAKES).index("handle");
    /** @type {Take[]} */
    const takes = await answered(index.getAll(this.#handle));
    return takes.sort((one, other) => one.startedAt - other.startedAt);
  }

  /** @param {Take} take */
  addTake(take) {
    return this.#write((takes) => takes.put(take));
  }

  /**
   * @param {string} takeId
   * @param {Partial<Take>} change
   */
  changeTake(takeId, change) {
    return this.#write((takes) => changed(takes, takeId, (take) => ({ ...take, ...change })));
  }

  /** @param {Chunk} chunk */
  addChunk(chunk) {
    return this.#write((takes, chunks) => {
      chunks.put(chunk);
      changed(takes, chunk.takeId, (take) => counted(take, chunk.bytes.byteLength));
    });
  }

  /** @param {string} takeId */
  async firstChunk(takeId) {
    const chunks = this.#database.transaction(CHUNKS).objectStore(CHUNKS);
    return (await answered(chunks.get(ofTake(takeId)))) ?? null;
  }

  /**
   * @param {string} takeId
   * @param {number} seq
   */
  removeChunk(takeId, seq) {
    return this.#write((takes, chunks) => {
      const request = chunks.get([takeId, seq]);
      request.onsuccess = () => {
        if (!request.result) return;
        chunks.delete([takeId, seq]);
        changed(takes, takeId, (take) => counted(take, -request.result.bytes.byteLength));
      };
    });
  }

  /** @param {string} takeId */
  dropTake(takeId) {
    return this.#write((takes, chunks) => {
      takes.delete(takeId);
      chunks.delete(ofTake(takeId));
    });
  }

  /**
   * Drop the takes of every exam that began before a moment.
   * @param {number} before
   */
  async forgetOld(before) {
    /** @type {Take[]} */
    const takes = await answered(this.#database.transaction(TAKES).objectStore(TAKES).getAll());
    for (const { id } of takes.filter(({ startedAt }) => startedAt < before)) await this.dropTake(id);
  }

  /**
   * @param {(takes: IDBObjectStore, chunks: IDBObjectStore) => void} change
   * @returns {Promise<void>}
   */
  #write(change) {
    const transaction = this.#database.transaction([TAKES, CHUNKS], "readwrite");
    change(transaction.objectStore(TAKES), transaction.objectStore(CHUNKS));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/**
 * Change a take within a transaction; nothing happens where it is gone.
 * @param {IDBObjectStore} takes
 * @param {string} takeId
 * @param {(take: Take) => Take} change
 */
function changed(takes, takeId, change) {
  const request = takes.get(takeId);
  request.onsuccess = () => request.result && takes.put(change(request.result));
}

/**
 * @param {Take} take
 * @param {number} bytes
 * @returns {Take}
 */
function counted(take, bytes) {
  return { ...take, waitingBytes: take.waitingBytes + bytes };
}

/**
 * Every chunk of one take, in its order.
 * @param {string} takeId
 */
function ofTake(takeId) {
  return IDBKeyRange.bound([takeId, 0], [takeId, Infinity]);
}

/**
 * @param {IDBFactory} factory
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase(factory) {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(TAKES, { keyPath: "id" }).createIndex("handle", "handle");
    request.result.createObjectStore(CHUNKS, { keyPath: ["takeId", "seq"] });
  };
  return answered(request);
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
