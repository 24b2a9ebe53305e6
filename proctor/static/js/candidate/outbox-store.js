/**
 * Where events wait until the server has them: IndexedDB, so that a reload or a crash loses none. Where the browser
 * offers none (some private windows), the page's memory has to do.
 */

/**
 * @typedef {object} OutboxEvent as docs/protocol.md has it
 * @property {string} id
 * @property {string} event_type
 * @property {string} timestamp
 * @property {string} [message]
 * @property {Record<string, unknown>} [payload]
 */

/** @typedef {{key: number, event: OutboxEvent}} Waiting */

/**
 * @typedef {object} OutboxStore
 * @property {(event: OutboxEvent) => Promise<void>} put
 * @property {(count: number) => Promise<Waiting[]>} first the oldest ones
 * @property {(keys: number[]) => Promise<void>} remove
 */

const DATABASE = "proctor";
const EVENTS = "events";

/**
 * The events of one exam session.
 * @param {string} handle
 * @param {IDBFactory | undefined} factory
 * @returns {Promise<OutboxStore>}
 */
export async function openOutboxStore(handle, factory) {
  try {
    if (!factory) return new MemoryStore();
    return new DatabaseStore(handle, await openDatabase(factory));
  } catch {
    return new MemoryStore();
  }
}

/** @implements {OutboxStore} */
export class MemoryStore {
  /** @type {Map<number, OutboxEvent>} */
  #events = new Map();
  #next = 1;

  /** @param {OutboxEvent} event */
  async put(event) {
    this.#events.set(this.#next, event);
    this.#next += 1;
  }

  /** @param {number} count */
  async first(count) {
    return [...this.#events].slice(0, count).map(([key, event]) => ({ key, event }));
  }

  /** @param {number[]} keys */
  async remove(keys) {
    for (const key of keys) this.#events.delete(key);
  }
}

/** @implements {OutboxStore} */
class DatabaseStore {
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

  /** @param {OutboxEvent} event */
  async put(event) {
    await this.#write((events) => events.add({ handle: this.#handle, event }));
  }

  /** @param {number} count */
  async first(count) {
    const index = this.#database.transaction(EVENTS).objectStore(EVENTS).index("handle");
    /** @type {{seq: number, event: OutboxEvent}[]} */
    const rows = await answered(index.getAll(this.#handle, count));
    return rows.map(({ seq, event }) => ({ key: seq, event }));
  }

  /** @param {number[]} keys */
  async remove(keys) {
    await this.#write((events) => keys.forEach((key) => events.delete(key)));
  }

  /** @param {(events: IDBObjectStore) => void} change */
  #write(change) {
    // Strict: on disk before we go on, or a power cut takes what we believed to be safe.
    const transaction = this.#database.transaction(EVENTS, "readwrite", { durability: "strict" });
    change(transaction.objectStore(EVENTS));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/**
 * @param {IDBFactory} factory
 * @returns {Promise<IDBDatabase>}
 */
function openDatabase(factory) {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    const events = request.result.createObjectStore(EVENTS, { keyPath: "seq", autoIncrement: true });
    events.createIndex("handle", "handle");
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
