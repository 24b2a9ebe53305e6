/** On the audio thread: collects the microphone's samples and hands them to the worker that listens. */

/** Of the audio thread's scope, for which TypeScript has no declarations. */
const { AudioWorkletProcessor, registerProcessor, sampleRate } = /** @type {any} */ (globalThis);
const CHUNK = 2048;

class Collector extends AudioWorkletProcessor {
  #chunk = new Float32Array(CHUNK);
  #filled = 0;
  /** @type {MessagePort | null} */
  #out = null;

  constructor() {
    super();
    this.port.onmessage = (/** @type {MessageEvent} */ { data }) => {
      this.#out = data.out;
      this.#out?.postMessage({ kind: "rate", rate: sampleRate });
    };
  }

  /** @param {Float32Array[][]} inputs */
  process([input]) {
    for (const sample of input?.[0] ?? []) {
      this.#chunk[this.#filled] = sample;
      this.#filled += 1;
      if (this.#filled === CHUNK) this.#send();
    }
    return true;
  }

  #send() {
    this.#out?.postMessage({ kind: "samples", samples: this.#chunk }, [this.#chunk.buffer]);
    this.#chunk = new Float32Array(CHUNK);
    this.#filled = 0;
  }
}

registerProcessor("proctor-voice", Collector);
