/** Recorders, tracks and clocks for tests: what a browser would have. */

/** A recorder that gives out what a test tells it to. */
export class FakeRecorder {
  /** @type {FakeRecorder[]} */
  static made = [];
  static isTypeSupported = () => true;

  /** @type {(() => void) | null} */
  onstart = null;
  /** @type {((event: {data: Blob}) => void) | null} */
  ondataavailable = null;
  /** @type {(() => void) | null} */
  onerror = null;
  /** @type {(() => void) | null} */
  onstop = null;
  state = "inactive";

  /** @param {FakeStream} stream */
  constructor(stream) {
    this.stream = stream;
    FakeRecorder.made.push(this);
  }

  start() {
    this.state = "recording";
    this.onstart?.();
  }

  /** @param {string} bytes */
  give(bytes) {
    this.ondataavailable?.({ data: new Blob([bytes]) });
  }

  stop() {
    if (this.state === "inactive") return;
    this.state = "inactive";
    this.give("end");
    this.onstop?.();
  }

  /** The browser gave up: a device went, or it ran out of something. */
  fail() {
    this.state = "inactive";
    this.onstop?.();
  }
}

/** A device's track. */
export class FakeTrack {
  readyState = "live";

  /** @param {"video" | "audio"} kind */
  constructor(kind) {
    this.kind = kind;
  }
}

/** Some tracks. */
export class FakeStream {
  #tracks;

  /** @param {FakeTrack[]} tracks */
  constructor(tracks) {
    this.#tracks = tracks;
  }

  getTracks() {
    return this.#tracks;
  }

  getAudioTracks() {
    return this.#tracks.filter(({ kind }) => kind === "audio");
  }
}

/** Timers that a test lets go off. */
export class FakeTimers {
  /** @type {{fn: () => void, ms: number}[]} */
  set = [];
  setTimeout = (/** @type {() => void} */ fn, /** @type {number} */ ms) => this.set.push({ fn, ms });
  clearTimeout = () => {};

  /** Let the last one go off. */
  fire() {
    this.set.pop()?.fn();
  }
}

/** Wait until everything that was begun has settled. */
export async function settled() {
  for (let turn = 0; turn < 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
