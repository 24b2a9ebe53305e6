/** The page's side of the worker that listens: leads the microphone's sound to it, past the page's own thread. */

const WORKLET = new URL("./voice-worklet.js", import.meta.url);

/** @typedef {{onEvent: (eventType: string, payload: Record<string, unknown>, open: string[]) => void, onBroken: (reason: string) => void}} Listener */

export class Voice {
  #worker;
  #listener;
  #AudioContext;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {{resolve: () => void, reject: (error: Error) => void} | null} */
  #loading = null;

  /**
   * @param {Worker} worker runs `voice-worker.js`
   * @param {Listener} listener
   * @param {typeof globalThis.AudioContext} AudioContext
   */
  constructor(worker, listener, AudioContext) {
    this.#worker = worker;
    this.#listener = listener;
    this.#AudioContext = AudioContext;
    worker.onmessage = ({ data }) => this.#heard(data);
    worker.onerror = () => this.#loading?.reject(new Error("the worker could not be started"));
  }

  /**
   * @param {{wasm: string, voice: string}} files
   * @returns {Promise<void>}
   */
  load(files) {
    return new Promise((resolve, reject) => {
      this.#loading = { resolve, reject };
      this.#worker.postMessage({ kind: "load", files });
    });
  }

  /**
   * @param {import("./limits.js").Limits} limits
   * @param {string[]} open
   */
  watch(limits, open) {
    this.#worker.postMessage({ kind: "watch", limits, open });
  }

  /** @param {MediaStreamTrack | null} track */
  async setMicrophone(track) {
    this.#silence();
    if (!track) return this.#worker.postMessage({ kind: "no_microphone" });
    const context = new this.#AudioContext();
    this.#context = context;
    void context.resume();
    await context.audioWorklet.addModule(WORKLET);
    // Another microphone may have come meanwhile.
    if (this.#context !== context) return;
    const node = new AudioWorkletNode(context, "proctor-voice", { numberOfOutputs: 0 });
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage({ kind: "microphone", sound: port1 }, [port1]);
    node.port.postMessage({ out: port2 }, [port2]);
    context.createMediaStreamSource(new MediaStream([track])).connect(node);
  }

  close() {
    this.#silence();
    this.#worker.terminate();
  }

  #silence() {
    void this.#context?.close();
    this.#context = null;
  }

  /** @param {any} message */
  #heard({ kind, reason, eventType, payload, open }) {
    if (kind === "ready") this.#loading?.resolve();
    else if (kind === "failed") this.#loading?.reject(new Error(reason));
    else if (kind === "event") this.#listener.onEvent(eventType, payload, open);
    else if (kind === "broken") this.#listener.onBroken(reason);
  }
}
