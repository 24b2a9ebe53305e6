/**
 * The proctor's side of live watching: asks for a place as a viewer of one session, receives the candidate's streams,
 * and keeps asking through reloads and lost networks on either side until it is closed or told no.
 */

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
/** @typedef {import("./publisher.js").StreamName} StreamName */
/** @typedef {Partial<Record<StreamName, string>>} StreamIds which MediaStream id is which */
/** @typedef {import("./peer.js").Signal & {viewer_id: string, streams?: StreamIds}} ViewerSignal */

const FIRST_PATIENCE_MS = 8_000;
const MOST_PATIENCE_MS = 60_000;
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
  /** @type {StreamIds} */
  #streamIds = {};
  /** @type {Set<(kind: StreamName, stream: MediaStream | null) => void>} */
  #streamListeners = new Set();
  /** @type {Set<(state: ViewerState) => void>} */
  #stateListeners = new Set();
  /** @type {(() => void)[]} */
  #stopListening = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #patienceMs = FIRST_PATIENCE_MS;
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
   * @param {(kind: StreamName, stream: MediaStream | null) => void} listener
   */
  onStream(listener) {
    this.#streamListeners.add(listener);
  }

  /** @param {(state: ViewerState) => void} listener called at each change */
  onState(listener) {
    this.#stateListeners.add(listener);
  }

  /** Gives the place back, which frees the candidate's upload. */
  close() {
    for (const stop of this.#stopListening.splice(0)) stop();
    this.#streamListeners.clear();
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
    this.#timer = setTimeout(() => this.#retry(), error.retryAfterMs ?? ASK_AGAIN_MS);
  }

  /** @param {ViewerState} state */
  #openPeer(state) {
    this.#peer?.close();
    this.#peer = new Peer({
      polite: true,
      iceServers: this.#iceServers,
      RTCPeerConnection: this.#RTCPeerConnection,
      send: (signal) => this.#send(signal),
      onTrack: (event) => this.#trackArrived(event),
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
    if (streams) this.#renamed(streams);
    if (this.#state === "waiting") this.#change("negotiating");
    this.#peer?.receive(signal);
  }

  /** @param {StreamIds} streamIds */
  #renamed(streamIds) {
    const names = /** @type {StreamName[]} */ (Object.keys(this.#streamIds));
    this.#streamIds = streamIds;
    for (const name of names) if (!(name in streamIds)) this.#tell(name, null);
  }

  /** @param {RTCTrackEvent} event */
  #trackArrived({ streams: [stream] }) {
    for (const [name, id] of Object.entries(this.#streamIds)) {
      if (stream?.id === id) this.#tell(/** @type {StreamName} */ (name), stream);
    }
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
    clearTimeout(this.#timer);
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

  /**
   * Media that does not come, or does not come back, is asked for anew, ever more slowly.
   * @param {ViewerState} state
   */
  #mindPatience(state) {
    if (state === "interrupted" && this.#state === "interrupted") return;
    clearTimeout(this.#timer);
    if (state === "live") this.#patienceMs = FIRST_PATIENCE_MS;
    if (state !== "negotiating" && state !== "interrupted") return;
    this.#timer = setTimeout(() => this.#retry(), this.#patienceMs);
    this.#patienceMs = Math.min(this.#patienceMs * 2, MOST_PATIENCE_MS);
  }

  /**
   * @param {StreamName} name
   * @param {MediaStream | null} stream
   */
  #tell(name, stream) {
    for (const listener of [...this.#streamListeners]) listener(name, stream);
  }
}

/** @param {ViewerState} state */
function isFinal(state) {
  return state === "ended" || state === "not_allowed" || state === "refused";
}
