/** Sends what a proctor asked for, and tries again until the server has it or says that it does not want it. */

import { HttpError } from "../lib/http.js";

const FIRST_RETRY_MS = 1_000;
const SLOWEST_RETRY_MS = 15_000;
const TIMEOUT_MS = 120_000;

/**
 * @typedef {object} Answer
 * @property {string} kind `room_scan` or `identity_photo`
 * @property {string} actionId the request that it answers
 * @property {Blob} blob
 */

export class AnswerUpload {
  #closing = new AbortController();
  #url;
  #csrfToken;
  #fetch;
  #wait;

  /**
   * @param {string} handle
   * @param {string} csrfToken
   * @param {object} [browser]
   * @param {typeof globalThis.fetch} [browser.fetch]
   * @param {(ms: number, signal: AbortSignal) => Promise<void>} [browser.wait]
   */
  constructor(handle, csrfToken, { fetch = globalThis.fetch.bind(globalThis), wait = pause } = {}) {
    this.#url = `/exam/${encodeURIComponent(handle)}/evidence`;
    this.#csrfToken = csrfToken;
    this.#fetch = fetch;
    this.#wait = wait;
  }

  /**
   * @param {Answer} answer
   * @param {string} [id] the same for each try, so that it is kept once
   * @param {() => void} [onDelay] called when a try has failed and another will follow
   * @throws {HttpError} the server does not want it
   */
  async send(answer, id = crypto.randomUUID(), onDelay = () => {}) {
    for (let retries = 0; ; retries += 1) {
      const status = await this.#post(answer, id);
      if (status >= 200 && status < 300) return;
      const mayWork = status === 0 || status === 429 || status >= 500;
      if (!mayWork || this.#closing.signal.aborted) throw new HttpError(status, "");
      onDelay();
      await this.#wait(Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries), this.#closing.signal);
    }
  }

  close() {
    this.#closing.abort();
  }

  /**
   * @param {Answer} answer
   * @param {string} id
   * @returns {Promise<number>} the status, 0 where no answer came
   */
  async #post({ kind, actionId, blob }, id) {
    const query = new URLSearchParams({ kind, action_id: actionId, id });
    const headers = { "Content-Type": blob.type, "X-CSRF-Token": this.#csrfToken };
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const options = { method: "POST", headers, body: blob, credentials: /** @type {const} */ ("same-origin"), signal };
      return (await this.#fetch(`${this.#url}?${query}`, options)).status;
    } catch {
      return 0;
    }
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal ends the wait early
 * @returns {Promise<void>}
 */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
