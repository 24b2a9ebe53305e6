/** The candidate's shared screen, for exams that ask for it. It must be the whole screen. */

/** @typedef {"passed" | "partial" | "denied" | "unsupported"} ScreenOutcome */
/** @typedef {"monitor" | "window" | "browser" | "unknown"} Surface */

export class Screen {
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {Surface} */
  #surface = "unknown";
  /** @type {Set<() => void>} */
  #lostListeners = new Set();
  #devices;

  /** @param {{mediaDevices: Partial<Pick<MediaDevices, "getDisplayMedia">>}} browser */
  constructor({ mediaDevices }) {
    this.#devices = mediaDevices;
  }

  /** @returns {MediaStream | null} */
  get stream() {
    return this.#stream;
  }

  /** What was chosen last: the whole screen, a window, a tab, or unknown where the browser does not say. */
  get surface() {
    return this.#surface;
  }

  /**
   * Ask for the screen. Browsers want this to happen in a click.
   * @returns {Promise<ScreenOutcome>}
   */
  async share() {
    if (!this.#devices.getDisplayMedia) return "unsupported";
    try {
      const stream = await this.#devices.getDisplayMedia(WHOLE_SCREEN);
      return this.#take(stream);
    } catch {
      return "denied";
    }
  }

  /** @param {() => void} listener called when sharing ends without our doing */
  onLost(listener) {
    this.#lostListeners.add(listener);
    return () => void this.#lostListeners.delete(listener);
  }

  close() {
    this.#lostListeners.clear();
    this.#drop();
  }

  /**
   * @param {MediaStream} stream
   * @returns {ScreenOutcome}
   */
  #take(stream) {
    const track = stream.getVideoTracks()[0];
    // Firefox does not say what was chosen; then the candidate is believed and the proctor sees it.
    this.#surface = /** @type {Surface} */ (track?.getSettings().displaySurface ?? "unknown");
    if (!track || !["monitor", "unknown"].includes(this.#surface)) {
      for (const each of stream.getTracks()) each.stop();
      return "partial";
    }
    this.#drop();
    this.#stream = stream;
    track.addEventListener("ended", () => this.#ended(stream));
    return "passed";
  }

  /** @param {MediaStream} stream */
  #ended(stream) {
    if (this.#stream !== stream) return;
    this.#stream = null;
    for (const listener of [...this.#lostListeners]) listener();
  }

  #drop() {
    const stream = this.#stream;
    this.#stream = null;
    for (const track of stream?.getTracks() ?? []) track.stop();
  }
}

/** `monitorTypeSurfaces` and its like are newer than TypeScript's declarations. */
const WHOLE_SCREEN = /** @type {DisplayMediaStreamOptions} */ ({
  video: { displaySurface: "monitor", frameRate: { ideal: 8 } },
  audio: false,
  monitorTypeSurfaces: "include",
  selfBrowserSurface: "exclude",
  surfaceSwitching: "exclude",
});
