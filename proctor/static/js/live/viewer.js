/**
 * The proctor's side of live watching: receives the streams of one session's candidate, and keeps asking for a place as a
 * viewer through reloads and lost networks on either side until it is closed or told no.
 */

import { NamedStreams } from "./named-streams.js";
import { Patience } from "./patience.js";
import { Peer } from "./peer.js";
import { ViewerPlace } from "./viewer-place.js";

/**
 * - `connecting` no answer yet from the server; `offline` our own connection is lost
 * - `waiting` the candidate's page is not there; `negotiating` it is, media is on its way
 * - `live` media flows; `interrupted` it stopped and is being healed
 * - `full` no place free, asked again soon
 * - `ended`, `not_allowed`, `refused` are final
 * @typedef {"connecting" | "offline" | "waiting" | "negotiating" | "live" | "interrupted" | "full"
 *   | "ended" | "not_allowed" | "refused"} ViewerState
 */

/** @typedef {Pick<import("./link.js").Link, "state" | "on" | "onState" | "request">} Talks */

/** Media that does not come, or does not come back, is asked for anew, ever more slowly. */
const MEDIA_WAITS = { firstMs: 8_000, longestMs: 60_000 };
const ASK_AGAIN_MS = 10_000;
const FINAL_BY_STATUS = new Map(/** @type {[number, ViewerState][]} */ ([
  [403, "not_allowed"],
  [404, "not_allowed"],
  [409, "ended"],
]));

export class Viewer {
  /** @type {ViewerState} */
  #state = "connecting";
  /** @type {Peer | null} */
  #peer = null;
  #streams = new NamedStreams();
  #patience = new Patience(() => this.#retry(), MEDIA_WAITS);
  /** @type {Set<(state: ViewerState) => void>} */
  #stateListeners = new Set();
  #stopListening = () => {};
  #channel;
  #place;
  #RTCPeerConnection;

  /**
   * @param {Talks} channel the `/proctor` namespace; may be shared by several viewers
   * @param {string} sessionId
   * @param {{RTCPeerConnection: typeof globalThis.RTCPeerConnection}} browser
   */
  constructor(channel, sessionId, { RTCPeerConnection }) {
    this.#channel = channel;
    this.#place = new ViewerPlace(channel, sessionId, {
      onGranted: (isCandidateOnline) => this.#openPeer(isCandidateOnline ? "negotiating" : "waiting"),
      onRefused: (error) => this.#turnedAway(error),
      onSignal: (signal) => this.#signalled(signal),
      onCandidate: () => this.#candidateCame(),
      onEnd: (reason) => this.#finish(reason === "session_ended" ? "ended" : "not_allowed"),
    });
    this.#RTCPeerConnection = RTCPeerConnection;
  }

  /** @returns {ViewerState} */
  get state() {
    return this.#state;
  }

  /** The connection to the candidate, for its statistics; `null` while there is none. */
  get connection() {
    return this.#peer?.connection ?? null;
  }

  /** Asks for a place now, or as soon as the channel is online. */
  start() {
    this.#place.open();
    this.#stopListening = this.#channel.onState((state) => this.#channelChanged(state));
    if (this.#channel.state === "online") this.#watch();
  }

  /**
   * Calls `listener` when a stream arrives (again for each of its tracks), and with `null` when it is sent no more.
   * @param {import("./named-streams.js").StreamListener} listener
   */
  onStream(listener) {
    this.#streams.onStream(listener);
  }

  /** @param {(state: ViewerState) => void} listener called at each change */
  onState(listener) {
    this.#stateListeners.add(listener);
  }

  /** Gives the place back, which frees the candidate's upload. */
  close() {
    this.#stopListening();
    this.#streams.close();
    this.#stateListeners.clear();
    this.#disconnect();
    this.#place.close();
  }

  #watch() {
    this.#disconnect();
    void this.#place.ask();
  }

  /** @param {import("./link.js").ChannelError} error */
  #turnedAway(error) {
    const final = FINAL_BY_STATUS.get(error.status);
    if (final) return this.#finish(final);
    this.#change(error.status === 429 ? "full" : "connecting");
    this.#patience.startFor(error.retryAfterMs ?? ASK_AGAIN_MS);
  }

  /** @param {ViewerState} state */
  #openPeer(state) {
    this.#peer?.close();
    this.#peer = new Peer({
      polite: true,
      iceServers: this.#place.iceServers,
      RTCPeerConnection: this.#RTCPeerConnection,
      send: (signal) => this.#place.send(signal),
      onTrack: (event) => this.#streams.trackArrived(event),
      onState: (peerState) => this.#peerChanged(peerState),
    });
    this.#change(state);
  }

  /** @param {import("./viewer-place.js").NamedSignal} message */
  #signalled({ streams, ...signal }) {
    if (streams) this.#streams.rename(streams);
    if (this.#state === "waiting") this.#change("negotiating");
    this.#peer?.receive(signal);
  }

  #candidateCame() {
    if (this.#place.areIceServersFresh) this.#openPeer("negotiating");
    else this.#watch();
  }

  /** @param {import("./link.js").ChannelState} state */
  #channelChanged(state) {
    if (isFinal(this.#state)) return;
    if (state === "online") this.#watch();
    // The picture may go on for a moment without the socket, so the connection stays until the new place is asked for.
    else if (state === "offline") this.#change("offline");
    else if (state === "refused") this.#finish("refused");
  }

  /** @param {RTCPeerConnectionState} peerState */
  #peerChanged(peerState) {
    if (this.#state === "offline") return;
    if (peerState === "connected") this.#change("live");
    if (peerState === "disconnected" || peerState === "failed") this.#change("interrupted");
  }

  #retry() {
    if (this.#channel.state === "online") this.#watch();
  }

  /** @param {ViewerState} state */
  #finish(state) {
    this.#disconnect();
    this.#place.lose();
    this.#change(state);
  }

  #disconnect() {
    this.#patience.stop();
    this.#peer?.close();
    this.#peer = null;
  }

  /** @param {ViewerState} state */
  #change(state) {
    this.#mindPatience(state);
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#stateListeners]) listener(state);
  }

  /** @param {ViewerState} state */
  #mindPatience(state) {
    const isStillInterrupted = state === "interrupted" && this.#state === "interrupted";
    if (isStillInterrupted) return;
    if (state === "live") this.#patience.reward();
    else if (state === "negotiating" || state === "interrupted") this.#patience.start();
    else this.#patience.stop();
  }
}

/** @param {ViewerState} state */
function isFinal(state) {
  return state === "ended" || state === "not_allowed" || state === "refused";
}
