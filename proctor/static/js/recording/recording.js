/**
 * What is recorded while the exam runs: a take of the camera with the microphone, and one of the screen. With the policy
 * `full` everything is sent; with `on_flags` takes are short, and sent where the server says what they may show.
 */

import { isFull } from "./chunk-store.js";
import { TakeKeeper } from "./take-keeper.js";
import { typeFor } from "./take-recorder.js";
import { TakeWriter } from "./take-writer.js";
import { Uploader } from "./uploader.js";
import { WantedTimes } from "./wanted-times.js";

/** @typedef {import("./take-recorder.js").Kind} Kind */
/** @typedef {"off" | "on_flags" | "full"} Policy */
/** @typedef {"refused" | "server_full"} Refusal the server takes nothing more, and it is not tried again on this page */
/** @typedef {"on" | "partly" | "full" | "unavailable" | Refusal} State `full`: the browser has no more room */

/**
 * @typedef {object} Options
 * @property {"on_flags" | "full"} policy
 * @property {string} handle
 * @property {import("./chunk-store.js").ChunkStore} store
 * @property {import("./uploader.js").Options["send"]} send
 * @property {(eventType: string, payload: Record<string, unknown>) => void} report
 * @property {(state: State) => void} onState
 * @property {typeof MediaRecorder | undefined} Recorder
 * @property {typeof globalThis.MediaStream} MediaStream
 * @property {(bytes: ArrayBuffer) => Promise<string>} hash
 * @property {() => number} [now]
 * @property {() => string} [newId]
 * @property {(fn: () => void, ms: number) => any} [setTimeout]
 * @property {(id: any) => void} [clearTimeout]
 */

/** Four seconds each: what is recorded around a flag is sent in takes of twelve. */
const CHUNKS_ON_FLAGS = 3;
const AGAIN_MS = 30_000;

export class Recording {
  /** @type {Map<Kind, TakeWriter>} */
  #writers = new Map();
  /** @type {Map<Kind, MediaStream | null>} */
  #streams = new Map();
  #wanted;
  #keeper;
  #options;
  #uploader;
  #isClosed = false;
  #isFull = false;
  #isUnavailable = false;
  #isRefused = false;
  /** @type {any} */
  #againTimer;

  /** @param {Options} options */
  constructor(options) {
    const defaults = {
      now: () => Date.now(),
      newId: () => crypto.randomUUID(),
      setTimeout: (/** @type {() => void} */ fn, /** @type {number} */ ms) => setTimeout(fn, ms),
      clearTimeout: (/** @type {any} */ id) => clearTimeout(id),
    };
    this.#options = { ...defaults, ...options };
    this.#wanted = new WantedTimes(this.#options.now);
    this.#keeper = new TakeKeeper({ ...this.#options, wanted: this.#wanted });
    this.#uploader = new Uploader({ ...this.#options, onRefused: (isFull) => this.#refused(isFull ? "server_full" : "refused") });
    void this.#keeper.adopt().then(() => this.#tidy());
  }

  /**
   * Record these from now on; a stream with other tracks than before is another take.
   * @param {{camera: MediaStream | null, screen: MediaStream | null}} streams
   */
  setStreams(streams) {
    for (const kind of /** @type {Kind[]} */ (["camera", "screen"])) {
      const live = (streams[kind]?.getTracks() ?? []).filter(({ readyState }) => readyState === "live");
      const hasPicture = live.some((track) => track.kind === "video");
      if (sameTracks(this.#streams.get(kind)?.getTracks() ?? [], hasPicture ? live : [])) continue;
      // A stream of our own: a recorder fails when tracks are added to its stream or taken from it.
      this.#streams.set(kind, hasPicture ? new this.#options.MediaStream(live) : null);
      this.#next(kind);
    }
  }

  /**
   * What the server says of flags, where only what is around them is sent.
   * @param {{server_time: string, times: import("./wanted-times.js").Told[]}} told
   */
  flagsChanged({ server_time, times }) {
    this.#wanted.update(times, server_time);
    void this.#tidy();
  }

  /** Go on sending after a reconnect. */
  flush() {
    void this.#uploader.flush();
  }

  /** Stop recording and keep the last chunks; another page sends what is left. */
  async end() {
    this.close();
    await Promise.all([...this.#writers.values()].map((writer) => writer.stop()));
    await this.#keeper.mark();
  }

  close() {
    this.#isClosed = true;
    this.#options.clearTimeout(this.#againTimer);
    this.#uploader.close();
  }

  /**
   * End the take of this kind and begin another one, where there is something to record.
   * @param {Kind} kind
   */
  #next(kind) {
    const before = this.#writers.get(kind);
    this.#writers.delete(kind);
    const stream = this.#streams.get(kind) ?? null;
    if (stream !== null && !this.#isClosed) this.#begin(kind, stream);
    void before?.stop().then(() => this.#tidy());
  }

  /**
   * @param {Kind} kind
   * @param {MediaStream} stream
   */
  #begin(kind, stream) {
    const { Recorder, policy } = this.#options;
    if (!Recorder || typeFor(Recorder, stream) === null) return this.#unavailable();
    const writer = this.#newWriter(kind, stream, Recorder);
    if (writer === null) return this.#againLater();
    this.#writers.set(kind, writer);
    if (!this.#isFull) this.#show(policy === "full" ? "on" : "partly");
  }

  /**
   * A recorder may refuse a stream that ended this very moment, and the exam must not suffer from it.
   * @param {Kind} kind
   * @param {MediaStream} stream
   * @param {typeof MediaRecorder} Recorder
   */
  #newWriter(kind, stream, Recorder) {
    try {
      /** @type {TakeWriter} */
      const writer = new TakeWriter(kind, stream, this.#options.policy === "full", { ...this.#options, Recorder }, {
        onStored: (chunks) => this.#stored(writer, chunks),
        onFailure: (error) => this.#failed(writer, error),
      });
      return writer;
    } catch (error) {
      console.warn("Not recorded for now", error);
      return null;
    }
  }

  /**
   * @param {TakeWriter} writer
   * @param {number} chunks
   */
  #stored(writer, chunks) {
    if (this.#isFull) {
      this.#isFull = false;
      this.#options.report("recording_resumed", { kind: writer.kind });
      this.#show(this.#options.policy === "full" ? "on" : "partly");
    }
    const isLong = this.#options.policy === "on_flags" && chunks >= CHUNKS_ON_FLAGS;
    if (isLong && this.#writers.get(writer.kind) === writer) this.#next(writer.kind);
    else void this.#tidy();
  }

  /**
   * @param {TakeWriter} writer
   * @param {unknown} error
   */
  #failed(writer, error) {
    const { report } = this.#options;
    if (this.#writers.get(writer.kind) === writer) this.#writers.delete(writer.kind);
    void writer.stop();
    if (this.#isClosed) return;
    if (isFull(error) && !this.#isFull) {
      this.#isFull = true;
      this.#show("full");
      report("recording_full", { where: "browser" });
      void this.#keeper.makeRoom().then((isRoom) => isRoom && this.#again());
    }
    this.#againLater();
  }

  #againLater() {
    this.#options.clearTimeout(this.#againTimer);
    this.#againTimer = this.#options.setTimeout(() => this.#again(), AGAIN_MS);
  }

  #again() {
    for (const [kind, stream] of this.#streams) {
      const isLive = stream?.getTracks().some(({ readyState }) => readyState === "live");
      if (stream && isLive && !this.#writers.has(kind)) this.#next(kind);
    }
  }

  #unavailable() {
    if (this.#isUnavailable) return;
    this.#isUnavailable = true;
    this.#show("unavailable");
    this.#options.report("recording_unavailable", {});
  }

  /**
   * It goes on being recorded: another page may be luckier.
   * @param {Refusal} state
   */
  #refused(state) {
    if (this.#isClosed) return;
    this.#show(state);
    this.#isRefused = true;
  }

  /**
   * What the server refuses stays the last word: whatever is recorded, nobody gets it from here.
   * @param {State} state
   */
  #show(state) {
    if (!this.#isRefused) this.#options.onState(state);
  }

  /** Send what is wanted, and forget what never will be. */
  async #tidy() {
    await this.#keeper.tidy(new Set([...this.#writers.values()].map(({ id }) => id)));
    void this.#uploader.offer();
  }
}

/**
 * @param {MediaStreamTrack[]} before
 * @param {MediaStreamTrack[]} now
 */
function sameTracks(before, now) {
  return before.length === now.length && now.every((track) => before.includes(track));
}
