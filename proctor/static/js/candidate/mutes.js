/** Tracks that stay open and carry nothing: a key on the keyboard or the system's privacy switch mutes them. */

/** @type {Record<string, [string, string]>} */
const EVENTS = { audio: ["mic_off", "mic_on"], video: ["camera_off", "camera_on"] };

export class Mutes {
  #abort = new AbortController();
  /** @type {WeakSet<MediaStreamTrack>} */
  #known = new WeakSet();
  #report;

  /** @param {(eventType: string, payload: Record<string, unknown>) => void} report */
  constructor(report) {
    this.#report = report;
  }

  /** @param {MediaStreamTrack[]} tracks in use now */
  watch(tracks) {
    for (const track of tracks.filter((each) => !this.#known.has(each))) {
      this.#known.add(track);
      track.addEventListener("mute", () => this.#tell(track, true), { signal: this.#abort.signal });
      track.addEventListener("unmute", () => this.#tell(track, false), { signal: this.#abort.signal });
      if (track.muted) this.#tell(track, true);
    }
  }

  close() {
    this.#abort.abort();
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {boolean} isMuted
   */
  #tell(track, isMuted) {
    const [off, on] = EVENTS[track.kind] ?? ["", ""];
    // A track that has ended is off for good, and that is told by those who care for devices.
    if (track.readyState === "live") this.#report(isMuted ? off : on, { reason: "muted" });
  }
}
