/** The list of sessions on the page: rows are kept, filled and moved, never rebuilt, so that focus stays. */

import { query } from "../lib/dom.js";
import { showLocalTime } from "../lib/times.js";
import { isLive } from "./session-model.js";
import { setText, showOpenFlags, showPresence, showScore, showStatus, showTimeLeft } from "./session-fields.js";

/** @typedef {import("./session-model.js").Session} Session */

/**
 * @typedef {object} TableParts
 * @property {HTMLTableSectionElement} body
 * @property {HTMLTemplateElement} template of a row
 * @property {HTMLTemplateElement} badges
 * @property {import("../lib/dom.js").Messages} say
 * @property {import("./session-list.js").SessionList} list
 * @property {import("./server-time.js").ServerTime} serverTime
 * @property {() => void} onRelease the rows may move again: show them anew
 */

export class SessionTable {
  /** @type {Map<string, {row: HTMLTableRowElement, session: Session | null}>} */
  #rows = new Map();
  /** While a mouse is over the list its rows keep their places: nobody should click on whoever just moved there. */
  #isHeld = false;
  #listening = new AbortController();
  #parts;

  /** @param {TableParts} parts */
  constructor(parts) {
    this.#parts = parts;
    for (const row of parts.body.rows) this.#rows.set(row.dataset.sessionId ?? "", { row, session: null });
    const { signal } = this.#listening;
    parts.body.addEventListener("keydown", (event) => this.#moveFocus(event), { signal });
    parts.body.addEventListener("pointerenter", (event) => (this.#isHeld = event.pointerType === "mouse"), { signal });
    parts.body.addEventListener("pointerleave", () => this.#release(), { signal });
  }

  /**
   * Shows exactly these sessions, in this order as soon as no mouse is over them.
   * @param {Session[]} sessions
   */
  show(sessions) {
    const focused = document.activeElement;
    this.#removeAllBut(new Set(sessions.map((session) => session.id)));
    const placed = this.#isHeld ? this.#inPresentOrder(sessions) : sessions;
    placed.forEach((session, index) => {
      const row = this.#rowOf(session);
      const { body } = this.#parts;
      if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null);
      this.#fill(row, session);
    });
    // Moving a row in the document takes the focus away from the link in it.
    const wasMoved = focused !== document.activeElement && focused instanceof HTMLElement && focused.isConnected;
    if (wasMoved) focused.focus({ preventScroll: true });
  }

  /** Moves the clocks on. */
  tick() {
    for (const { row, session } of this.#rows.values()) if (session) this.#fillClocks(row, session);
  }

  close() {
    this.#listening.abort();
  }

  #release() {
    this.#isHeld = false;
    this.#parts.onRelease();
  }

  /** @param {Session[]} sessions */
  #inPresentOrder(sessions) {
    const ids = [...this.#parts.body.rows].map((row) => row.dataset.sessionId ?? "");
    const placeOf = (/** @type {Session} */ { id }) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
    return [...sessions].sort((one, other) => placeOf(one) - placeOf(other));
  }

  /** @param {Set<string>} ids */
  #removeAllBut(ids) {
    for (const [id, { row }] of this.#rows) {
      if (ids.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
  }

  /** @param {Session} session */
  #rowOf(session) {
    const known = this.#rows.get(session.id);
    if (known) {
      known.session = session;
      return known.row;
    }
    const row = query(this.#parts.template.content, "tr", HTMLTableRowElement).cloneNode(true);
    const made = /** @type {HTMLTableRowElement} */ (row);
    made.dataset.sessionId = session.id;
    this.#rows.set(session.id, { row: made, session });
    return made;
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {Session} session
   */
  #fill(row, session) {
    const { say, badges } = this.#parts;
    const link = query(row, "[data-field=link]", HTMLAnchorElement);
    link.href = `/proctor/session/${encodeURIComponent(session.id)}`;
    setText(link, session.candidate_identifier);
    setText(field(row, "exam"), session.exam_title ?? say("exam.none"));
    setText(field(row, "code"), session.exam_code ?? "");
    showStatus(field(row, "status"), session.status, badges);
    showScore(field(row, "score"), session.score);
    showOpenFlags(field(row, "severity"), session.open_flags, say);
    const created = query(row, "[data-field=created] time", HTMLTimeElement);
    created.dateTime = session.created_at;
    showLocalTime(created);
    this.#fillClocks(row, session);
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {Session} session
   */
  #fillClocks(row, session) {
    const { say, list, serverTime } = this.#parts;
    showPresence(field(row, "presence"), session, say, serverTime);
    const left = field(row, "left");
    if (isLive(session)) showTimeLeft(left, list.remainingMs(session.id), say);
    else setText(left, "–");
  }

  /** @param {KeyboardEvent} event */
  #moveFocus(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = event.target instanceof Element ? event.target.closest("tr") : null;
    if (!step || !row) return;
    const rows = [...this.#parts.body.rows];
    const next = rows[rows.indexOf(row) + step];
    if (!next) return;
    event.preventDefault();
    query(next, "[data-field=link]", HTMLAnchorElement).focus();
  }
}

/**
 * @param {HTMLElement} row
 * @param {string} name
 */
function field(row, name) {
  return query(row, `[data-field=${name}]`, HTMLElement);
}
