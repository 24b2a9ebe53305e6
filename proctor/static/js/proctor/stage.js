/** The live picture: two videos, the words over them while there is none, sound and full screen. */

import { query } from "../lib/dom.js";
import { FrameWatch } from "./frame-watch.js";
import { setText } from "./session-fields.js";

/** @typedef {import("../live/viewer.js").ViewerState} ViewerState */
/** @typedef {import("../live/publisher.js").StreamName} StreamName */
/** @typedef {import("./session-model.js").Presence} Presence */

export class Stage {
  #listening = new AbortController();
  #root;
  #say;
  #video;
  #sound;
  #frames;
  #askedAt = performance.now();
  /** @type {ViewerState} */
  #state = "connecting";
  /** @type {Presence} */
  #presence = "absent";

  /**
   * @param {HTMLElement} root
   * @param {import("../lib/dom.js").Messages} say
   */
  constructor(root, say) {
    this.#root = root;
    this.#say = say;
    this.#video = query(root, "#camera", HTMLVideoElement);
    this.#sound = query(root, "#sound", HTMLButtonElement);
    this.#frames = new FrameWatch(this.#video, { onChange: () => this.#render() });
    const { signal } = this.#listening;
    this.#sound.addEventListener("click", () => this.#toggleSound(), { signal });
    query(root, "#larger", HTMLButtonElement).addEventListener("click", () => this.#toggleFullscreen(), { signal });
  }

  /**
   * @param {ViewerState} state
   * @param {Presence} presence of the candidate's page
   */
  showState(state, presence) {
    if (state !== this.#state && (state === "negotiating" || state === "waiting")) this.#expectPicture();
    this.#state = state;
    this.#presence = presence;
    this.#render();
  }

  /**
   * @param {StreamName} name
   * @param {MediaStream | null} stream `null`: sent no more
   */
  showStream(name, stream) {
    const view = query(this.#root, `[data-view=${name}]`, HTMLElement);
    const video = query(view, "video", HTMLVideoElement);
    if (name === "screen") view.hidden = stream === null;
    if (video.srcObject === stream) return;
    video.srcObject = stream;
    if (name === "camera" && stream) this.#play();
  }

  close() {
    this.#listening.abort();
    this.#frames.close();
    for (const video of this.#root.querySelectorAll("video")) video.srcObject = null;
  }

  #render() {
    const hasPicture = this.#root.dataset.picture !== undefined;
    const isStill = hasPicture && this.#frames.isStill && this.#state === "live";
    this.#root.dataset.state = this.#state;
    this.#root.toggleAttribute("data-still", isStill);
    const words = this.#say(`stage.${isStill ? "still" : this.#wording()}`);
    setText(query(this.#root, "#stage-state", HTMLElement), words);
    // The words over the picture are seen only while there is none: then even a good connection needs a word.
    const isBlank = this.#state === "live" && !hasPicture;
    setText(query(this.#root, "#stage-words", HTMLElement), isBlank ? this.#say("stage.live.blank") : words);
  }

  #wording() {
    const isGone = this.#presence === "lost" && (this.#state === "waiting" || this.#state === "interrupted");
    return isGone ? "waiting.lost" : this.#state;
  }

  #expectPicture() {
    this.#askedAt = performance.now();
    delete this.#root.dataset.picture;
  }

  #play() {
    this.#awaitFrame();
    this.#video.play().then(
      () => this.#showSound(),
      (error) => {
        // Browsers play sound only after the reader did something on this site: show the picture, ask for a click.
        if (error.name !== "NotAllowedError") return;
        this.#video.muted = true;
        void this.#video.play().catch(() => {});
        this.#showSound();
      },
    );
  }

  #awaitFrame() {
    const came = () => this.#pictureCame();
    if ("requestVideoFrameCallback" in this.#video) this.#video.requestVideoFrameCallback(came);
    else this.#root.querySelector("video")?.addEventListener("loadeddata", came, { once: true });
  }

  #pictureCame() {
    this.#root.dataset.picture = "";
    // For whoever wants to know how fast it was: tests, and support with the browser's inspector.
    this.#root.dataset.firstFrameMs = String(Math.round(performance.now() - this.#askedAt));
    this.#render();
  }

  #toggleSound() {
    this.#video.muted = !this.#video.muted;
    void this.#video.play().catch(() => {});
    this.#showSound();
  }

  #showSound() {
    this.#sound.hidden = false;
    this.#sound.setAttribute("aria-pressed", String(!this.#video.muted));
    const words = this.#say(this.#video.muted ? "sound.off" : "sound.on");
    setText(query(this.#sound, "[data-field=label]", HTMLElement), words);
  }

  #toggleFullscreen() {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void this.#root.requestFullscreen().catch(() => {});
  }
}
