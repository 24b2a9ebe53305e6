/**
 * JSON over HTTP with one kind of failure.
 */

/** A request that was not answered with success. `status` 0 means that no answer came at all. */
export class HttpError extends Error {
  /**
   * @param {number} status
   * @param {string} detail
   * @param {Record<string, string[]>} errors
   * @param {Record<string, any>} answer all of what was answered
   */
  constructor(status, detail, errors = {}, answer = {}) {
    super(detail || `HTTP ${status}`);
    this.name = "HttpError";
    this.status = status;
    this.detail = detail;
    this.errors = errors;
    this.answer = answer;
  }
}

/**
 * @typedef {object} Options
 * @property {string | null} [csrfToken]
 * @property {typeof globalThis.fetch} [fetch]
 * @property {number} [timeoutMs]
 */

/**
 * Send `body` and give back the answer.
 * @param {string} url
 * @param {unknown} body
 * @param {Options} [options]
 * @returns {Promise<any>}
 * @throws {HttpError}
 */
export function postJson(url, body, { csrfToken, ...options } = {}) {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/json" };
  if (csrfToken) headers["X-CSRF-Token"] = csrfToken;
  return ask(url, { method: "POST", headers, body: JSON.stringify(body) }, options);
}

/**
 * Send bytes of some media type, behind everything else that is on its way, and give back the answer.
 * @param {string} url
 * @param {ArrayBuffer} bytes
 * @param {Options & {type: string}} options
 * @returns {Promise<any>}
 * @throws {HttpError}
 */
export function postBytes(url, bytes, { type, csrfToken, ...options }) {
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": type };
  if (csrfToken) headers["X-CSRF-Token"] = csrfToken;
  return ask(url, { method: "POST", headers, body: bytes, priority: "low" }, options);
}

/**
 * @param {string} url
 * @param {Options} [options]
 * @returns {Promise<any>}
 * @throws {HttpError}
 */
export function getJson(url, options = {}) {
  return ask(url, {}, options);
}

/**
 * @param {string} url
 * @param {RequestInit} init
 * @param {Options} options
 */
async function ask(url, init, { fetch = globalThis.fetch, timeoutMs = 10000 }) {
  const headers = { Accept: "application/json", ...init.headers };
  const signal = AbortSignal.timeout(timeoutMs);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", redirect: "error", ...init, headers, signal });
  } catch {
    throw new HttpError(0, "");
  }
  const answer = await parsed(response);
  if (!response.ok) throw new HttpError(response.status, text(answer.detail), answer.errors ?? {}, answer);
  return answer;
}

/**
 * The body as an object; a proxy's error page counts as an empty one.
 * @param {Response} response
 * @returns {Promise<any>}
 */
async function parsed(response) {
  try {
    return (await response.json()) ?? {};
  } catch {
    return {};
  }
}

/** @param {unknown} value */
function text(value) {
  return typeof value === "string" ? value : "";
}
