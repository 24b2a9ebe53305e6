/**
 * Runs the system check: asks the browser, the devices and the server, and writes what it finds into `Checks`.
 * Knows no DOM.
 */

import { LevelMeter } from "./level.js";

/** Louder than a quiet room, softer than speech at arm's length. */
const HEARD_LEVEL = 0.3;
/** So long we wait for a word before we say that it is silent. */
const SILENT_MS = 6000;

/** @typedef {import("./media.js").Kind} Kind */

/**
 * @typedef {object} Parts
 * @property {import("./checks.js").Checks} checks
 * @property {import("./media.js").Media} media
 * @property {import("./screen.js").Screen} screen
 * @property {() => string} browserOutcome
 * @property {() => Promise<{outcome: string, ms: number}>} measureNetwork
 * @property {typeof globalThis.AudioContext} AudioContext
 * @property {(level: number) => void} onLevel
 */

export class SystemCheck {
  /** @type {LevelMeter | null} */
  #meter = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silence;
  /** @type {(() => void)[]} */
  #stopListening = [];
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#stopListening = [
      parts.media.onLost((kind) => this.#lost(kind)),
      parts.screen.onLost(() => parts.checks.set("screen", "lost")),
    ];
  }

  /** Everything that needs no click of its own. */
  async run() {
    if (!this.#checkBrowser()) return;
    await Promise.all([this.openDevices(), this.measure()]);
  }

  /**
   * Do one check again.
   * @param {string} name
   */
  async retry(name) {
    if (name === "network") return this.measure();
    if (!this.#parts.media.isOn("camera") && !this.#parts.media.isOn("microphone")) return this.openDevices();
    return this.openDevice(/** @type {Kind} */ (name));
  }

  async openDevices() {
    const { checks, media } = this.#parts;
    checks.set("camera", "running");
    checks.set("microphone", "running");
    this.found(await media.open());
  }

  /**
   * @param {Kind} kind
   * @param {string} [deviceId]
   */
  async openDevice(kind, deviceId) {
    const { checks, media } = this.#parts;
    checks.set(kind, "running");
    this.#found(kind, await media.openOne(kind, deviceId));
  }

  async shareScreen() {
    const { checks, screen } = this.#parts;
    checks.set("screen", "running");
    checks.set("screen", await screen.share());
  }

  async measure() {
    const { checks, measureNetwork } = this.#parts;
    checks.set("network", "running");
    const { outcome, ms } = await measureNetwork();
    checks.set("network", outcome, { ms });
  }

  /**
   * Take what opening both devices gave, here or elsewhere.
   * @param {import("./media.js").Outcomes} outcomes
   */
  found(outcomes) {
    this.#found("camera", outcomes.camera);
    this.#found("microphone", outcomes.microphone);
  }

  /** Leave the devices on, and stop measuring. */
  close() {
    for (const stop of this.#stopListening.splice(0)) stop();
    this.#stopMeter();
  }

  #checkBrowser() {
    const { checks, browserOutcome } = this.#parts;
    checks.set("browser", "running");
    checks.set("browser", browserOutcome());
    return checks.state("browser") === "passed";
  }

  /**
   * @param {Kind} kind
   * @param {import("./media.js").MediaOutcome} outcome
   */
  #found(kind, outcome) {
    const isMicrophone = kind === "microphone";
    if (isMicrophone) this.#stopMeter();
    if (isMicrophone && outcome === "passed") return this.#listen();
    this.#parts.checks.set(kind, outcome);
  }

  #listen() {
    const { checks, media, AudioContext, onLevel } = this.#parts;
    checks.set("microphone", "listening");
    this.#silence = setTimeout(() => checks.set("microphone", "silent"), SILENT_MS);
    this.#meter = new LevelMeter(
      media.stream,
      (level) => {
        onLevel(level);
        if (level >= HEARD_LEVEL) this.#heard();
      },
      AudioContext,
    );
  }

  #heard() {
    const { checks } = this.#parts;
    clearTimeout(this.#silence);
    if (checks.finding("microphone").outcome !== "passed") checks.set("microphone", "passed");
  }

  /** @param {Kind} kind */
  #lost(kind) {
    if (kind === "microphone") this.#stopMeter();
    this.#parts.checks.set(kind, "lost");
  }

  #stopMeter() {
    clearTimeout(this.#silence);
    this.#meter?.close();
    this.#meter = null;
    this.#parts.onLevel(0);
  }
}
