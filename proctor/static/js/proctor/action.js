/**
 * One action of a proctor. It carries an id of its own making, and the same id again as long as nobody knows whether
 * the first attempt arrived: pressing twice never does it twice.
 */

import { HttpError, postJson } from "../lib/http.js";

/** @typedef {"offline" | "busy" | "signed_out" | "other"} Reason `other`: the server understood, and said no */
/** @typedef {{ok: true, answer: any} | {ok: false, reason: Reason, detail: string}} Outcome */

export class Action {
  /** @type {{id: string, body: string} | null} the attempt that was not answered */
  #open = null;
  #post;
  #newId;

  /**
   * @param {string} url
   * @param {object} options
   * @param {string} options.csrfToken
   * @param {boolean} [options.hasId] whether the route takes an `action_id`
   * @param {number} [options.timeoutMs] how long to wait for an answer
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {() => string} [options.newId]
   */
  constructor(url, { csrfToken, hasId = true, timeoutMs, fetch, newId = () => crypto.randomUUID() }) {
    this.#post = (/** @type {Record<string, unknown>} */ body) => postJson(url, body, { csrfToken, fetch, timeoutMs });
    this.#newId = hasId ? newId : null;
  }

  /**
   * Does it, or tries again what was left unanswered.
   * @param {Record<string, unknown>} fields
   * @returns {Promise<Outcome>}
   */
  async run(fields) {
    const body = this.#newId ? { ...fields, action_id: this.#idFor(fields, this.#newId) } : fields;
    try {
      const answer = await this.#post(body);
      this.#open = null;
      return { ok: true, answer };
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const reason = reasonOf(error.status);
      if (reason === "other") this.#open = null;
      return { ok: false, reason, detail: wordsOf(error) };
    }
  }

  /**
   * Other words are another action, and so get another id.
   * @param {Record<string, unknown>} fields
   * @param {() => string} newId
   */
  #idFor(fields, newId) {
    const body = JSON.stringify(fields);
    if (this.#open?.body !== body) this.#open = { id: newId(), body };
    return this.#open.id;
  }
}

/**
 * @param {number} status
 * @returns {Reason}
 */
function reasonOf(status) {
  if (status === 0) return "offline";
  if (status === 401) return "signed_out";
  return status >= 500 || status === 429 ? "busy" : "other";
}

/** @param {HttpError} error */
function wordsOf(error) {
  return Object.values(error.errors).flat().join(" ") || error.detail;
}
