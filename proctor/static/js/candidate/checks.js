/**
 * What the system check has found so far. Knows no DOM and no device: a view shows it, a runner fills it.
 */

/** @typedef {"waiting" | "running" | "passed" | "warned" | "failed"} CheckState */
/** @typedef {{outcome: string, values: Record<string, string | number>}} Finding */

/** Outcomes that are not failures; every other word is one. */
/** @type {Record<string, CheckState>} */
const STATES = {
  waiting: "waiting",
  running: "running",
  listening: "running",
  calibrating: "running",
  passed: "passed",
  slow: "warned",
  silent: "warned",
  unsure: "warned",
  unavailable: "warned",
};

/**
 * How an outcome counts.
 * @param {string} outcome
 * @returns {CheckState}
 */
export function stateOf(outcome) {
  return STATES[outcome] ?? "failed";
}

/**
 * Whether there is something the candidate can do about it.
 * @param {string} outcome
 */
export function needsRemedy(outcome) {
  return ["warned", "failed"].includes(stateOf(outcome));
}

export class Checks {
  /** @type {Map<string, Finding>} */
  #findings = new Map();
  /** @type {Set<(name: string) => void>} */
  #listeners = new Set();

  /** @type {string[]} */
  #optional;

  /**
   * @param {string[]} names the checks this exam asks for, in the order they are shown
   * @param {{optional?: string[]}} [options] checks that the exam does not wait for
   */
  constructor(names, { optional = [] } = {}) {
    this.#optional = optional;
    for (const name of names) this.#findings.set(name, { outcome: "waiting", values: {} });
  }

  get names() {
    return [...this.#findings.keys()];
  }

  /** The checks that keep the exam from starting. A warning does not. */
  get missing() {
    const needed = this.names.filter((name) => !this.#optional.includes(name));
    return needed.filter((name) => !["passed", "warned"].includes(this.state(name)));
  }

  get ready() {
    return this.missing.length === 0;
  }

  /** @param {string} name */
  finding(name) {
    return this.#findings.get(name) ?? { outcome: "waiting", values: {} };
  }

  /** @param {string} name */
  state(name) {
    return stateOf(this.finding(name).outcome);
  }

  /**
   * Note what was found. A check that this exam does not ask for is ignored.
   * @param {string} name
   * @param {string} outcome
   * @param {Record<string, string | number>} [values] for the placeholders of its sentence
   */
  set(name, outcome, values = {}) {
    if (!this.#findings.has(name)) return;
    this.#findings.set(name, { outcome, values });
    for (const listener of [...this.#listeners]) listener(name);
  }

  /** @param {(name: string) => void} listener */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
