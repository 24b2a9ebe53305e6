/**
 * Gives a worker the camera: its track where the browser can hand over one, single pictures of a hidden video where it
 * cannot. The worker takes them with `frames.js`.
 */

/**
 * Newer than TypeScript's declarations.
 * @typedef {new (init: {track: MediaStreamTrack, maxBufferSize: number}) => {readable: ReadableStream<VideoFrame>}} TrackProcessor
 */

export class CameraFeed {
  /** @type {HTMLVideoElement | null} */
  #video = null;
  #worker;
  #Processor;

  /**
   * @param {Pick<Worker, "postMessage">} worker takes `camera`, `no_camera` and `picture`
   * @param {TrackProcessor | undefined} Processor where the browser has it
   */
  constructor(worker, Processor) {
    this.#worker = worker;
    this.#Processor = Processor;
  }

  /** @param {MediaStreamTrack | null} track */
  set(track) {
    this.#video = null;
    if (!track) return this.#worker.postMessage({ kind: "no_camera" });
    if (!this.#Processor) return this.#showHidden(track);
    const { readable } = new this.#Processor({ track, maxBufferSize: 1 });
    this.#worker.postMessage({ kind: "camera", readable }, [readable]);
  }

  /** The worker wants a picture. */
  async answer() {
    if (!this.#video || this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const picture = await createImageBitmap(this.#video);
    this.#worker.postMessage({ kind: "picture", picture }, [picture]);
  }

  close() {
    this.#video = null;
  }

  /** @param {MediaStreamTrack} track */
  #showHidden(track) {
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    void video.play();
    this.#video = video;
    this.#worker.postMessage({ kind: "camera" });
  }
}

/** What this browser hands a camera's track to a worker with, if it can. */
export function trackProcessor() {
  const { MediaStreamTrackProcessor: Processor } =
    /** @type {{MediaStreamTrackProcessor?: TrackProcessor}} */ (globalThis);
  return Processor;
}
