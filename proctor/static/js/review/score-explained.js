/** Why the score is what it is: each rule that cost points, and the moments that did. */

import { arrange, query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { showScore } from "../proctor/session-fields.js";
import { formatPosition } from "./zoom.js";

/** @typedef {{event_id: string, timestamp: string}} Proof */
/** @typedef {{rule_id: string, count: number, weight: number, points: number, evidence: Proof[]}} Deduction */

const FIRST_SHOWN = 8;

export class ScoreExplained {
  /** @type {Map<string, {told: string, item: HTMLElement}>} what is shown of each rule: it stays while nothing changes */
  #shown = new Map();
  /** @type {Set<string>} the rules of which all moments are shown */
  #opened = new Set();
  #root;
  #options;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   * @param {string} options.startsAt
   * @param {(name: string) => string} options.nameOf a rule in words
   * @param {(atS: number) => void} options.onJump
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
  }

  async refresh() {
    /** @type {{score: number, deductions: Deduction[]}} */
    const { score, deductions } = await getJson(`${this.#options.api}/score`);
    showScore(query(this.#root, "#score-total", HTMLElement), score);
    query(this.#root, "#score-empty", HTMLElement).hidden = deductions.length > 0;
    const focused = document.activeElement;
    this.#shown = new Map(deductions.map((lost) => [lost.rule_id, this.#kept(lost)]));
    const list = query(this.#root, "#score-lost", HTMLElement);
    arrange(list, [...this.#shown.values()].map(({ item }) => item));
    if (!(focused instanceof HTMLElement) || !focused.dataset.moment || document.activeElement === focused) return;
    const again = [...list.querySelectorAll("button")].find(({ dataset }) => dataset.moment === focused.dataset.moment);
    again?.focus({ preventScroll: true });
  }

  /** @param {Deduction} lost */
  #kept(lost) {
    const told = JSON.stringify(lost);
    const known = this.#shown.get(lost.rule_id);
    return known?.told === told ? known : { told, item: this.#item(lost) };
  }

  /** @param {Deduction} lost */
  #item({ rule_id: rule, count, weight, points, evidence }) {
    const item = document.createElement("li");
    item.className = "lost";
    const name = text("p", "lost__name", this.#options.nameOf(rule));
    const cost = text("p", "lost__points", this.#options.say("score.lost", { points, count, weight }));
    const moments = text("p", "lost__moments", "");
    const buttons = evidence.map((proof) => this.#moment(proof, rule));
    moments.append(...buttons);
    if (buttons.length > FIRST_SHOWN && !this.#opened.has(rule)) {
      for (const button of buttons.slice(FIRST_SHOWN)) button.hidden = true;
      moments.append(this.#more(rule, buttons, count));
    }
    item.append(name, cost, moments);
    return item;
  }

  /**
   * @param {Proof} proof
   * @param {string} rule
   */
  #moment({ event_id: eventId, timestamp }, rule) {
    const atS = (Date.parse(timestamp) - Date.parse(this.#options.startsAt)) / 1000;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "lost__moment numbers";
    button.dataset.moment = `${rule}/${eventId}`;
    button.textContent = formatPosition(atS);
    button.setAttribute("aria-label", `${this.#options.nameOf(rule)}: ${formatPosition(atS)}`);
    button.addEventListener("click", () => this.#options.onJump(atS));
    return button;
  }

  /**
   * @param {string} rule
   * @param {HTMLButtonElement[]} buttons
   * @param {number} count
   */
  #more(rule, buttons, count) {
    const more = document.createElement("button");
    more.type = "button";
    more.className = "lost__moment";
    more.dataset.moment = `${rule}/`;
    more.textContent = this.#options.say("score.more", { count: count - FIRST_SHOWN });
    more.addEventListener("click", () => {
      this.#opened.add(rule);
      for (const button of buttons) button.hidden = false;
      buttons[FIRST_SHOWN]?.focus();
      more.remove();
    });
    return more;
  }
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} words
 */
function text(tag, className, words) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = words;
  return element;
}
