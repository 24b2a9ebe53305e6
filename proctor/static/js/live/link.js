/**
 * A Socket.IO socket as the rest of the page wants it: states in our words, requests that are promises and always
 * settle, and a second try where Socket.IO gives up although the server only asked for patience.
 *
 * Knows no DOM and no transport: the socket comes in, so tests need neither a browser nor a server.
 */

/** @typedef {"connecting" | "online" | "offline" | "refused"} ChannelState */
/** @typedef {Record<string, any>} Fields */
/** @typedef {(state: ChannelState, refusal: string | null) => void} StateListener */

/**
 * The part of a Socket.IO client socket that is used here.
 * @typedef {object} SocketLike
 * @property {boolean} connected
 * @property {boolean} active
 * @property {(event: string, listener: (...args: any[]) => void) => unknown} on
 * @property {(event: string, listener: (...args: any[]) => void) => unknown} off
 * @property {(ms: number) => {emit: (event: string, ...args: any[]) => unknown}} timeout
 * @property {() => unknown} connect
 * @property {() => unknown} disconnect
 */

const ANSWER_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 1_000;
const SLOWEST_RETRY_MS = 15_000;
const NOT_TAKEN = 503;

/** A request that was answered with a failure, or not answered at all (503: safe to send again under the same id). */
export class ChannelError extends Error {
  /**
   * @param {number} status the HTTP-like status of docs/protocol.md
   * @param {string} detail a sentence from the server, or ours when there was no answer
   * @param {Fields} [answer] the whole failed answer
   */
  constructor(status, detail, answer = {}) {
    super(detail);
    this.name = "ChannelError";
    this.status = status;
    this.detail = detail;
    /** @type {Record<string, string[]>} */
    this.errors = answer.errors ?? {};
    /** @type {number | null} */
    this.retryAfterMs = typeof answer.retry_after_s === "number" ? answer.retry_after_s * 1000 : null;
  }
}

/** One namespace of the live protocol. `Channel` is this over a real socket. */
export class Link {
  /** @type {ChannelState} */
  #state = "connecting";
  /** @type {string | null} */
  #refusal = null;
  /** @type {Set<StateListener>} */
  #stateListeners = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  #retries = 0;
  #closed = false;

  /** @param {SocketLike} socket */
  constructor(socket) {
    this.socket = socket;
    socket.on("connect", () => this.#connected());
    socket.on("disconnect", (/** @type {string} */ reason) => this.#disconnected(reason));
    socket.on("connect_error", (/** @type {Error} */ error) => this.#failed(error));
  }

  /** @returns {ChannelState} */
  get state() {
    return this.#state;
  }

  /** Why the server refused us (`unauthenticated`, `session_ended`, …), while the state is `refused`. */
  get refusal() {
    return this.#refusal;
  }

  /**
   * Calls `listener` for each `event` from the server.
   * @param {string} event
   * @param {(message: any) => void} listener
   * @returns {() => void} stops listening
   */
  on(event, listener) {
    this.socket.on(event, listener);
    return () => void this.socket.off(event, listener);
  }

  /**
   * Calls `listener` at each change of state. It is not called for the present one: read `state` for that.
   * @param {StateListener} listener
   * @returns {() => void} stops listening
   */
  onState(listener) {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  /**
   * Sends `event` and waits for its acknowledgement. Nothing is kept for later: while offline it rejects at once,
   * because a signal that arrives a minute late does harm. What must not be lost belongs in an outbox.
   * @param {string} event
   * @param {Fields} [payload]
   * @returns {Promise<Fields>} the answer's fields
   * @throws {ChannelError} the server said no, or nothing within ten seconds
   */
  request(event, payload = {}) {
    if (!this.socket.connected) {
      return Promise.reject(new ChannelError(NOT_TAKEN, "Not connected"));
    }
    return new Promise((resolve, reject) => {
      /** @param {Error | null} lost @param {unknown} answer */
      const settle = (lost, answer) => {
        const outcome = lost ? new ChannelError(NOT_TAKEN, "No answer") : readAnswer(answer);
        if (outcome instanceof ChannelError) reject(outcome);
        else resolve(outcome);
      };
      this.socket.timeout(ANSWER_TIMEOUT_MS).emit(event, payload, settle);
    });
  }

  /** Leaves the namespace for good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#stateListeners.clear();
    this.socket.disconnect();
  }

  #connected() {
    this.#retries = 0;
    this.#change("online", null);
  }

  /** @param {string} reason */
  #disconnected(reason) {
    this.#change("offline", null);
    // Socket.IO does not come back after the server's own goodbye. We ask again: the answer tells a restart from a no.
    if (reason === "io server disconnect") this.#retryLater();
  }

  /** @param {Error} error */
  #failed(error) {
    const retriedBySocketIo = this.socket.active;
    if (retriedBySocketIo) return this.#change("offline", null);
    if (error.message !== "unavailable") return this.#change("refused", error.message);
    this.#change("offline", null);
    this.#retryLater();
  }

  #retryLater() {
    if (this.#closed) return;
    const ceiling = Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#retries);
    this.#retries += 1;
    clearTimeout(this.#retryTimer);
    // Half of the wait is random, so that a hall of candidates does not return in one instant.
    this.#retryTimer = setTimeout(() => this.socket.connect(), ceiling * (0.5 + Math.random() / 2));
  }

  /**
   * @param {ChannelState} state
   * @param {string | null} refusal
   */
  #change(state, refusal) {
    if (this.#closed || (state === this.#state && refusal === this.#refusal)) return;
    this.#state = state;
    this.#refusal = refusal;
    for (const listener of [...this.#stateListeners]) listener(state, refusal);
  }
}

/**
 * @param {unknown} answer
 * @returns {Fields | ChannelError}
 */
function readAnswer(answer) {
  if (typeof answer !== "object" || answer === null) return new ChannelError(NOT_TAKEN, "Unreadable answer");
  const { ok, ...fields } = /** @type {Fields} */ (answer);
  if (ok === true) return fields;
  return new ChannelError(Number(fields.status) || NOT_TAKEN, String(fields.detail ?? "Refused"), fields);
}
