/** Sessions as the server lists them to the console. */

/** @typedef {import("../../../proctor/static/js/proctor/session-model.js").Session} Session */

/**
 * One that runs, with nothing to look at.
 * @param {string} id
 * @param {Partial<Session>} [given]
 * @returns {Session}
 */
export function session(id, given = {}) {
  return {
    id,
    exam_title: "Demo Exam",
    exam_code: "DEMO",
    candidate_identifier: `Candidate ${id}`,
    status: "in_progress",
    started_at: null,
    created_at: "2026-11-22T09:00:00Z",
    ended_at: null,
    ended_by: null,
    presence: { online: true, lost_since: null },
    clock: { remaining_ms: 60_000, running: true },
    score: 100,
    open_flags: { count: 0, worst: null },
    hand_raised: false,
    unread_chat: false,
    assigned_to: null,
    ...given,
  };
}

/** What is given to a session whose candidate's connection is lost. */
export const LOST = { presence: { online: false, lost_since: "2026-11-22T09:30:00Z" } };
