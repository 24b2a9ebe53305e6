/** Writes what is known of a session into elements, the same way in a row of the list and on its own page. */

import { formatRemaining } from "../lib/clock.js";
import { presenceOf } from "./session-model.js";

/** @typedef {import("./session-model.js").Session} Session */
/** @typedef {import("../lib/dom.js").Messages} Messages */

/**
 * Changes the text only where it differs, so that screen readers and selections are left alone.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {HTMLElement} holder of the badge
 * @param {string} status
 * @param {HTMLTemplateElement} badges one badge for each status
 */
export function showStatus(holder, status, badges) {
  if (holder.querySelector(`[data-status="${CSS.escape(status)}"]`)) return;
  const badge = badges.content.querySelector(`[data-status="${CSS.escape(status)}"]`);
  if (badge) holder.replaceChildren(badge.cloneNode(true));
  else holder.replaceChildren(status);
}

/**
 * @param {HTMLElement} element
 * @param {Session} session
 * @param {Messages} say
 * @param {import("./server-time.js").ServerTime} serverTime
 */
export function showPresence(element, session, say, serverTime) {
  const presence = presenceOf(session);
  const since = session.presence.lost_since;
  element.dataset.presence = presence;
  const isLost = presence === "lost" && since;
  setText(element, isLost ? say("presence.lost_for", { time: serverTime.since(since) }) : say(`presence.${presence}`));
}

/**
 * @param {HTMLElement} element
 * @param {number | null} remainingMs
 * @param {Messages} say
 */
export function showTimeLeft(element, remainingMs, say) {
  setText(element, remainingMs === null ? say("left.none") : formatRemaining(remainingMs));
  element.classList.toggle("is-short", remainingMs !== null && remainingMs < 5 * 60_000);
}

/**
 * @param {HTMLElement} element
 * @param {number} score 0–100, 100 is untroubled
 */
export function showScore(element, score) {
  setText(element, String(score));
  element.dataset.level = score >= 80 ? "good" : score >= 50 ? "fair" : "poor";
}

/**
 * @param {HTMLElement} badge
 * @param {{count: number, worst: string | null}} openFlags
 * @param {Messages} say
 */
export function showOpenFlags(badge, { count, worst }, say) {
  badge.dataset.severity = worst ?? "none";
  setText(badge, worst ? `${say(`severity.${worst}`)} · ${count}` : "");
}
