/**
 * A place as a viewer of one session: asked for, held and given back, which frees the candidate's upload. Whatever the
 * server says of other places on the same channel stays here, and so do viewer ids.
 */

/** @typedef {import("./named-streams.js").StreamIds} StreamIds */
/** @typedef {Pick<import("./link.js").Link, "on" | "request">} Talks */
/** @typedef {import("./peer.js").Signal & {streams?: StreamIds}} NamedSignal */

/**
 * @typedef {object} Listener
 * @property {(isCandidateOnline: boolean) => void} onGranted
 * @property {(error: import("./link.js").ChannelError) => void} onRefused
 * @property {(signal: NamedSignal) => void} onSignal from the candidate
 * @property {() => void} onCandidate their page has come, or come back: what was connected is void
 * @property {(reason: string) => void} onEnd the server ended it
 */

/** TURN credentials live for an hour at most: older ones are not reused for a new connection. */
const ICE_SERVERS_FRESH_MS = 30 * 60_000;

export class ViewerPlace {
  /** @type {RTCIceServer[]} */
  iceServers = [];
  #iceServersAt = 0;
  /** @type {string | null} */
  #viewerId = null;
  /** Counts the requests for a place: an answer to any but the latest is given back. */
  #attempt = 0;
  #isAsking = false;
  /** @type {(NamedSignal & {viewer_id: string})[]} those that overtook the answer which tells our viewer id */
  #early = [];
  /** @type {(() => void)[]} */
  #stopListening = [];
  #channel;
  #sessionId;
  #listener;

  /**
   * @param {Talks} channel the `/proctor` namespace
   * @param {string} sessionId
   * @param {Listener} listener
   */
  constructor(channel, sessionId, listener) {
    this.#channel = channel;
    this.#sessionId = sessionId;
    this.#listener = listener;
  }

  get areIceServersFresh() {
    return Date.now() - this.#iceServersAt < ICE_SERVERS_FRESH_MS;
  }

  /** Hears what the server says, from now on. */
  open() {
    this.#stopListening = [
      this.#channel.on("signal", (message) => this.#signalled(message)),
      this.#channel.on("candidate_online", (message) => this.#candidateOnline(message.viewer_id)),
      this.#channel.on("unwatched", ({ viewer_id: viewerId, reason }) => viewerId === this.#viewerId && this.#listener.onEnd(reason)),
    ];
  }

  /** Asks for a place instead of the one that is held. */
  async ask() {
    this.leave();
    const attempt = this.#attempt;
    this.#isAsking = true;
    try {
      const answer = await this.#channel.request("watch", { session_id: this.#sessionId });
      if (attempt === this.#attempt) this.#granted(answer);
      else this.#giveBack(answer.viewer_id);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#isAsking = false;
      this.#listener.onRefused(/** @type {import("./link.js").ChannelError} */ (error));
    }
  }

  /** @param {import("./peer.js").Signal} signal for the candidate */
  send(signal) {
    // A signal that got lost leaves the connection unfinished; patience runs out and a new place is asked for.
    this.#channel.request("signal", { viewer_id: this.#viewerId, ...signal }).catch(() => {});
  }

  /** Gives the place back, and wants none. */
  leave() {
    const viewerId = this.#viewerId;
    this.lose();
    if (viewerId) this.#giveBack(viewerId);
  }

  /** Wants none, and has nothing to give back: the server has ended it. */
  lose() {
    this.#attempt += 1;
    this.#isAsking = false;
    this.#early = [];
    this.#viewerId = null;
  }

  close() {
    for (const stop of this.#stopListening.splice(0)) stop();
    this.leave();
  }

  /** @param {Record<string, any>} answer */
  #granted(answer) {
    this.#isAsking = false;
    this.#viewerId = answer.viewer_id;
    this.iceServers = answer.ice_servers;
    this.#iceServersAt = Date.now();
    this.#listener.onGranted(answer.online);
    for (const message of this.#early.splice(0)) this.#signalled(message);
  }

  /** @param {NamedSignal & {viewer_id: string}} message */
  #signalled(message) {
    if (this.#isAsking) return void this.#early.push(message);
    const { viewer_id: viewerId, ...signal } = message;
    if (viewerId === this.#viewerId) this.#listener.onSignal(signal);
  }

  /** @param {string} viewerId */
  #candidateOnline(viewerId) {
    if (this.#isAsking) this.#early = this.#early.filter((message) => message.viewer_id !== viewerId);
    if (viewerId === this.#viewerId) this.#listener.onCandidate();
  }

  /** @param {string} viewerId */
  #giveBack(viewerId) {
    this.#channel.request("unwatch", { viewer_id: viewerId }).catch(() => {
      // Offline, or unknown by now: the server frees the place of a console that left.
    });
  }
}
