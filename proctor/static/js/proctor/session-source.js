/** Reads sessions from the HTTP API: all live ones, and pages of those that have ended. */

import { getJson } from "../lib/http.js";

/** @typedef {import("./session-model.js").Session} Session */
/** @typedef {import("./session-model.js").Filters} Filters */

const PAGE_SIZE = 200;
/** A console that would list more than this needs a filter; those beyond come with `session` messages. */
const MOST_LIVE_PAGES = 10;
const LIVE = { status: "live", exam_code: "", q: "" };

/**
 * Every live session, however many pages they fill.
 * @param {typeof getJson} [get]
 * @returns {Promise<{sessions: Session[], isComplete: boolean}>} incomplete beyond 2,000
 */
export async function readLive(get = getJson) {
  /** @type {Session[]} */
  const sessions = [];
  /** @type {string | null} */
  let cursor = null;
  for (let page = 0; page < MOST_LIVE_PAGES; page += 1) {
    const answer = await readPage(LIVE, cursor, get);
    sessions.push(...answer.sessions);
    cursor = answer.next_cursor;
    if (cursor === null) break;
  }
  return { sessions, isComplete: cursor === null };
}

/**
 * One page of the sessions under these filters, newest first.
 * @param {Filters} filters
 * @param {string | null} cursor
 * @param {typeof getJson} [get]
 * @returns {Promise<{sessions: Session[], next_cursor: string | null}>}
 */
export function readPage({ status, exam_code: examCode, q }, cursor, get = getJson) {
  const wanted = { status: status === "all" ? "" : status, exam_code: examCode, q: q.trim(), cursor: cursor ?? "" };
  const given = Object.entries({ limit: String(PAGE_SIZE), ...wanted }).filter(([, value]) => value !== "");
  return get(`/api/proctor/sessions?${new URLSearchParams(given)}`);
}
