/**
 * The row of the system check that prepares the detection: models are loaded, then the candidate looks at the screen
 * for two seconds. It never holds up the exam.
 */

import { FILES } from "../detect/detection.js";

/**
 * @typedef {object} Parts
 * @property {import("./checks.js").Checks} checks
 * @property {import("./media.js").Media} media
 * @property {Pick<import("../detect/detection.js").Detection, "load" | "setDevices" | "calibrate">} detection
 */

export class WatchCheck {
  #parts;
  #stopListening;
  #isLoaded = false;
  /** @type {MediaStreamTrack | null} */
  #calibrated = null;
  #isCalibrating = false;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#stopListening = parts.checks.onChange((name) => name === "camera" && void this.#cameraChanged());
  }

  async load() {
    const { checks, detection } = this.#parts;
    this.progress(0, FILES);
    this.#isLoaded = await detection.load();
    if (!this.#isLoaded) return checks.set("watch", "unavailable");
    await this.#cameraChanged();
  }

  /**
   * @param {number} done
   * @param {number} parts
   */
  progress(done, parts) {
    if (!this.#isLoaded) this.#parts.checks.set("watch", "running", { done, parts });
  }

  /** Let go; the detection stays as it is. */
  close() {
    this.#stopListening();
  }

  async #cameraChanged() {
    const { checks, media, detection } = this.#parts;
    const camera = media.track("camera");
    if (checks.state("camera") !== "passed" || !camera) return;
    detection.setDevices({ camera, microphone: null });
    if (!this.#isLoaded || this.#isCalibrating || camera === this.#calibrated) return;
    this.#isCalibrating = true;
    checks.set("watch", "calibrating");
    const isKnown = await detection.calibrate();
    this.#isCalibrating = false;
    this.#calibrated = camera;
    checks.set("watch", isKnown ? "passed" : "unsure");
    await this.#cameraChanged();
  }
}
