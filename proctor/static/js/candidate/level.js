/** How loud the microphone is, ten times a second. */

const EVERY_MS = 100;
const QUIETEST_DB = -60;

/**
 * Loudness of samples on a scale from 0 (quiet room) to 1 (as loud as can be), even steps in decibels.
 * @param {Float32Array} samples
 */
export function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length || 1e-12);
  return Math.min(1, Math.max(0, 1 - db / QUIETEST_DB));
}

export class LevelMeter {
  #context;
  #timer;

  /**
   * @param {MediaStream} stream
   * @param {(level: number) => void} onLevel
   * @param {typeof globalThis.AudioContext} AudioContext
   */
  constructor(stream, onLevel, AudioContext) {
    this.#context = new AudioContext();
    // Phones make it sleep until a touch allows it; the touch that led here counts.
    void this.#context.resume();
    const analyser = this.#context.createAnalyser();
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      onLevel(loudness(samples));
    }, EVERY_MS);
  }

  close() {
    clearInterval(this.#timer);
    void this.#context.close();
  }
}
