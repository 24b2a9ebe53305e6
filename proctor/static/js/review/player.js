/** The pictures: which recordings are shown where, and a sentence where one is not. New ones are looked for by itself. */

import { query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { setText } from "../proctor/session-fields.js";
import { explain, isExpected, playable } from "./recording-state.js";
import { segmentsOf } from "./segments.js";

/** @typedef {import("./segments.js").Recording} Recording */
/** @typedef {import("./track.js").Track & {video: HTMLVideoElement}} ShownTrack */

const LOOK_AGAIN_MS = 5_000;
const VIEWS = /** @type {const} */ (["camera", "screen"]);

export class Player {
  #listening = new AbortController();
  /** @type {ShownTrack[]} */
  #tracks = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
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
      video.addEventListener("error", () => this.#failed(view), { signal });
      video.addEventListener("loadedmetadata", () => this.#measured(video), { signal });
      video.addEventListener("click", () => options.playback.toggle(), { signal });
    }
  }

  get segments() {
    return this.#tracks.map(({ segments }) => segments);
  }

  /** @param {Recording[]} recordings */
  show(recordings) {
    const { recorded, startsAt, playback, onTracks, say } = this.#options;
    const chosen = playable(recordings);
    /** @type {ShownTrack[]} */
    const tracks = [];
    for (const view of VIEWS) {
      const recording = chosen[view];
      this.#view(view).hidden = recording === null;
      if (!recording?.video_path) continue;
      const video = this.#video(view);
      // What came late is in another file of the same name, in which moments stand elsewhere.
      const file = recording.sha256 ?? "";
      if (video.getAttribute("src") !== recording.video_path || video.dataset.file !== file) {
        video.src = recording.video_path;
        video.dataset.file = file;
      }
      tracks.push({ video, segments: segmentsOf(recording, startsAt) });
    }
    this.#tracks = tracks;
    this.#root.dataset.views = String(tracks.length);
    const reason = explain(recordings, recorded);
    this.#say(reason ? say(reason.key, reason.values) : "");
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

  /**
   * A file whose length nobody has told says it itself.
   * @param {HTMLVideoElement} video
   */
  #measured(video) {
    const segment = this.#tracks.find((track) => track.video === video)?.segments[0];
    if (segment && !Number.isFinite(segment.durationS) && Number.isFinite(video.duration)) segment.durationS = video.duration;
    this.#options.onTracks();
  }

  /** @param {"camera" | "screen"} view */
  #failed(view) {
    if (!this.#video(view).hasAttribute("src")) return;
    this.#view(view).hidden = true;
    this.#tracks = this.#tracks.filter(({ video }) => video !== this.#video(view));
    this.#root.dataset.views = String(this.#tracks.length);
    this.#say(this.#options.say("recording.unplayable"));
    this.#options.playback.setTracks(this.#tracks);
    this.#options.onTracks();
  }

  /** @param {string} words */
  #say(words) {
    const holder = query(this.#root, "#recording-state", HTMLElement);
    holder.hidden = !words;
    setText(query(holder, "[data-field=words]", HTMLElement), words);
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
