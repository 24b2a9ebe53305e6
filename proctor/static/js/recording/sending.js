/** The server's side of a recording, as the candidate's pages speak to it. */

import { postBytes, postJson } from "../lib/http.js";

/** @typedef {import("./chunk-store.js").Take} Take */
/** @typedef {import("./chunk-store.js").Chunk} Chunk */

const TYPE = "video/webm";
const TIMEOUT_MS = 60_000;

/**
 * @param {string} handle
 * @param {string} csrfToken
 * @param {() => number} [now] the page's clock, in milliseconds since 1970
 */
export function recordingApi(handle, csrfToken, now = () => Date.now()) {
  const base = `/exam/${encodeURIComponent(handle)}/recordings`;
  return {
    /**
     * @param {Take} take
     * @param {Chunk} chunk
     */
    send({ id, kind, startedAt }, { seq, offset, sha256, bytes }) {
      const age = Math.max(0, Math.round(now() - startedAt));
      const query = new URLSearchParams({ seq: String(seq), offset: String(offset), sha256, age_ms: String(age) });
      return postBytes(`${base}/${kind}/${id}/chunks?${query}`, bytes, { type: TYPE, csrfToken, timeoutMs: TIMEOUT_MS });
    },
    /** Nothing is left to send. */
    complete() {
      return postJson(`${base}/complete`, {}, { csrfToken });
    },
  };
}

/**
 * @param {ArrayBuffer} bytes
 * @returns {Promise<string>}
 */
export async function sha256Of(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
