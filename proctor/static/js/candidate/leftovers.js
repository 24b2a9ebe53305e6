/** Events over HTTP: while the live channel is away, and for what an exam left behind when it ended. */

import { openOutboxStore } from "./outbox-store.js";
import { Outbox } from "./outbox.js";
import { postJson } from "../lib/http.js";

/** @typedef {import("./outbox-store.js").OutboxEvent} OutboxEvent */

/**
 * Send events of an exam without its live channel; gives the ids that the server has now.
 * @param {{handle: string, csrfToken: string}} exam
 * @param {OutboxEvent[]} events
 * @param {string} outbox
 * @param {typeof postJson} [post]
 * @returns {Promise<string[]>}
 */
export async function postEvents({ handle, csrfToken }, events, outbox, post = postJson) {
  const answer = await post(`/exam/${encodeURIComponent(handle)}/events`, { events, outbox }, { csrfToken });
  return answer.accepted;
}

/**
 * Send what is left of an exam that is over. Whoever asks closes it.
 * @param {{handle: string, csrfToken: string}} exam
 * @param {object} [browser]
 * @param {IDBFactory} [browser.factory]
 * @param {typeof postJson} [browser.post]
 * @returns {Promise<Outbox>}
 */
export async function sendLeftovers(exam, { factory = globalThis.indexedDB, post } = {}) {
  const store = await openOutboxStore(exam.handle, factory);
  const outbox = new Outbox({ store, send: (events, name) => postEvents(exam, events, name, post) });
  await outbox.flush();
  return outbox;
}
