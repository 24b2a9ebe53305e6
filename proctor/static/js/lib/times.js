/**
 * The server writes UTC. `<time datetime="…" data-local="datetime">` is shown in the reader's own zone and language.
 */

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const STYLES = {
  date: { dateStyle: "medium" },
  time: { timeStyle: "short" },
  seconds: { timeStyle: "medium" },
  datetime: { dateStyle: "medium", timeStyle: "short" },
};

/**
 * Rewrite each marked `<time>` under `root`; the full moment with its zone becomes the title.
 * @param {ParentNode} root
 * @param {{locale?: string, timeZone?: string}} [reader]
 */
export function showLocalTimes(root, reader = {}) {
  for (const element of root.querySelectorAll("time[data-local]")) {
    if (element instanceof HTMLTimeElement) showLocalTime(element, reader);
  }
}

/**
 * @param {HTMLTimeElement} element
 * @param {{locale?: string, timeZone?: string}} [reader]
 */
export function showLocalTime(element, reader = {}) {
  const shown = formatMoment(element.dateTime, element.dataset.local ?? "datetime", reader);
  if (shown === null) return;
  element.textContent = shown;
  element.title = formatMoment(element.dateTime, "full", reader) ?? "";
}

/**
 * An ISO 8601 moment in the reader's words; null when it is not one.
 * @param {string} iso
 * @param {string} style `date`, `time`, `seconds`, `datetime` or `full`
 * @param {{locale?: string, timeZone?: string}} [reader]
 */
export function formatMoment(iso, style, { locale, timeZone } = {}) {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return null;
  const options = STYLES[style] ?? { dateStyle: "long", timeStyle: "long" };
  return new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(moment);
}
