/**
 * Where events wait until the server has them: IndexedDB, so that a reload or a crash loses none. Where the browser
 * offers none (some private windows), the page's memory has to do.
 *
 * Events are numbered as they come in, so that the server sees where one is missing (docs/protocol.md).
 */

/**
 * @typedef {object} OutboxEvent as docs/protocol.md has it
 * @property {string} id
 * @property {string} event_type
 * @property {string} timestamp
 * @property {string} [message]
 * @property {Record<string, unknown>} [payload]
 * @property {number} [seq] its number, which the store gives
 */

/** @typedef {{key: number, outbox: string, event: OutboxEvent}} Waiting `outbox` names the numbering */

/**
 * @typedef {object} OutboxStore
 * @property {(event: OutboxEvent) => Promise<void>} put numbers the event and keeps it
 * @property {(count: number) => Promise<Waiting[]>} first the oldest ones
 * @property {(key: number, event: OutboxEvent) => Promise<void>} replace
 * @property {(keys: number[]) => Promise<void>} remove
 */

const DATABASE = "proctor";
const EVENTS = "events";
const NUMBERINGS = "numberings";
/** The server takes events of an exam that has ended for so long. */
const TAKEN_MS = 24 * 3600 * 1000;

/**
 * The events of one exam session.
 * @param {string} handle
 * @param {IDBFactory | undefined} factory
 * @returns {Promise<OutboxStore>}
 */
export async function openOutboxStore(handle, factory) {
  try {
    if (!factory) return new MemoryStore();
    const store = new DatabaseStore(handle, await openDatabase(factory));
    await store.forgetOthers(new Date(Date.now() - TAKEN_MS));
    return new SpareStore(store);
  } catch {
    return new MemoryStore();
  }
}

/** @implements {OutboxStore} */
export class MemoryStore {
  /** @type {Map<number, OutboxEvent>} */
  #events = new Map();
  #last = 0;
  #outbox = newName();

  /** @param {OutboxEvent} event */
  async put(event) {
    this.#last += 1;
    this.#events.set(this.#last, { ...event, seq: this.#last });
  }

  /** @param {number} count */
  async first(count) {
    return [...this.#events].slice(0, count).map(([key, event]) => ({ key, outbox: this.#outbox, event }));
  }

  /**
   * @param {number} key
   * @param {OutboxEvent} event
   */
  async replace(key, event) {
    this.#events.set(key, event);
  }

  /** @param {number[]} keys */
  async remove(keys) {
    for (const key of keys) this.#events.delete(key);
  }
}

/**
 * A store with the page's memory beside it, for what it does not take: a disk is full, or the browser has closed its
 * database while the machine slept. What it took before waits in it for the next visit.
 * @implements {OutboxStore}
 */
export class SpareStore {
  #store;
  #spare = new MemoryStore();

  /** @param {OutboxStore} store its keys count from 1 */
  constructor(store) {
    this.#store = store;
  }

  /** @param {OutboxEvent} event */
  async put(event) {
    await this.#store.put(event).catch(() => this.#spare.put(event));
  }

  /** @param {number} count */
  async first(count) {
    const spare = (await this.#spare.first(count)).map((row) => ({ ...row, key: -row.key }));
    try {
      return [...(await this.#store.first(count)), ...spare].slice(0, count);
    } catch (error) {
      if (spare.length === 0) throw error;
      return spare;
    }
  }

  /**
   * @param {number} key
   * @param {OutboxEvent} event
   */
  replace(key, event) {
    return key < 0 ? this.#spare.replace(-key, event) : this.#store.replace(key, event);
  }

  /** @param {number[]} keys */
  async remove(keys) {
    await this.#spare.remove(keys.filter((key) => key < 0).map((key) => -key));
    const others = keys.filter((key) => key > 0);
    if (others.length > 0) await this.#store.remove(others);
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
    await this.#write((events, numberings) => {
      const known = numberings.get(this.#handle);
      known.onsuccess = () => {
        const { outbox, last } = known.result ?? { outbox: newName(), last: 0 };
        const seq = last + 1;
        numberings.put({ handle: this.#handle, outbox, last: seq });
        events.add({ handle: this.#handle, outbox, event: { ...event, seq } });
      };
    });
  }

  /** @param {number} count */
  async first(count) {
    const index = this.#database.transaction(EVENTS).objectStore(EVENTS).index("handle");
    /** @type {{seq: number, outbox: string, event: OutboxEvent}[]} */
    const rows = await answered(index.getAll(this.#handle, count));
    return rows.map(({ seq, outbox, event }) => ({ key: seq, outbox, event }));
  }

  /**
   * @param {number} key
   * @param {OutboxEvent} event
   */
  async replace(key, event) {
    await this.#write((events) => {
      const known = events.get(key);
      known.onsuccess = () => known.result && events.put({ ...known.result, event });
    });
  }

  /** @param {number[]} keys */
  async remove(keys) {
    await this.#write((events) => keys.forEach((key) => events.delete(key)));
  }

  /**
   * Forget what other exams left behind and nobody would take any more.
   * @param {Date} before
   */
  async forgetOthers(before) {
    await this.#write((events, numberings) => {
      const walk = events.openCursor();
      walk.onsuccess = () => {
        const row = walk.result;
        if (!row) return;
        const { handle, event } = row.value;
        if (handle !== this.#handle && new Date(event.timestamp) < before) {
          row.delete();
          numberings.delete(handle);
        }
        row.continue();
      };
    });
  }

  /** @param {(events: IDBObjectStore, numberings: IDBObjectStore) => void} change */
  #write(change) {
    // Strict: on disk before we go on, or a power cut takes what we believed to be safe.
    const transaction = this.#database.transaction([EVENTS, NUMBERINGS], "readwrite", { durability: "strict" });
    change(transaction.objectStore(EVENTS), transaction.objectStore(NUMBERINGS));
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
  const request = factory.open(DATABASE, 2);
  request.onupgradeneeded = () => {
    for (const name of request.result.objectStoreNames) request.result.deleteObjectStore(name);
    const events = request.result.createObjectStore(EVENTS, { keyPath: "seq", autoIncrement: true });
    events.createIndex("handle", "handle");
    request.result.createObjectStore(NUMBERINGS, { keyPath: "handle" });
  };
  return answered(request);
}

/** The name of a new numbering. */
function newName() {
  return crypto.randomUUID().slice(0, 8);
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
