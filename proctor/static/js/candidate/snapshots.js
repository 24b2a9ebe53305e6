/** The candidate's small picture for the proctors' wall: sent every five seconds, and at once when the server asks. */

import { CameraFeed } from "../detect/camera-feed.js";

/** @typedef {Pick<import("../live/link.js").Link, "on" | "onState" | "request" | "state">} Talks */
/** @typedef {{image: string, flagId: string | null, takenAt: number}} Taken */

/** Pictures of flags that wait for the connection; a long outage must not fill the memory. */
const MOST_OWED = 20;

export class Snapshots {
  /** @type {Taken[]} pictures of flags that the server does not have yet */
  #owed = [];
  #isSending = false;
  #isPaying = false;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #stopListening;
  #channel;
  #worker;
  #feed;
  #now;

  /**
   * @param {Talks} channel the `/candidate` namespace
   * @param {object} browser
   * @param {Worker} browser.worker runs `snapshot-worker.js`
   * @param {import("../detect/camera-feed.js").TrackProcessor | undefined} browser.Processor
   * @param {() => number} [browser.now] milliseconds, monotonic
   */
  constructor(channel, { worker, Processor, now = () => performance.now() }) {
    this.#channel = channel;
    this.#worker = worker;
    this.#feed = new CameraFeed(worker, Processor);
    this.#now = now;
    worker.onmessage = ({ data }) => this.#heard(data);
    this.#stopListening = [
      channel.on("snapshot_wanted", ({ flag_id: flagId }) => worker.postMessage({ kind: "take", flagId })),
      channel.onState((state) => state === "online" && void this.#sendOwed()),
    ];
  }

  /** @param {MediaStreamTrack | null} track */
  setCamera(track) {
    if (track === this.#track) return;
    this.#track = track;
    this.#feed.set(track);
  }

  close() {
    for (const stop of this.#stopListening) stop();
    this.#feed.close();
    this.#worker.terminate();
  }

  /** @param {any} message */
  #heard({ kind, image, flagId }) {
    if (kind === "want") return void this.#feed.answer();
    if (kind !== "taken") return;
    const taken = { image, flagId, takenAt: this.#now() };
    if (flagId === null) void this.#show(taken);
    else this.#owe(taken);
  }

  /** @param {Taken} taken nobody misses one picture of many: what cannot be sent now is not sent */
  async #show(taken) {
    if (this.#isSending || this.#channel.state !== "online") return;
    this.#isSending = true;
    const isTaken = await this.#send(taken).then(() => true, () => false);
    this.#isSending = false;
    // What the server could not take a while ago, on a connection that held, it takes now.
    if (isTaken) void this.#sendOwed();
  }

  /** @param {Taken} taken */
  #owe(taken) {
    this.#owed = [...this.#owed, taken].slice(-MOST_OWED);
    void this.#sendOwed();
  }

  async #sendOwed() {
    if (this.#isPaying) return;
    this.#isPaying = true;
    await this.#pay();
    this.#isPaying = false;
  }

  async #pay() {
    /** @type {Set<Taken>} */
    const tried = new Set();
    for (;;) {
      const taken = this.#owed.find((each) => !tried.has(each));
      if (!taken) return;
      tried.add(taken);
      try {
        await this.#send(taken);
      } catch (error) {
        // 503 and 429 pass; whatever else is wrong with it would be wrong the next time as well.
        if (isPassing(/** @type {import("../live/link.js").ChannelError} */ (error))) continue;
      }
      this.#owed = this.#owed.filter((other) => other !== taken);
    }
  }

  /** @param {Taken} taken */
  #send({ image, flagId, takenAt }) {
    const payload = { image, age_ms: Math.round(this.#now() - takenAt) };
    return this.#channel.request("snapshot", flagId === null ? payload : { ...payload, flag_id: flagId });
  }
}

/** @param {{status: number}} error */
function isPassing({ status }) {
  return status === 503 || status === 429;
}
