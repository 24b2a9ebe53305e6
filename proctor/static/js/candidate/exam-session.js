/**
 * The exam as the server sees it: begun, running, paused or over. Speaks docs/protocol.md; knows no DOM.
 */

import { ActionInbox } from "./action-inbox.js";
import { Countdown } from "../lib/clock.js";

/**
 * @typedef {object} ServerState
 * @property {string} status
 * @property {string | null} ended_by
 * @property {{remaining_ms: number | null, running: boolean}} clock
 * @property {boolean} hand_raised
 */

/** @typedef {import("../live/link.js").ChannelState} ChannelState */
/** @typedef {import("./action-inbox.js").Action} Action */
/** @typedef {Pick<import("../live/link.js").Link, "on" | "onState" | "request" | "state" | "refusal" | "close">} Channel */

/**
 * @typedef {object} Listener
 * @property {(state: ServerState) => void} onState
 * @property {() => void} onEnd the session is over: finished, terminated or expired
 * @property {(action: Action) => void} onAction once per action
 * @property {(link: ChannelState) => void} onLink
 * @property {(reason: string) => void} onStopped `replaced`, or why the server does not let us in; nothing more comes
 * @property {(hasBegun: boolean) => void} onBegin whether the server knows that the camera is on
 */

const FINAL = ["finished", "terminated", "expired"];
const BEGIN_AGAIN_MS = 3000;
const FAREWELL_MS = 150;

export class ExamSession {
  countdown = new Countdown({ remainingMs: null, running: false });
  status = "";
  #inbox;
  #isOver = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #beginTimer;
  /** @type {(() => void)[]} */
  #stopListening;
  #channel;
  #listener;

  /**
   * @param {Channel} channel the `/candidate` namespace
   * @param {Listener} listener
   */
  constructor(channel, listener) {
    this.#channel = channel;
    this.#listener = listener;
    this.#inbox = new ActionInbox(channel, (action) => listener.onAction(action));
    this.#stopListening = [
      channel.on("state", (state) => this.#take(state)),
      channel.on("replaced", () => this.#stop("replaced")),
      channel.onState((state) => this.#linkChanged(state)),
    ];
    this.#linkChanged(channel.state);
  }

  /**
   * Tell the server that a warning was read.
   * @param {string} id
   */
  acknowledge(id) {
    this.#inbox.acknowledge(id);
  }

  close() {
    this.#isOver = true;
    clearTimeout(this.#beginTimer);
    for (const stop of this.#stopListening.splice(0)) stop();
    this.#inbox.close();
    this.countdown.close();
    this.#channel.close();
  }

  /** @param {ChannelState} state */
  #linkChanged(state) {
    clearTimeout(this.#beginTimer);
    if (state === "refused") return this.#refused(this.#channel.refusal ?? "forbidden");
    this.#listener.onLink(state);
    if (state === "online") void this.#begin();
  }

  /** Camera and microphone are on. Said after each connect, because the server may not have heard it before. */
  async #begin() {
    try {
      const { state } = await this.#channel.request("begin");
      this.#listener.onBegin(true);
      if (state) this.#take(state);
    } catch {
      // The exam may have ended meanwhile; then `state` says so. Anything else passes.
      if (this.#isOver) return;
      this.#listener.onBegin(false);
      this.#beginTimer = setTimeout(() => this.#channel.state === "online" && void this.#begin(), BEGIN_AGAIN_MS);
    }
  }

  /** @param {ServerState} state */
  #take(state) {
    if (this.#isOver) return;
    this.status = state.status;
    this.countdown.update({ remainingMs: state.clock.remaining_ms, running: state.clock.running });
    if (FINAL.includes(state.status)) return this.#end();
    this.#listener.onState(state);
  }

  /** @param {string} reason */
  #refused(reason) {
    if (reason === "session_ended") return this.#end();
    this.#stop(reason);
  }

  /** An action such as `terminate` may arrive just after the state: its receipt is still to be confirmed. */
  #end() {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#beginTimer);
    setTimeout(() => {
      this.close();
      this.#listener.onEnd();
    }, FAREWELL_MS);
  }

  /** @param {string} reason */
  #stop(reason) {
    if (this.#isOver) return;
    this.close();
    this.#listener.onStopped(reason);
  }
}
