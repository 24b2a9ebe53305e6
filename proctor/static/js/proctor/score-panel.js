/** Why the score is what it is: each rule that cost points, how often, and how many. Read while somebody looks. */

import { query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";

/** @typedef {{rule_id: string, count: number, weight: number, points: number}} Deduction */

export class ScorePanel {
  #isShown = false;
  #root;
  #options;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   * @param {Record<string, [words: string, tone: string]>} options.words what each type of event is called
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
  }

  /** @param {boolean} isShown whether the reader sees it */
  async showing(isShown) {
    this.#isShown = isShown;
    await this.refresh();
  }

  /** Reads it anew where somebody looks. */
  async refresh() {
    if (!this.#isShown) return;
    /** @type {{score: number, deductions: Deduction[]}} */
    const { score, deductions } = await getJson(`${this.#options.api}/score`);
    query(this.#root, "#score-total", HTMLElement).textContent = String(score);
    query(this.#root, "#score-empty", HTMLElement).hidden = deductions.length > 0;
    query(this.#root, "#score-table", HTMLElement).hidden = deductions.length === 0;
    query(this.#root, "#score-rows", HTMLElement).replaceChildren(...deductions.map((lost) => this.#row(lost)));
  }

  /** @param {Deduction} lost */
  #row({ rule_id: rule, count, weight, points }) {
    const row = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = this.#options.words[rule]?.[0] ?? rule;
    const cells = [`${count} × ${weight}`, `−${points}`].map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      return cell;
    });
    row.append(name, ...cells);
    return row;
  }
}
