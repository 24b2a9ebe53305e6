/** The pictures: which recordings are shown where, and a sentence where one is not. New ones are looked for by itself. */

import { query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { setText } from "../proctor/session-fields.js";
import { explain, failureOf, isExpected, isPassing, playable } from "./recording-state.js";
import { segmentsOf } from "./segments.js";

/** @typedef {import("./segments.js").Recording} Recording */
/** @typedef {import("./recording-state.js").Failure} Failure */
/** @typedef {import("./track.js").Track & {video: HTMLVideoElement}} ShownTrack */
/** @typedef {(typeof VIEWS)[number]} View */

const LOOK_AGAIN_MS = 5_000;
const ASK_WITHIN_MS = 10_000;
const VIEWS = /** @type {const} */ (["camera", "screen"]);

export class Player {
  #listening = new AbortController();
  /** @type {ShownTrack[]} */
  #tracks = [];
  /** @type {Recording[]} */
  #recordings = [];
  /** @type {Map<View, {file: string, reason: Failure | null}>} files that did not play; the reason is soon known */
  #failures = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #againTimer;
  #root;
  #options;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.api address of the session in the HTTP API
   * @param {string} options.recorded what the exam records
   * @param {string} options.startsAt when the exam began
   * @param {import("./playback.js").Playback} options.playback
   * @param {() => void} options.onTracks other recordings can be played than before
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    for (const view of VIEWS) {
      const video = this.#video(view);
      const { signal } = this.#listening;
      video.addEventListener("error", () => void this.#failed(view), { signal });
      video.addEventListener("loadedmetadata", () => this.#measured(video), { signal });
      video.addEventListener("click", () => options.playback.toggle(), { signal });
    }
  }

  get segments() {
    return this.#tracks.map(({ segments }) => segments);
  }

  /** @param {Recording[]} recordings */
  show(recordings) {
    const { startsAt, playback, onTracks } = this.#options;
    this.#recordings = recordings;
    const chosen = playable(recordings);
    /** @type {ShownTrack[]} */
    const tracks = [];
    for (const view of VIEWS) {
      const recording = chosen[view];
      // What came late is in another file of the same name, in which moments stand elsewhere.
      const file = `${recording?.video_path} ${recording?.sha256}`;
      if (this.#failures.get(view)?.file !== file) this.#failures.delete(view);
      const isHidden = recording === null || this.#failures.has(view);
      this.#view(view).hidden = isHidden;
      if (isHidden || !recording?.video_path) continue;
      const video = this.#video(view);
      if (video.dataset.file !== file) {
        video.src = recording.video_path;
        video.dataset.file = file;
      }
      tracks.push(measured({ video, segments: segmentsOf(recording, startsAt) }));
    }
    this.#tracks = tracks;
    this.#root.dataset.views = String(tracks.length);
    this.#tellState();
    playback.setTracks(tracks);
    onTracks();
    clearTimeout(this.#timer);
    if (isExpected(recordings)) this.#timer = setTimeout(() => void this.#lookAgain(), LOOK_AGAIN_MS);
  }

  /** Says over each picture where there is none at this moment. */
  render() {
    for (const { video } of this.#tracks) {
      const view = video.closest("[data-view]");
      view?.toggleAttribute("data-blank", !this.#options.playback.isShown(video));
    }
  }

  /** Turns the sound on or off; tells whether it is on. */
  toggleSound() {
    const video = this.#video("camera");
    video.muted = !video.muted;
    return !video.muted;
  }

  close() {
    this.#listening.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#againTimer);
  }

  async #lookAgain() {
    try {
      const { recordings } = await getJson(`${this.#options.api}/recordings`);
      this.show(recordings);
    } catch (error) {
      console.info("The recordings were not looked for", error);
      this.#timer = setTimeout(() => void this.#lookAgain(), LOOK_AGAIN_MS);
    }
  }

  /** @param {HTMLVideoElement} video */
  #measured(video) {
    const track = this.#tracks.find((known) => known.video === video);
    if (track) measured(track);
    this.#options.onTracks();
  }

  /** @param {View} view */
  async #failed(view) {
    const video = this.#video(view);
    const path = video.getAttribute("src");
    if (path === null) return;
    const failure = { file: video.dataset.file ?? "", reason: /** @type {Failure | null} */ (null) };
    const code = video.error?.code ?? 0;
    this.#failures.set(view, failure);
    this.show(this.#recordings);
    failure.reason = failureOf(code, await statusOf(path));
    this.#tellState();
    this.#tryAgainLater();
  }

  #tryAgainLater() {
    clearTimeout(this.#againTimer);
    const isWorthIt = [...this.#failures.values()].some(({ reason }) => isPassing(reason));
    if (isWorthIt && !this.#listening.signal.aborted) this.#againTimer = setTimeout(() => void this.#tryAgain(), LOOK_AGAIN_MS);
  }

  /** Loads what did not load for a reason that has passed. */
  async #tryAgain() {
    for (const [view, failure] of [...this.#failures]) {
      const video = this.#video(view);
      if (!isPassing(failure.reason)) continue;
      const status = await statusOf(video.getAttribute("src") ?? "");
      if (this.#failures.get(view) !== failure || this.#listening.signal.aborted) continue;
      if (status >= 200 && status < 300) {
        this.#failures.delete(view);
        video.load();
        this.show(this.#recordings);
      } else {
        failure.reason = failureOf(0, status);
        this.#tellState();
      }
    }
    this.#tryAgainLater();
  }

  /** Says why something cannot be seen, where there is something to say. */
  #tellState() {
    const { recorded, say } = this.#options;
    const missing = explain(this.#recordings, recorded);
    const failures = new Set([...this.#failures.values()].map(({ reason }) => reason));
    const words = [...failures].flatMap((reason) => (reason ? [say(`recording.${reason}`)] : []));
    if (missing) words.push(say(missing.key, missing.values));
    const holder = query(this.#root, "#recording-state", HTMLElement);
    holder.hidden = !words.length;
    setText(query(holder, "[data-field=words]", HTMLElement), words.join(" "));
  }

  /** @param {string} view */
  #view(view) {
    return query(this.#root, `[data-view=${view}]`, HTMLElement);
  }

  /** @param {string} view */
  #video(view) {
    return query(this.#view(view), "video", HTMLVideoElement);
  }
}

/**
 * A file whose length nobody has told says it itself, once it is loaded.
 * @param {ShownTrack} track
 */
function measured(track) {
  const [segment] = track.segments;
  const { duration } = track.video;
  if (segment && !Number.isFinite(segment.durationS) && Number.isFinite(duration)) segment.durationS = duration;
  return track;
}

/**
 * How the server answers who asks for a file; 0 where it does not.
 * @param {string} path
 */
async function statusOf(path) {
  try {
    const signal = AbortSignal.timeout(ASK_WITHIN_MS);
    return (await fetch(path, { method: "HEAD", credentials: "same-origin", cache: "no-store", signal })).status;
  } catch {
    return 0;
  }
}
