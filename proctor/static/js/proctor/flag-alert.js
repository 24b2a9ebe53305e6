/** A sound and a number in the title for new flags, where the proctor wants them. The wish is kept in this browser. */

const KEY = "proctor.flag-alert";
const TONE_HZ = 660;
const TONE_S = 0.18;

/**
 * @typedef {object} Surroundings what it needs of a browser
 * @property {Pick<Storage, "getItem" | "setItem"> | null} storage `null` where the browser keeps nothing for us
 * @property {Document} doc
 * @property {new () => AudioContext} AudioContext
 */

export class FlagAlert {
  #listening = new AbortController();
  #count = 0;
  /** @type {AudioContext | null} */
  #audio = null;
  #box;
  #around;
  #title;

  /**
   * @param {HTMLInputElement} box that switches it on and off
   * @param {Surroundings} around
   */
  constructor(box, around) {
    this.#box = box;
    this.#around = around;
    this.#title = around.doc.title;
    box.checked = around.storage?.getItem(KEY) === "on";
    box.disabled = false;
    const { signal } = this.#listening;
    box.addEventListener("change", () => this.#switched(), { signal });
    around.doc.addEventListener("visibilitychange", () => this.#seen(), { signal });
    around.doc.addEventListener("pointerdown", () => this.#seen(), { signal });
    around.doc.addEventListener("keydown", () => this.#seen(), { signal });
  }

  /** A flag was raised, or has become worse. */
  alert() {
    if (!this.#box.checked) return;
    this.#count += 1;
    this.#around.doc.title = `(${this.#count}) ${this.#title}`;
    this.#sound();
  }

  close() {
    this.#listening.abort();
    void this.#audio?.close();
  }

  #switched() {
    this.#around.storage?.setItem(KEY, this.#box.checked ? "on" : "off");
    // The click is what browsers ask for before they let a page sound; it is heard, so that the proctor knows the tone.
    if (this.#box.checked) this.#sound();
    else this.#seen();
  }

  #seen() {
    if (this.#around.doc.hidden) return;
    this.#count = 0;
    this.#around.doc.title = this.#title;
  }

  #sound() {
    const audio = (this.#audio ??= new this.#around.AudioContext());
    void audio.resume();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = TONE_HZ;
    volume.gain.setValueAtTime(0.2, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + TONE_S);
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + TONE_S);
  }
}
