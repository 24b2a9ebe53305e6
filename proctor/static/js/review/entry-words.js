/** What an entry of the timeline is called, and what else there is to say of it. */

import { formatRemaining } from "../lib/clock.js";
import { formatPosition } from "./zoom.js";

/** @typedef {import("./timeline-model.js").Entry} Entry */

/**
 * @typedef {object} Vocabulary
 * @property {import("../lib/dom.js").Messages} say
 * @property {Record<string, [words: string, tone: string]>} events words for types of events
 * @property {Record<string, string>} rules words for the messages of flags
 * @property {Record<string, string>} sources
 */

export class EntryWords {
  #words;

  /** @param {Vocabulary} words */
  constructor(words) {
    this.#words = words;
  }

  /** @param {Entry} entry */
  nameOf({ kind, name, text, count }) {
    if (kind === "flag") return this.#words.rules[text ?? ""] ?? text ?? this.laneOf(name);
    return count > 1 ? `${this.laneOf(name)} ×${count}` : this.laneOf(name);
  }

  /**
   * A type of event in words; other programs may send types that nobody has words for.
   * @param {string} name
   */
  laneOf(name) {
    const known = this.#words.events[name]?.[0];
    if (known) return known;
    const words = name.replaceAll("_", " ");
    return words.charAt(0).toUpperCase() + words.slice(1);
  }

  /** @param {string} name */
  toneOf(name) {
    return this.#words.events[name]?.[1] ?? "plain";
  }

  /** @param {Entry} entry */
  detailOf(entry) {
    const { kind, text, by, lastedS, state, count } = entry;
    const { say, sources } = this.#words;
    if (kind === "flag") {
      const lasted = lastedS === null ? "" : say("flag.lasted", { time: formatRemaining(1000 * lastedS) });
      const handled = state === "acknowledged" || state === "dismissed" ? say(`flag.${state}`, { by: by ?? "" }) : "";
      return [lasted, handled].filter(Boolean).join(" · ");
    }
    // One that stands for several lasts from the first to the last: the candidate was back between them.
    if (kind === "condition") return say(count > 1 ? "flag.within" : "flag.lasted", { time: formatRemaining(1000 * (lastedS ?? 0)) });
    return [text, sources[by ?? ""] ?? by].filter(Boolean).join(" · ");
  }

  /**
   * All of it in one line.
   * @param {Entry} entry
   */
  inOneLine(entry) {
    const severity = entry.severity ? this.#words.say(`severity.${entry.severity}`) : "";
    const parts = [formatPosition(entry.atS), severity, this.nameOf(entry), this.detailOf(entry)];
    return parts.filter(Boolean).join(" · ");
  }
}
