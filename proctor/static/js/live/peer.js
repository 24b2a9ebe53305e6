/**
 * One peer connection under *perfect negotiation* (W3C WebRTC, section 4.8): either side may offer at any moment, and
 * when both do at once, the polite one gives way. Sends candidates as they are found, heals itself with ICE restarts.
 */

/** @typedef {{description?: RTCSessionDescriptionInit, candidate?: RTCIceCandidateInit | null}} Signal */

/**
 * @typedef {object} PeerOptions
 * @property {boolean} polite gives way when both sides offer at once
 * @property {RTCIceServer[]} iceServers
 * @property {(signal: Signal) => void} send hands a signal to the other side
 * @property {typeof globalThis.RTCPeerConnection} RTCPeerConnection
 * @property {(event: RTCTrackEvent) => void} [onTrack]
 * @property {(state: RTCPeerConnectionState) => void} [onState]
 */

// Chromium reports "failed" some 15 s after "disconnected". Short losses heal before this; others need a restart.
const RESTART_AFTER_MS = 3_000;

export class Peer {
  #polite;
  #send;
  #onState;
  #makingOffer = false;
  #ignoringOffer = false;
  #closed = false;
  /** Signals are handled one after another, in the order they came. */
  #turn = Promise.resolve();
  /** @type {(RTCIceCandidateInit | null)[]} those that came before any description could take them */
  #early = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #restartTimer;

  /** @param {PeerOptions} options */
  constructor({ polite, iceServers, send, RTCPeerConnection, onTrack = () => {}, onState = () => {} }) {
    this.#polite = polite;
    this.#send = send;
    this.#onState = onState;
    // One transport for all media: fewer candidates to find and to relay, so the first frame comes sooner.
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.connection.onnegotiationneeded = () => void this.#offer();
    this.connection.onicecandidate = ({ candidate }) => this.#send({ candidate: candidate?.toJSON() ?? null });
    this.connection.onconnectionstatechange = () => this.#changed();
    this.connection.ontrack = onTrack;
  }

  /** @returns {RTCPeerConnectionState} */
  get state() {
    return this.#closed ? "closed" : this.connection.connectionState;
  }

  /**
   * Takes a signal of the other side.
   * @param {Signal} signal
   * @returns {Promise<void>} settles when it was handled; never rejects
   */
  receive(signal) {
    this.#turn = this.#turn.then(() => this.#handle(signal)).catch((error) => this.#stumbled(error));
    return this.#turn;
  }

  /** Looks for a new way to the other side, keeping media flowing over the old one if there is one. */
  restart() {
    if (!this.#closed) this.connection.restartIce();
  }

  /** Frees the connection. The tracks that were sent stay untouched. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#restartTimer);
    const { connection } = this;
    connection.onnegotiationneeded = connection.onicecandidate = null;
    connection.onconnectionstatechange = connection.ontrack = null;
    connection.close();
  }

  async #offer() {
    try {
      this.#makingOffer = true;
      await this.connection.setLocalDescription();
      this.#sendDescription();
    } catch (error) {
      this.#stumbled(error);
    } finally {
      this.#makingOffer = false;
    }
  }

  /** @param {Signal} signal */
  async #handle({ description, candidate }) {
    if (this.#closed) return;
    if (description) await this.#takeDescription(description);
    else if (candidate !== undefined) await this.#takeCandidate(candidate);
  }

  /** @param {RTCSessionDescriptionInit} description */
  async #takeDescription(description) {
    const isBusy = this.#makingOffer || this.connection.signalingState !== "stable";
    this.#ignoringOffer = description.type === "offer" && isBusy && !this.#polite;
    if (this.#ignoringOffer) return;
    await this.connection.setRemoteDescription(description);
    for (const candidate of this.#early.splice(0)) {
      // One that a former page of the other side left behind must not keep us from answering.
      await this.#takeCandidate(candidate).catch((error) => this.#stumbled(error));
    }
    if (description.type !== "offer" || this.#closed) return;
    await this.connection.setLocalDescription();
    this.#sendDescription();
  }

  /** @param {RTCIceCandidateInit | null} candidate */
  async #takeCandidate(candidate) {
    if (this.#closed) return;
    if (this.connection.remoteDescription === null) return void this.#early.push(candidate);
    try {
      await this.connection.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      // Candidates of an offer that we ignored have nowhere to go, and that is fine.
      if (!this.#ignoringOffer) throw error;
    }
  }

  #sendDescription() {
    const description = this.connection.localDescription;
    if (description && !this.#closed) this.#send({ description: { type: description.type, sdp: description.sdp } });
  }

  #changed() {
    clearTimeout(this.#restartTimer);
    const { connectionState } = this.connection;
    if (connectionState === "failed") this.restart();
    if (connectionState === "disconnected") this.#restartTimer = setTimeout(() => this.restart(), RESTART_AFTER_MS);
    this.#onState(connectionState);
  }

  /**
   * A signal that the browser would not take. The next offer, or the caller's patience, decides what becomes of it.
   * @param {unknown} error
   */
  #stumbled(error) {
    if (!this.#closed) console.warn("A signal could not be used", error);
  }
}
