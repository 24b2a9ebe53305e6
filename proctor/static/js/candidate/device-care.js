/** Camera, microphone and screen during the exam: when one goes off, say so, report it, and help to bring it back. */

/** @typedef {import("./media.js").Kind | "screen"} Device */

/**
 * @typedef {object} Parts
 * @property {import("./media.js").Media} media
 * @property {import("./screen.js").Screen} screen
 * @property {boolean} isScreenRequired
 * @property {import("../lib/dom.js").Messages} text
 * @property {import("./notices.js").Notices} notices
 * @property {(eventType: string, payload?: Record<string, unknown>) => void} report
 * @property {() => void} onChange the streams to show and send are others now
 */

/** @type {Record<Device, [string, string]>} */
const EVENTS = {
  camera: ["camera_off", "camera_on"],
  microphone: ["mic_off", "mic_on"],
  screen: ["screen_share_stop", "screen_share_start"],
};

export class DeviceCare {
  #parts;
  /** @type {(() => void)[]} */
  #stopListening;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#stopListening = [
      parts.media.onLost((kind) => this.#lost(kind)),
      parts.screen.onLost(() => this.#lost("screen")),
    ];
    // Also closes what a page that crashed had reported as off.
    for (const kind of /** @type {Device[]} */ (["camera", "microphone"])) parts.report(EVENTS[kind][1]);
    if (parts.screen.stream) this.#came("screen");
    // After a reload the screen cannot come back without a click.
    if (parts.isScreenRequired && !parts.screen.stream) this.#lost("screen");
  }

  close() {
    for (const stop of this.#stopListening.splice(0)) stop();
  }

  /** @param {Device} device */
  #lost(device) {
    const { text, report, onChange } = this.#parts;
    report(EVENTS[device][0]);
    onChange();
    this.#say(device, text(`${device}.lost.text`));
  }

  /** @param {Device} device */
  async #bringBack(device) {
    const { media, screen, text, notices, report, onChange } = this.#parts;
    const outcome = device === "screen" ? await screen.share() : await media.openOne(device);
    // A window or a tab leaves room for what nobody sees: that is told, and the whole screen is asked for again.
    if (outcome === "partial") report("screen_share_partial", { surface: screen.surface });
    if (outcome !== "passed") return this.#say(device, text(problemKey(device, outcome)));
    this.#came(device);
    notices.clear(device);
    onChange();
  }

  /** @param {Device} device */
  #came(device) {
    const { screen, report } = this.#parts;
    report(EVENTS[device][1], device === "screen" ? { surface: screen.surface } : undefined);
  }

  /**
   * @param {Device} device
   * @param {string} words
   */
  #say(device, words) {
    const { text, notices } = this.#parts;
    const label = text(device === "screen" ? "screen.on" : "media.on");
    notices.show(device, {
      tone: "bad",
      title: text(`${device}.lost.title`),
      text: words,
      button: { label, press: () => void this.#bringBack(device) },
    });
  }
}

/**
 * @param {Device} device
 * @param {string} outcome
 */
function problemKey(device, outcome) {
  return `check.${device}.${outcome}.remedy`;
}
