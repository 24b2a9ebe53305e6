/**
 * Where recorded chunks wait until the server has them: IndexedDB, so that a reload or a crash loses none. Where the
 * browser offers none (some private windows), the page's memory has to do, within a limit.
 */

/** @typedef {import("./take-recorder.js").Kind} Kind */

/**
 * @typedef {object} Take
 * @property {string} id
 * @property {string} handle
 * @property {Kind} kind
 * @property {number} startedAt by the page's clock, in milliseconds since 1970
 * @property {number | null} endedAt null while it is recorded, and where a crash ended it
 * @property {boolean} isWanted whether it is to be sent
 * @property {number} waitingBytes how many of them the server does not have yet
 */

/** @typedef {{takeId: string, seq: number, offset: number, sha256: string, bytes: ArrayBuffer}} Chunk */

/**
 * @typedef {object} ChunkStore
 * @property {() => Promise<Take[]>} takes the oldest first
 * @property {(take: Take) => Promise<void>} addTake
 * @property {(takeId: string, change: Partial<Pick<Take, "endedAt" | "isWanted">>) => Promise<void>} changeTake
 * @property {(chunk: Chunk) => Promise<void>} addChunk fails with a `QuotaExceededError` where there is no room
 * @property {(takeId: string) => Promise<Chunk | null>} firstChunk the first of a take that waits
 * @property {(takeId: string, seq: number) => Promise<void>} removeChunk
 * @property {(takeId: string) => Promise<void>} dropTake with all its chunks
 */

const DATABASE = "proctor-recording";
const TAKES = "takes";
const CHUNKS = "chunks";
const MEMORY_BYTES = 64 * 1024 * 1024;
/** The server takes nothing a day after an exam; what is older, of whatever exam, would only lie here. */
const KEPT_MS = 3 * 86_400_000;

/**
 * The recordings of one exam session.
 * @param {string} handle
 * @param {IDBFactory | undefined} factory
 * @returns {Promise<ChunkStore>}
 */
export async function openChunkStore(handle, factory) {
  try {
    if (!factory) return new MemoryChunkStore();
    const store = new DatabaseChunkStore(handle, await openDatabase(factory));
    await store.forgetOld(Date.now() - KEPT_MS);
    return store;
  } catch {
    return new MemoryChunkStore();
  }
}

/** @param {unknown} error */
export function isFull(error) {
  return error instanceof Error && error.name === "QuotaExceededError";
}

/** @implements {ChunkStore} */
export class MemoryChunkStore {
  /** @type {Map<string, Take>} */
  #takes = new Map();
  /** @type {Map<string, Chunk[]>} */
  #chunks = new Map();
  #mostBytes;

  /** @param {number} [mostBytes] */
  constructor(mostBytes = MEMORY_BYTES) {
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

/** @implements {ChunkStore} */
class DatabaseChunkStore {
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
function openDatabase(factory) {
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
