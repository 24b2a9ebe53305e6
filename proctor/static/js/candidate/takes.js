/** Taking a still or a short clip of the candidate's own camera. */

/** What browsers record, the best known first. Safari records MP4 only. */
const CLIP_TYPES = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];
const CLIP_BITS_PER_S = 1_000_000;
const FIRST_FRAME_MS = 3_000;
/** From the best picture to the smallest file. */
const QUALITIES = [0.92, 0.8, 0.6, 0.4];

/**
 * What a video element shows, as a JPEG of at most so many bytes.
 * @param {HTMLVideoElement} video
 * @param {number} maxBytes
 * @param {() => HTMLCanvasElement} [newCanvas]
 * @returns {Promise<Blob>}
 */
export async function takePhoto(video, maxBytes, newCanvas = () => document.createElement("canvas")) {
  await firstFrame(video);
  const canvas = newCanvas();
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  for (const quality of QUALITIES) {
    /** @type {Blob | null} */
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (blob && blob.size > 0 && blob.size <= maxBytes) return blob;
  }
  throw new Error("the camera gave no picture");
}

/**
 * Waits for a picture: a camera that was just attached shows none yet.
 * @param {HTMLVideoElement} video
 * @returns {Promise<void>}
 */
function firstFrame(video) {
  if (video.videoWidth > 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FIRST_FRAME_MS);
    video.addEventListener("loadeddata", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

export class ClipTake {
  /** @type {Blob[]} */
  #parts = [];
  #recorder;
  #stopped;

  /**
   * Begins at once.
   * @param {MediaStream} stream
   * @param {{MediaRecorder: typeof globalThis.MediaRecorder}} browser
   */
  constructor(stream, { MediaRecorder }) {
    const mimeType = CLIP_TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.#recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: CLIP_BITS_PER_S });
    this.#recorder.ondataavailable = ({ data }) => void (data.size > 0 && this.#parts.push(data));
    this.#stopped = new Promise((resolve) => (this.#recorder.onstop = () => resolve(undefined)));
    this.#recorder.start();
  }

  /** Ends it and gives the clip. */
  async finish() {
    this.cancel();
    await this.#stopped;
    const [type] = this.#recorder.mimeType.split(";");
    return new Blob(this.#parts, { type });
  }

  /** Ends it; whoever waits for nothing gets nothing. */
  cancel() {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
  }
}
