/** Start: the click that makes this browser the one that takes the exam. */

import { HttpError, postJson } from "../lib/http.js";

/**
 * @typedef {object} Claim the server's answer
 * @property {string} handle
 * @property {string} exam_url
 * @property {string} csrf_token
 * @property {import("./exam-content.js").Mode} exam_mode
 * @property {string | null} return_url
 */

/**
 * @typedef {object} ClaimRequest
 * @property {string} url
 * @property {string} sessionId
 * @property {string} claimId made once by the tab: asking again with it gets the same claim
 * @property {string} consentVersion
 * @property {string | null} returnUrl
 */

/**
 * One for the tab and the session, also after a reload: an answer that got lost on the way must not make the second try
 * a stranger. Where the browser keeps nothing it is a new one each time.
 * @param {string} sessionId
 * @param {{sessionStorage: Pick<Storage, "getItem" | "setItem">, crypto: Pick<Crypto, "randomUUID">}} browser
 */
export function claimIdOf(sessionId, browser) {
  const made = browser.crypto.randomUUID();
  try {
    const key = `proctor.claim.${sessionId}`;
    const known = browser.sessionStorage.getItem(key);
    if (!known) browser.sessionStorage.setItem(key, made);
    return known ?? made;
  } catch {
    return made;
  }
}

/**
 * @param {ClaimRequest} request
 * @returns {Promise<Claim>}
 * @throws {HttpError}
 */
export function claim({ url, sessionId, claimId, consentVersion, returnUrl }) {
  return postJson(url, {
    session_id: sessionId,
    claim_id: claimId,
    consent_version: consentVersion,
    return_url: returnUrl,
  });
}

/**
 * Why Start did not work, in words.
 * @param {unknown} error
 * @param {import("../lib/dom.js").Messages} text
 */
export function claimProblem(error, text) {
  if (!(error instanceof HttpError)) return text("start.failed.other");
  if (error.status === 0 || error.status === 503) return text("start.failed.offline");
  if (error.status === 409) return text("start.failed.taken");
  return error.detail || text("start.failed.other");
}
