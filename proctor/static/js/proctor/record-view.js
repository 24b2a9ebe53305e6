/** Shows the record of a session as a list, newest first. Items are kept and filled again, never rebuilt. */

import { arrange, query } from "../lib/dom.js";
import { showLocalTime } from "../lib/times.js";
import { deliveryStage } from "./record.js";
import { setText } from "./session-fields.js";

/** @typedef {import("./record.js").SessionEvent} SessionEvent */

/** What a candidate answers rather than reads. */
const REQUESTS = new Set(["room_scan", "identity_photo"]);

/**
 * @typedef {object} RecordWords
 * @property {Record<string, [words: string, tone: string]>} events
 * @property {Record<string, string>} sources
 * @property {Record<string, string>} endings
 * @property {import("../lib/dom.js").Messages} say
 */

export class RecordView {
  /** @type {Map<string, HTMLLIElement>} */
  #items = new Map();
  /** @type {WeakMap<HTMLLIElement, SessionEvent>} what each shows: a long record is not written anew for one event */
  #shown = new WeakMap();
  #list;
  #template;
  #words;

  /**
   * @param {HTMLOListElement} list
   * @param {HTMLTemplateElement} template of an item
   * @param {RecordWords} words
   */
  constructor(list, template, words) {
    this.#list = list;
    this.#template = template;
    this.#words = words;
    for (const item of list.querySelectorAll("li")) this.#items.set(item.dataset.eventId ?? "", item);
  }

  /** @param {readonly SessionEvent[]} events newest first: all that are to be seen */
  show(events) {
    this.#items = new Map(events.map((event) => [event.id, this.#itemOf(event)]));
    arrange(this.#list, [...this.#items.values()]);
  }

  /**
   * The event in one line, for those who listen.
   * @param {SessionEvent} event
   */
  spoken(event) {
    return [this.#what(event), event.message].filter(Boolean).join(": ");
  }

  /** @param {SessionEvent} event */
  #itemOf(event) {
    const item = this.#items.get(event.id) ?? this.#made(event.id);
    if (this.#shown.get(item) !== event) this.#fill(item, event);
    this.#shown.set(item, event);
    return item;
  }

  /** @param {string} id */
  #made(id) {
    const made = /** @type {HTMLLIElement} */ (query(this.#template.content, "li", HTMLLIElement).cloneNode(true));
    made.dataset.eventId = id;
    return made;
  }

  /**
   * @param {HTMLLIElement} item
   * @param {SessionEvent} event
   */
  #fill(item, event) {
    item.dataset.tone = this.#words.events[event.event_type]?.[1] ?? "plain";
    setText(query(item, "[data-field=what]", HTMLElement), this.#what(event));
    const message = query(item, "[data-field=message]", HTMLElement);
    setText(message, event.message ?? "");
    message.hidden = !event.message;
    setText(query(item, "[data-field=source]", HTMLElement), this.#who(event));
    const time = query(item, "[data-field=time]", HTMLTimeElement);
    if (time.dateTime !== event.received_at || !time.textContent) {
      time.dateTime = event.received_at;
      showLocalTime(time);
    }
    this.#fillDelivery(query(item, "[data-field=delivery]", HTMLElement), event);
  }

  /**
   * @param {HTMLElement} element
   * @param {SessionEvent} event
   */
  #fillDelivery(element, event) {
    const stage = deliveryStage(event);
    element.hidden = stage === null;
    if (stage === null) return;
    element.dataset.stage = stage;
    const isAnswered = stage === "acknowledged" && REQUESTS.has(event.event_type);
    setText(element, this.#words.say(`delivery.${isAnswered ? "answered" : stage}`));
  }

  /** @param {SessionEvent} event */
  #what({ event_type: type, payload }) {
    const words = this.#words.events[type]?.[0] ?? unknownType(type);
    const detail = this.#detail(payload);
    return detail ? `${words} · ${detail}` : words;
  }

  /** @param {Record<string, unknown>} payload */
  #detail(payload) {
    const { say, endings } = this.#words;
    if (typeof payload.to === "string") return say("event.to", { to: payload.to });
    if (typeof payload.minutes === "number") return say("event.minutes", { minutes: payload.minutes });
    const awaySeconds = Math.round(Number(payload.away_s ?? 0));
    if (awaySeconds >= 1) return say("event.away", { seconds: awaySeconds });
    if (typeof payload.ended_by === "string") return endings[payload.ended_by] ?? null;
    return payload.unauthenticated === true ? say("event.unauthenticated") : null;
  }

  /** @param {SessionEvent} event */
  #who({ source, payload }) {
    const isByPerson = source === "proctor" && typeof payload.by === "string";
    return isByPerson ? String(payload.by) : (this.#words.sources[source] ?? source);
  }
}

/**
 * A type that this page has no words for: other programs may send their own.
 * @param {string} type
 */
function unknownType(type) {
  const words = type.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
