/**
 * Events on their way to the server. Each is stored first and removed only when the server says that it has it;
 * its id is made here, so sending one twice does no harm.
 */

/** @typedef {import("./outbox-store.js").OutboxEvent} OutboxEvent */
/** @typedef {import("./outbox-store.js").Waiting} Waiting */

const BATCH = 50;
const FIRST_RETRY_MS = 1000;
const SLOWEST_RETRY_MS = 15000;
/** The server will never take such an event, however often it is sent. */
const POISON = [400, 404, 409, 413, 422];

/**
 * @typedef {object} Options
 * @property {import("./outbox-store.js").OutboxStore} store
 * @property {(events: OutboxEvent[]) => Promise<string[]>} send gives the ids that the server has now
 * @property {() => string} [newId]
 * @property {() => Date} [now]
 * @property {(fn: () => void, ms: number) => any} [setTimeout]
 * @property {(id: any) => void} [clearTimeout]
 */

export class Outbox {
  #store;
  #send;
  #newId;
  #now;
  #setTimeout;
  #clearTimeout;
  /** @type {any} */
  #retryTimer;
  #retries = 0;
  #isSending = false;
  #isClosed = false;

  /** @param {Options} options */
  constructor({ store, send, newId, now, setTimeout, clearTimeout }) {
    this.#store = store;
    this.#send = send;
    this.#newId = newId ?? (() => crypto.randomUUID());
    this.#now = now ?? (() => new Date());
    this.#setTimeout = setTimeout ?? ((fn, ms) => globalThis.setTimeout(fn, ms));
    this.#clearTimeout = clearTimeout ?? ((id) => globalThis.clearTimeout(id));
  }

  /**
   * Keep an event until the server has it.
   * @param {string} eventType
   * @param {Record<string, unknown>} [payload]
   * @param {object} [more]
   * @param {string} [more.message] in words, for people
   * @param {(event: OutboxEvent) => void} [more.onKept] called when it is safe here, on its way or not
   */
  async add(eventType, payload, { message, onKept } = {}) {
    /** @type {OutboxEvent} */
    const event = { id: this.#newId(), event_type: eventType, timestamp: this.#now().toISOString() };
    if (payload) event.payload = payload;
    if (message) event.message = message;
    await this.#store.put(event);
    onKept?.(event);
    await this.flush();
  }

  /** Send what is waiting, oldest first. Called at each new event, after a reconnect, and again after a failure. */
  async flush() {
    if (this.#isSending || this.#isClosed) return;
    this.#isSending = true;
    this.#clearTimeout(this.#retryTimer);
    try {
      await this.#sendAll();
      this.#retries = 0;
    } catch {
      this.#retryLater();
    } finally {
      this.#isSending = false;
    }
  }

  /** Stop sending; what is stored stays for the next visit. */
  close() {
    this.#isClosed = true;
    this.#clearTimeout(this.#retryTimer);
  }

  async #sendAll() {
    for (;;) {
      const waiting = await this.#store.first(BATCH);
      if (waiting.length === 0 || this.#isClosed) return;
      const done = await this.#deliver(waiting);
      // No progress without an error: ask again later rather than in a circle.
      if (done.length === 0) throw new Error("the server took none");
      await this.#store.remove(done);
    }
  }

  /**
   * The keys that need not wait any longer. One event that the server refuses must not hold up the others: then each
   * is sent alone, and the refused one is dropped.
   * @param {Waiting[]} waiting
   * @returns {Promise<number[]>}
   */
  async #deliver(waiting) {
    try {
      const accepted = new Set(await this.#send(waiting.map(({ event }) => event)));
      return waiting.filter(({ event }) => accepted.has(event.id)).map(({ key }) => key);
    } catch (error) {
      if (!isPoison(error)) throw error;
      if (waiting.length === 1) return waiting.map(({ key }) => key);
      return this.#deliver(waiting.slice(0, 1));
    }
  }

  #retryLater() {
    const wait = Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#retries);
    this.#retries += 1;
    if (!this.#isClosed) this.#retryTimer = this.#setTimeout(() => void this.flush(), wait);
  }
}

/** @param {unknown} error */
function isPoison(error) {
  return error instanceof Error && "status" in error && POISON.includes(Number(error.status));
}
