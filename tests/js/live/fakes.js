/** Stand-ins for the browser's and the server's half of live watching: just enough of each to talk with. */

/** Lets everything that is already due happen. */
export async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** A peer connection without a network: it keeps the signalling states and refuses what a browser would refuse. */
export class FakePeerConnection {
  /** @type {FakePeerConnection[]} */
  static made = [];

  /** @type {any} */ onnegotiationneeded = null;
  /** @type {any} */ onicecandidate = null;
  /** @type {any} */ onconnectionstatechange = null;
  /** @type {any} */ ontrack = null;
  /** @type {any} */ localDescription = null;
  /** @type {any} */ remoteDescription = null;
  /** @type {string} */ signalingState = "stable";
  /** @type {string} */ connectionState = "new";
  /** @type {any[]} */ candidates = [];
  /** @type {any[]} */ transceivers = [];
  restarts = 0;
  offers = 0;

  /** @param {any} [configuration] */
  constructor(configuration) {
    this.configuration = configuration;
    FakePeerConnection.made.push(this);
  }

  static get open() {
    return FakePeerConnection.made.filter((connection) => connection.connectionState !== "closed");
  }

  /** @param {any} track @param {any} init */
  addTransceiver(track, init) {
    const sender = {
      track,
      init,
      /** @param {any} other */
      async replaceTrack(other) {
        this.track = other;
      },
    };
    this.transceivers.push({ sender });
    this.needNegotiation();
    return { sender };
  }

  needNegotiation() {
    if (this.isNegotiationDue) return;
    this.isNegotiationDue = true;
    queueMicrotask(() => {
      this.isNegotiationDue = false;
      this.onnegotiationneeded?.();
    });
  }

  restartIce() {
    this.restarts += 1;
    this.needNegotiation();
  }

  async setLocalDescription() {
    await Promise.resolve();
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    if (type === "offer") this.offers += 1;
    this.localDescription = { type, sdp: `${type} ${this.offers}` };
    this.signalingState = type === "offer" ? "have-local-offer" : "stable";
  }

  /** @param {any} description */
  async setRemoteDescription(description) {
    await Promise.resolve();
    const hasOffered = this.signalingState === "have-local-offer";
    if (description.type === "answer" && !hasOffered) throw new Error("InvalidStateError");
    const isGlare = description.type === "offer" && hasOffered;
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
    this.remoteDescription = description;
    // The rolled back offer is still wanted: browsers ask for it again once the state is stable.
    if (isGlare) this.wasRolledBack = true;
  }

  /** @param {any} candidate */
  async addIceCandidate(candidate) {
    if (!this.remoteDescription) throw new Error("InvalidStateError: no remote description");
    if (candidate?.usernameFragment === "unknown") throw new Error("OperationError: unknown fragment");
    this.candidates.push(candidate);
  }

  close() {
    this.connectionState = "closed";
    this.signalingState = "closed";
  }

  /** @param {string} state */
  become(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

/** A channel to nobody: it records requests, answers them as told, and lets the test speak for the server. */
export class FakeChannel {
  /** @type {string | null} */ refusal = null;
  isClosed = false;
  /** @type {{event: string, payload: any}[]} */ sent = [];
  /** @type {Map<string, Set<(message: any) => void>>} */ listeners = new Map();
  /** @type {Set<(state: any, refusal: any) => void>} */ stateListeners = new Set();
  /** @type {(event: string, payload: any) => any} */ answer = () => ({});

  constructor(state = "online") {
    /** @type {any} */
    this.state = state;
  }

  /** @param {string} event @param {(message: any) => void} listener */
  on(event, listener) {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set.add(listener));
    return () => void set.delete(listener);
  }

  /** @param {(state: any, refusal: any) => void} listener */
  onState(listener) {
    this.stateListeners.add(listener);
    return () => void this.stateListeners.delete(listener);
  }

  /** @param {string} event @param {any} [payload] */
  async request(event, payload = {}) {
    this.sent.push({ event, payload });
    return this.answer(event, payload);
  }

  /** The server says `event`. @param {string} event @param {any} message */
  says(event, message) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(message);
  }

  /** @param {string} state @param {string | null} [refusal] */
  become(state, refusal = null) {
    this.state = state;
    this.refusal = refusal;
    for (const listener of [...this.stateListeners]) listener(state, refusal);
  }

  close() {
    this.isClosed = true;
  }

  /** @param {string} event */
  sentOf(event) {
    return this.sent.filter((message) => message.event === event).map((message) => message.payload);
  }
}

/**
 * @param {string} id
 * @param {string[]} kinds
 * @returns {any}
 */
export function fakeStream(id, kinds) {
  const tracks = kinds.map((kind) => ({ kind, id: `${id} ${kind}`, stopped: false, stop() { this.stopped = true; } }));
  return { id, getTracks: () => tracks };
}
