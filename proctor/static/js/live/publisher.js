/**
 * The candidate's side of live watching: one sending peer connection for each proctor who watches, opened when the
 * server says `watch` and closed when it says `unwatch`. Tracks belong to the page and are never stopped here.
 */

import { Peer } from "./peer.js";

/** @typedef {Pick<import("./link.js").Link, "on" | "onState" | "request">} Talks */
/** @typedef {{camera: MediaStream | null, screen: MediaStream | null}} Streams */
/** @typedef {"camera" | "screen"} StreamName */

/**
 * @typedef {object} Viewing
 * @property {Peer} peer
 * @property {Map<string, RTCRtpSender>} senders by slot, such as `camera audio`
 * @property {Partial<Record<StreamName, string>>} streamIds which MediaStream id is which, for the viewer
 * @property {Map<StreamName, MediaStream>} named the streams of these ids: whatever is sent belongs to one of them
 * @property {boolean} stale our socket was away since: void unless the server asks for it again
 */

// Enough for a face and a desk; five viewers at once still fit a home upload.
const CAMERA_BITS_PER_S = 700_000;
const SCREEN_BITS_PER_S = 1_200_000;
/** How long the server may take after a reconnect to repeat who is watching. */
const REPEAT_WITHIN_MS = 5_000;

export class Publisher {
  /** @type {Map<string, Viewing>} */
  #viewings = new Map();
  /** @type {Streams} */
  #streams = { camera: null, screen: null };
  /** @type {(() => void)[]} */
  #stopListening;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #staleTimer;
  #channel;
  #RTCPeerConnection;
  #onViewers;

  /**
   * @param {Talks} channel the `/candidate` namespace
   * @param {object} browser
   * @param {typeof globalThis.RTCPeerConnection} browser.RTCPeerConnection
   * @param {(count: number) => void} [browser.onViewers] the number of viewers changed
   */
  constructor(channel, { RTCPeerConnection, onViewers = () => {} }) {
    this.#channel = channel;
    this.#RTCPeerConnection = RTCPeerConnection;
    this.#onViewers = onViewers;
    this.#stopListening = [
      channel.on("watch", (message) => this.#open(message.viewer_id, message.ice_servers)),
      channel.on("unwatch", (message) => this.#drop(message.viewer_id)),
      channel.on("signal", ({ viewer_id: viewerId, ...signal }) => this.#viewings.get(viewerId)?.peer.receive(signal)),
      channel.on("replaced", () => this.#dropAll()),
      channel.onState((state) => this.#channelChanged(state)),
    ];
  }

  /** How many proctors a connection is open for. */
  get viewerCount() {
    return this.#viewings.size;
  }

  /** One of the connections, for its statistics; `null` while nobody watches. */
  get connection() {
    const [viewing] = this.#viewings.values();
    return viewing?.peer.connection ?? null;
  }

  /**
   * Sends these from now on, to present and later viewers. May be called again when a camera was changed or switched on
   * again: present viewers then see the new one without a new connection.
   * @param {Streams} streams
   */
  setStreams(streams) {
    this.#streams = streams;
    for (const viewing of this.#viewings.values()) this.#feed(viewing);
  }

  /** Ends all viewing. The streams stay on. */
  close() {
    clearTimeout(this.#staleTimer);
    for (const stop of this.#stopListening.splice(0)) stop();
    this.#dropAll();
  }

  /**
   * @param {string} viewerId
   * @param {RTCIceServer[]} iceServers
   */
  #open(viewerId, iceServers) {
    this.#viewings.get(viewerId)?.peer.close();
    /** @type {Viewing} */
    const viewing = {
      peer: new Peer({
        polite: false,
        iceServers,
        RTCPeerConnection: this.#RTCPeerConnection,
        send: (signal) => this.#send(viewerId, viewing, signal),
      }),
      senders: new Map(),
      streamIds: {},
      named: new Map(),
      stale: false,
    };
    this.#viewings.set(viewerId, viewing);
    this.#feed(viewing);
    this.#onViewers(this.viewerCount);
  }

  /**
   * Gives a viewing the present tracks: in place where a sender for the slot exists, else with a new sender and offer.
   * @param {Viewing} viewing
   */
  #feed(viewing) {
    for (const [slot, sender] of viewing.senders) {
      const track = trackOf(this.#streams, slot);
      if (sender.track === track) continue;
      sender.replaceTrack(track).catch((error) => console.warn("A track was not replaced", error));
    }
    for (const name of /** @type {StreamName[]} */ (["camera", "screen"])) {
      const stream = this.#streams[name];
      if (!stream) continue;
      for (const track of stream.getTracks()) this.#addTrack(viewing, name, stream, track);
    }
  }

  /**
   * @param {Viewing} viewing
   * @param {StreamName} name
   * @param {MediaStream} stream
   * @param {MediaStreamTrack} track
   */
  #addTrack(viewing, name, stream, track) {
    const slot = `${name} ${track.kind}`;
    if (viewing.senders.has(slot)) return;
    // A device that comes later comes with another stream, whose id the viewer was never told.
    const named = viewing.named.get(name) ?? stream;
    viewing.named.set(name, named);
    viewing.streamIds[name] = named.id;
    // On a screen it is the small print that matters, in a face the movement.
    if (name === "screen" && track.kind === "video") track.contentHint = "detail";
    const maxBitrate = name === "camera" ? CAMERA_BITS_PER_S : SCREEN_BITS_PER_S;
    const sendEncodings = track.kind === "video" ? [{ maxBitrate }] : [];
    const init = { direction: /** @type {const} */ ("sendonly"), streams: [named], sendEncodings };
    viewing.senders.set(slot, viewing.peer.connection.addTransceiver(track, init).sender);
  }

  /**
   * @param {string} viewerId
   * @param {Viewing} viewing
   * @param {import("./peer.js").Signal} signal
   */
  #send(viewerId, viewing, signal) {
    const streams = signal.description ? { streams: viewing.streamIds } : {};
    this.#channel.request("signal", { viewer_id: viewerId, ...signal, ...streams }).catch((error) => {
      const isPresent = this.#viewings.get(viewerId) === viewing;
      // The server knows no such viewer: its `unwatch` got lost.
      if (error.status === 404 && isPresent) this.#drop(viewerId);
    });
  }

  /** @param {import("./link.js").ChannelState} state */
  #channelChanged(state) {
    clearTimeout(this.#staleTimer);
    // Media flows without the socket, so viewers keep their picture. A viewer who left meanwhile is not repeated to us.
    if (state === "offline") for (const viewing of this.#viewings.values()) viewing.stale = true;
    if (state === "online") this.#staleTimer = setTimeout(() => this.#dropStale(), REPEAT_WITHIN_MS);
    if (state === "refused") this.#dropAll();
  }

  #dropStale() {
    for (const [viewerId, viewing] of this.#viewings) if (viewing.stale) this.#drop(viewerId);
  }

  #dropAll() {
    for (const viewerId of [...this.#viewings.keys()]) this.#drop(viewerId);
  }

  /** @param {string} viewerId */
  #drop(viewerId) {
    const viewing = this.#viewings.get(viewerId);
    if (!viewing) return;
    viewing.peer.close();
    this.#viewings.delete(viewerId);
    this.#onViewers(this.viewerCount);
  }
}

/**
 * @param {Streams} streams
 * @param {string} slot
 * @returns {MediaStreamTrack | null}
 */
function trackOf(streams, slot) {
  const [name, kind] = slot.split(" ");
  const tracks = streams[/** @type {StreamName} */ (name)]?.getTracks() ?? [];
  return tracks.find((track) => track.kind === kind) ?? null;
}
