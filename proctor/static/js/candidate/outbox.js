/**
 * Events on their way to the server. Each is stored first and removed only when the server says that it has it;
 * its id is made here, so sending one twice does no harm.
 */

/** @typedef {import("./outbox-store.js").OutboxEvent} OutboxEvent */
/** @typedef {import("./outbox-store.js").Waiting} Waiting */

const BATCH = 50;
/** A message may have 64 KiB. */
const BATCH_CHARS = 40_000;
const FIRST_RETRY_MS = 1000;
const SLOWEST_RETRY_MS = 15000;
/** The server will never take such an event, however often it is sent: something is wrong with it… */
const FAULTY = [400, 413, 422];
/** …or the exam takes no more of them. */
const UNWANTED = [404, 409];
const REFUSED = "event_refused";

/**
 * @typedef {object} Options
 * @property {import("./outbox-store.js").OutboxStore} store
 * @property {(events: OutboxEvent[], outbox: string) => Promise<string[]>} send gives the ids that the server has now
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
    } catch (error) {
      this.#retryLater(error);
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
      // No progress without an error: ask again later rather than in a circle.
      if (!(await this.#deliver(oneMessage(waiting)))) throw new Error("the server took none");
    }
  }

  /**
   * Send events and forget those that the server has; say whether there were any. One event that the server refuses must
   * not hold up the others: then each is sent alone, and the refused one is set aside.
   * @param {Waiting[]} waiting
   * @returns {Promise<boolean>}
   */
  async #deliver(waiting) {
    const [first] = waiting;
    if (!first) return false;
    try {
      const accepted = new Set(await this.#send(waiting.map(({ event }) => event), first.outbox));
      const keys = waiting.filter(({ event }) => accepted.has(event.id)).map(({ key }) => key);
      await this.#store.remove(keys);
      return keys.length > 0;
    } catch (error) {
      const status = statusOf(error);
      if (![...FAULTY, ...UNWANTED].includes(status)) throw error;
      if (waiting.length > 1) return this.#deliver([first]);
      await this.#setAside(first, status);
      return true;
    }
  }

  /**
   * Its place in the numbering stays filled: what could not be taken is told under the same number.
   * @param {Waiting} waiting
   * @param {number} status
   */
  async #setAside({ key, event }, status) {
    if (UNWANTED.includes(status) || event.event_type === REFUSED) return this.#store.remove([key]);
    const { timestamp, seq } = event;
    const payload = { event_type: event.event_type.slice(0, 64), status };
    await this.#store.replace(key, { id: this.#newId(), event_type: REFUSED, timestamp, seq, payload });
  }

  /** @param {unknown} error */
  #retryLater(error) {
    const asked = error instanceof Error && "retryAfterMs" in error ? Number(error.retryAfterMs ?? 0) : 0;
    const wait = asked || Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#retries);
    if (!asked) this.#retries += 1;
    if (!this.#isClosed) this.#retryTimer = this.#setTimeout(() => void this.flush(), wait);
  }
}

/**
 * As many as go together: of one numbering, and not more than a message holds.
 * @param {Waiting[]} waiting
 * @returns {Waiting[]}
 */
function oneMessage(waiting) {
  let chars = 0;
  const end = waiting.findIndex(({ outbox, event }, at) => {
    chars += JSON.stringify(event).length;
    return at > 0 && (outbox !== waiting[0]?.outbox || chars > BATCH_CHARS);
  });
  return end < 0 ? waiting : waiting.slice(0, end);
}

/**
 * @param {unknown} error
 * @returns {number} 0 where there was no answer
 */
function statusOf(error) {
  return error instanceof Error && "status" in error ? Number(error.status) : 0;
}
