/**
 * The proctor's side of live watching: asks for a place as a viewer of one session, receives the candidate's streams,
 * and keeps asking through reloads and lost networks on either side until it is closed or told no.
 */

import { NamedStreams } from "./named-streams.js";
import { Patience } from "./patience.js";
import { Peer } from "./peer.js";

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
/** @typedef {import("./named-streams.js").StreamIds} StreamIds */
/** @typedef {import("./peer.js").Signal & {viewer_id: string, streams?: StreamIds}} ViewerSignal */

/** Media that does not come, or does not come back, is asked for anew, ever more slowly. */
const MEDIA_WAITS = { firstMs: 8_000, longestMs: 60_000 };
const ASK_AGAIN_MS = 10_000;
/** TURN credentials live for an hour at most: older ones are not reused for a new connection. */
const ICE_SERVERS_FRESH_MS = 30 * 60_000;
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
  /** @type {string | null} */
  #viewerId = null;
  /** @type {RTCIceServer[]} */
  #iceServers = [];
  #iceServersAt = 0;
  /** Counts the requests for a place: an answer to any but the latest is given back. */
  #attempt = 0;
  #isAsking = false;
  /** @type {ViewerSignal[]} those that overtook the answer which tells our viewer id */
  #early = [];
  #streams = new NamedStreams();
  #patience = new Patience(() => this.#retry(), MEDIA_WAITS);
  /** @type {Set<(state: ViewerState) => void>} */
  #stateListeners = new Set();
  /** @type {(() => void)[]} */
  #stopListening = [];
  #channel;
  #sessionId;
  #RTCPeerConnection;

  /**
   * @param {Talks} channel the `/proctor` namespace; may be shared by several viewers
   * @param {string} sessionId
   * @param {{RTCPeerConnection: typeof globalThis.RTCPeerConnection}} browser
   */
  constructor(channel, sessionId, { RTCPeerConnection }) {
    this.#channel = channel;
    this.#sessionId = sessionId;
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
    this.#stopListening = [
      this.#channel.on("signal", (message) => this.#signalled(message)),
      this.#channel.on("candidate_online", (message) => this.#candidateOnline(message.viewer_id)),
      this.#channel.on("unwatched", (message) => this.#unwatched(message)),
      this.#channel.onState((state) => this.#channelChanged(state)),
    ];
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
    for (const stop of this.#stopListening.splice(0)) stop();
    this.#streams.close();
    this.#stateListeners.clear();
    this.#leave();
  }

  async #watch() {
    this.#leave();
    const attempt = this.#attempt;
    this.#isAsking = true;
    try {
      const answer = await this.#channel.request("watch", { session_id: this.#sessionId });
      if (attempt === this.#attempt) this.#admitted(answer);
      else this.#giveBack(answer.viewer_id);
    } catch (error) {
      if (attempt === this.#attempt) this.#turnedAway(/** @type {import("./link.js").ChannelError} */ (error));
    }
  }

  /** @param {Record<string, any>} answer */
  #admitted(answer) {
    this.#isAsking = false;
    this.#viewerId = answer.viewer_id;
    this.#iceServers = answer.ice_servers;
    this.#iceServersAt = Date.now();
    this.#openPeer(answer.online ? "negotiating" : "waiting");
    for (const message of this.#early.splice(0)) this.#signalled(message);
  }

  /** @param {import("./link.js").ChannelError} error */
  #turnedAway(error) {
    this.#isAsking = false;
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
      iceServers: this.#iceServers,
      RTCPeerConnection: this.#RTCPeerConnection,
      send: (signal) => this.#send(signal),
      onTrack: (event) => this.#streams.trackArrived(event),
      onState: (peerState) => this.#peerChanged(peerState),
    });
    this.#change(state);
  }

  /** @param {import("./peer.js").Signal} signal */
  #send(signal) {
    // A signal that got lost leaves the connection unfinished; patience runs out and a new place is asked for.
    this.#channel.request("signal", { viewer_id: this.#viewerId, ...signal }).catch(() => {});
  }

  /** @param {ViewerSignal} message */
  #signalled(message) {
    if (this.#isAsking) return void this.#early.push(message);
    const { viewer_id: viewerId, streams, ...signal } = message;
    if (viewerId !== this.#viewerId) return;
    if (streams) this.#streams.rename(streams);
    if (this.#state === "waiting") this.#change("negotiating");
    this.#peer?.receive(signal);
  }

  /** @param {string} viewerId */
  #candidateOnline(viewerId) {
    if (this.#isAsking) this.#early = this.#early.filter((message) => message.viewer_id !== viewerId);
    if (viewerId !== this.#viewerId) return;
    const areIceServersFresh = Date.now() - this.#iceServersAt < ICE_SERVERS_FRESH_MS;
    if (areIceServersFresh) this.#openPeer("negotiating");
    else this.#watch();
  }

  /** @param {{viewer_id: string, reason: string}} message */
  #unwatched({ viewer_id: viewerId, reason }) {
    if (viewerId === this.#viewerId) this.#finish(reason === "session_ended" ? "ended" : "not_allowed");
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
    this.#viewerId = null;
    this.#leave();
    this.#change(state);
  }

  #leave() {
    this.#attempt += 1;
    this.#isAsking = false;
    this.#early = [];
    this.#patience.stop();
    this.#peer?.close();
    this.#peer = null;
    if (this.#viewerId) this.#giveBack(this.#viewerId);
    this.#viewerId = null;
  }

  /** @param {string} viewerId */
  #giveBack(viewerId) {
    this.#channel.request("unwatch", { viewer_id: viewerId }).catch(() => {
      // Offline, or unknown by now: the server frees the place of a console that left.
    });
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
