/** Tells the camera's stream from the screen's: the candidate's page names their ids beside each description. */

/** @typedef {import("./publisher.js").StreamName} StreamName */
/** @typedef {Partial<Record<StreamName, string>>} StreamIds which MediaStream id is which */
/** @typedef {(name: StreamName, stream: MediaStream | null) => void} StreamListener */

export class NamedStreams {
  /** @type {StreamIds} */
  #ids = {};
  /** @type {Set<StreamListener>} */
  #listeners = new Set();

  /** @param {StreamListener} listener */
  onStream(listener) {
    this.#listeners.add(listener);
  }

  /**
   * Takes the names that came with a description. What is named no more is told as `null`.
   * @param {StreamIds} ids
   */
  rename(ids) {
    const names = /** @type {StreamName[]} */ (Object.keys(this.#ids));
    this.#ids = ids;
    for (const name of names) if (!(name in ids)) this.#tell(name, null);
  }

  /** @param {RTCTrackEvent} event */
  trackArrived({ streams: [stream] }) {
    for (const [name, id] of Object.entries(this.#ids)) {
      if (stream?.id === id) this.#tell(/** @type {StreamName} */ (name), stream);
    }
  }

  close() {
    this.#listeners.clear();
  }

  /**
   * @param {StreamName} name
   * @param {MediaStream | null} stream
   */
  #tell(name, stream) {
    for (const listener of [...this.#listeners]) listener(name, stream);
  }
}
