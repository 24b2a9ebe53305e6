/** The three steps before the exam, as the candidate sees them: consent, equipment, Start. */

import { byId, query } from "../lib/dom.js";
import { Steps } from "./steps.js";

const NAMES = ["consent", "check", "start"];

/**
 * @typedef {object} Parts
 * @property {import("./checks.js").Checks} checks
 * @property {import("../lib/dom.js").Messages} text
 * @property {() => void} onCheck the equipment is shown for the first time
 * @property {() => Promise<void>} onStart
 */

export class EntrySteps {
  #box = byId("consent-box", HTMLInputElement);
  #consentNext = byId("consent-next", HTMLButtonElement);
  #startButton = byId("start-button", HTMLButtonElement);
  #startReason = byId("start-reason", HTMLElement);
  #hasChecked = false;
  #isStarting = false;
  #steps;
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    const mayOpen = { check: () => this.#box.checked, start: () => parts.checks.ready };
    this.#steps = new Steps(NAMES, { mayOpen, onChange: (name) => this.#show(name) });
    this.#box.addEventListener("change", () => this.#showConsent());
    this.#consentNext.addEventListener("click", () => this.#steps.go("check") || this.#box.focus());
    byId("check-next", HTMLButtonElement).addEventListener("click", () => this.#steps.go("start"));
    byId("check-back", HTMLButtonElement).addEventListener("click", () => this.#steps.go("consent"));
    byId("start-back", HTMLButtonElement).addEventListener("click", () => this.#steps.go("check"));
    this.#startButton.addEventListener("click", () => void this.#start());
    parts.checks.onChange(() => this.#showStart());
    this.#showConsent();
    this.#showStart();
  }

  /** @param {string} problem */
  showProblem(problem) {
    byId("start-problem-title", HTMLElement).textContent = this.#parts.text("start.failed");
    byId("start-problem-text", HTMLElement).textContent = problem;
    byId("start-problem", HTMLElement).hidden = false;
  }

  async #start() {
    if (this.#isStarting) return;
    if (!this.#parts.checks.ready) return void this.#steps.go("check");
    this.#isStarting = true;
    byId("start-problem", HTMLElement).hidden = true;
    this.#showStart();
    await this.#parts.onStart();
    this.#isStarting = false;
    this.#showStart();
  }

  /** @param {string} current */
  #show(current) {
    for (const name of NAMES) byId(`step-${name}`, HTMLElement).hidden = name !== current;
    const reached = NAMES.indexOf(current);
    NAMES.forEach((name, index) => this.#mark(name, index < reached, index === reached));
    byId(`${current}-title`, HTMLElement).focus();
    window.scrollTo(0, 0);
    if (current === "check" && !this.#hasChecked) {
      this.#hasChecked = true;
      this.#parts.onCheck();
    }
  }

  /**
   * @param {string} name
   * @param {boolean} isDone
   * @param {boolean} isCurrent
   */
  #mark(name, isDone, isCurrent) {
    const item = query(byId("steps", HTMLElement), `[data-step-name="${name}"]`, HTMLElement);
    item.toggleAttribute("data-done", isDone);
    if (isCurrent) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }

  #showConsent() {
    this.#consentNext.setAttribute("aria-disabled", String(!this.#box.checked));
    byId("consent-reason", HTMLElement).hidden = this.#box.checked;
  }

  #showStart() {
    const { checks } = this.#parts;
    this.#startButton.setAttribute("aria-disabled", String(!checks.ready || this.#isStarting));
    this.#startButton.setAttribute("aria-busy", String(this.#isStarting));
    const words = this.#startWords();
    if (this.#startReason.textContent !== words) this.#startReason.textContent = words;
  }

  #startWords() {
    const { checks, text } = this.#parts;
    if (this.#isStarting) return text("start.busy");
    if (checks.ready) return text("start.ready");
    return text("start.missing", { names: checks.missing.map((name) => text(`check.name.${name}`)).join(", ") });
  }
}
