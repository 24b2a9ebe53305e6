/** The recording of the exam and what the candidate sees of it: a sign in the bar, and a word where there is no room. */

import { byId } from "../lib/dom.js";
import { Recording } from "../recording/recording.js";
import { recordingApi, sha256Of } from "../recording/sending.js";

/**
 * @typedef {object} Parts
 * @property {"on_flags" | "full"} policy
 * @property {string} handle
 * @property {string} csrfToken
 * @property {import("../recording/chunk-store.js").ChunkStore} chunks
 * @property {import("../lib/dom.js").Messages} text
 * @property {import("./notices.js").Notices} notices
 * @property {(eventType: string, payload: Record<string, unknown>) => void} report
 * @property {Pick<import("../live/link.js").Link, "on">} channel
 */

/** What the candidate should know of in words, and not by the sign alone. */
const TOLD = ["full", "refused", "server_full"];

export class ExamRecording {
  #parts;
  #recording;
  #stopListening;

  /** @param {Parts} parts */
  constructor(parts) {
    const { policy, handle, csrfToken, chunks, report, channel } = parts;
    this.#parts = parts;
    this.#recording = new Recording({
      policy,
      handle,
      store: chunks,
      send: recordingApi(handle, csrfToken).send,
      report,
      onState: (state) => this.#show(state),
      Recorder: globalThis.MediaRecorder,
      MediaStream,
      hash: sha256Of,
    });
    this.#stopListening = channel.on("footage", (told) => this.#recording.flagsChanged(told));
  }

  /** @param {{camera: MediaStream | null, screen: MediaStream | null}} streams */
  setStreams(streams) {
    this.#recording.setStreams(streams);
  }

  /** Go on sending after a reconnect. */
  flush() {
    this.#recording.flush();
  }

  /** Stop, and keep what was recorded last: the next page sends it. */
  end() {
    this.#stopListening();
    return this.#recording.end();
  }

  close() {
    this.#stopListening();
    this.#recording.close();
  }

  /** @param {import("../recording/recording.js").State} state */
  #show(state) {
    const { text, notices } = this.#parts;
    const sign = byId("recording-sign", HTMLElement);
    sign.dataset.state = state;
    sign.textContent = text(`recording.${state}`);
    sign.hidden = false;
    notices.clear("recording");
    if (!TOLD.includes(state)) return;
    notices.show("recording", { tone: "warn", title: text(`recording.${state}.title`), text: text(`recording.${state}.text`) });
  }
}
