/** One run of the browser's recorder over one stream: chunks as they come, and a last one when it is stopped. */

/** The pair that every browser with a recorder for WebM has, so that takes of different browsers can be joined. */
const TYPES = ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp8"];
const CHUNK_MS = 4000;
/** After so much time there is a whole picture again: where seeking may land. */
const WHOLE_PICTURE_MS = 2000;
const BITS_PER_S = { camera: 300_000, screen: 250_000 };
const SOUND_BITS_PER_S = 32_000;
/** A recorder that does not say that it has stopped is left alone after this. */
const FAREWELL_MS = 2000;

/** @typedef {"camera" | "screen"} Kind */

/**
 * @typedef {object} Listener
 * @property {() => void} onStart the first moment that is recorded
 * @property {(data: Blob) => void} onChunk
 * @property {() => void} onFailure it records no more, without our doing
 */

/**
 * What this browser's recorder is told to make; null where it cannot.
 * @param {Pick<typeof MediaRecorder, "isTypeSupported"> | undefined} Recorder
 * @param {MediaStream} stream
 */
export function typeFor(Recorder, stream) {
  const type = TYPES[stream.getAudioTracks().length > 0 ? 0 : 1];
  return type && Recorder?.isTypeSupported(type) ? type : null;
}

export class TakeRecorder {
  #recorder;
  #isStopped = false;
  /** @type {Promise<void>} */
  #end;

  /**
   * @param {Kind} kind
   * @param {MediaStream} stream
   * @param {typeof MediaRecorder} Recorder
   * @param {Listener} listener
   */
  constructor(kind, stream, Recorder, listener) {
    /** `videoKeyFrameIntervalDuration` is newer than TypeScript's declarations. */
    const options = /** @type {MediaRecorderOptions} */ ({
      mimeType: typeFor(Recorder, stream) ?? "",
      videoBitsPerSecond: BITS_PER_S[kind],
      audioBitsPerSecond: SOUND_BITS_PER_S,
      videoKeyFrameIntervalDuration: WHOLE_PICTURE_MS,
    });
    this.#recorder = new Recorder(stream, options);
    this.#recorder.onstart = () => listener.onStart();
    this.#recorder.ondataavailable = ({ data }) => data.size > 0 && listener.onChunk(data);
    this.#recorder.onerror = () => !this.#isStopped && listener.onFailure();
    this.#end = new Promise((resolve) => {
      this.#recorder.onstop = () => {
        resolve();
        if (!this.#isStopped) listener.onFailure();
      };
    });
    this.#recorder.start(CHUNK_MS);
  }

  /** Stop, and wait until the last chunk was given out. */
  async stop() {
    this.#isStopped = true;
    if (this.#recorder.state === "inactive") return;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const patience = new Promise((resolve) => (timer = setTimeout(resolve, FAREWELL_MS)));
    this.#recorder.stop();
    await Promise.race([this.#end, patience]);
    clearTimeout(timer);
  }
}
