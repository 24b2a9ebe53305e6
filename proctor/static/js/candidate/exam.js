/**
 * The exam on the page: brings the server's view of it, the devices, the outbox and what is shown together. Opened
 * when camera and microphone are on; ends by leaving for the finish page.
 */

import { ExamContent } from "./exam-content.js";
import { ExamNotices } from "./exam-notices.js";
import { ExamRecording } from "./exam-recording.js";
import { ExamSession } from "./exam-session.js";
import { ExamTalk } from "./exam-talk.js";
import { ExamView } from "./exam-view.js";
import { openWatchers } from "./exam-watchers.js";
import { Mutes } from "./mutes.js";
import { postEvents } from "./leftovers.js";
import { Notices } from "./notices.js";
import { Outbox } from "./outbox.js";
import { OwnQuality } from "./own-quality.js";
import { Snapshots } from "./snapshots.js";
import { Warnings } from "./warnings.js";
import { trackProcessor } from "../detect/camera-feed.js";
import { Channel } from "../live/channel.js";
import { Publisher } from "../live/publisher.js";

/**
 * @typedef {object} ExamOptions
 * @property {string} handle
 * @property {string} csrfToken
 * @property {string} title
 * @property {string} finishUrl
 * @property {string | null} returnUrl
 * @property {import("./exam-content.js").Mode} mode
 * @property {boolean} isScreenRequired
 * @property {boolean} isResumed the page was reloaded or left, and comes back
 * @property {import("./media.js").Media} media
 * @property {import("./screen.js").Screen} screen
 * @property {import("./outbox-store.js").OutboxStore} store
 * @property {import("../recording/recording.js").Policy} recording
 * @property {import("../recording/chunk-store.js").ChunkStore | null} chunks where it is recorded
 * @property {import("../detect/detection.js").Detection | null} detection where the server wants it
 * @property {import("../detect/memory.js").Keeps} memory
 * @property {import("../lib/dom.js").Messages} text
 */

/** The new time comes with `state`, a moment before or after the action that tells of it. */
const NEW_TIME_MS = 400;

export class Exam {
  #notices = new Notices();
  #abort = new AbortController();
  #mutes = new Mutes((eventType, payload) => void this.#outbox.add(eventType, payload));
  /** @type {{close: () => void}[]} */
  #parts;
  #options;
  #words;
  #view;
  #content;
  #channel;
  #publisher;
  #snapshots;
  #recording;
  #outbox;
  #warnings;
  #session;
  #talk;
  #quality;

  /** @param {ExamOptions} options */
  constructor(options) {
    this.#options = options;
    this.#words = new ExamNotices(this.#notices, options.text);
    this.#view = new ExamView(options.text, (words) => this.#notices.announce(words));
    this.#view.open();
    this.#content = new ExamContent(options);
    this.#content.show(options.mode);
    this.#channel = new Channel("/candidate", { auth: { handle: options.handle } });
    this.#outbox = new Outbox({ store: options.store, send: (events, outbox) => this.#sendEvents(events, outbox) });
    this.#publisher = new Publisher(this.#channel, { RTCPeerConnection, onViewers: showViewers });
    this.#snapshots = new Snapshots(this.#channel, { worker: snapshotWorker(), Processor: trackProcessor() });
    this.#recording = this.#record();
    this.#warnings = new Warnings((id) => this.#session.acknowledge(id));
    this.#quality = new OwnQuality(options.text, () => this.#publisher.connection);
    this.#talk = new ExamTalk({ ...options, notices: this.#notices, outbox: this.#outbox, acknowledge: (id) => this.#session.acknowledge(id) });
    this.#session = new ExamSession(this.#channel, this.#listener());
    this.#parts = [this.#publisher, this.#snapshots, this.#outbox, this.#warnings, this.#content, this.#talk, this.#quality, this.#mutes, ...this.#watchers()];
    this.#session.countdown.onTick((ms) => this.#view.showTime(ms, this.#session.countdown.running));
    this.#showDevices();
    askBeforeLeaving(this.#abort.signal);
  }

  /** @returns {import("./exam-session.js").Listener} */
  #listener() {
    return {
      onState: (state) => this.#stateChanged(state),
      onEnd: () => void this.#leave(),
      onAction: (action) => this.#act(action),
      onLink: (link) => this.#linkChanged(link),
      onStopped: (reason) => this.#stopped(reason),
      onBegin: (hasBegun) => this.#words.begun(hasBegun),
    };
  }

  /** @param {import("./exam-session.js").ServerState} state */
  #stateChanged(state) {
    this.#view.setPaused(state.status === "paused");
    this.#talk.update(state);
  }

  #record() {
    const { recording: policy, chunks, handle, csrfToken, text } = this.#options;
    if (policy === "off" || chunks === null) return null;
    /** @type {import("./page-signals.js").Report} */
    const report = (eventType, payload) => void this.#outbox.add(eventType, payload);
    return new ExamRecording({ policy, chunks, handle, csrfToken, text, notices: this.#notices, report, channel: this.#channel });
  }

  /** What looks after the candidate's side while the exam runs. */
  #watchers() {
    return openWatchers({
      ...this.#options,
      notices: this.#notices,
      channel: this.#channel,
      report: (eventType, payload) => void this.#outbox.add(eventType, payload),
      onBeat: (sentAtMs) => this.#quality.heard(sentAtMs),
      onDevices: () => this.#showDevices(),
      onAttention: (eventType) => this.#attentionChanged(eventType),
    });
  }

  #showDevices() {
    const { media, screen, detection } = this.#options;
    const camera = media.stream;
    const seen = media.isOn("camera") ? camera : null;
    this.#view.showSelf(seen);
    this.#content.showCamera(seen);
    this.#publisher.setStreams({ camera, screen: screen.stream });
    this.#snapshots.setCamera(media.track("camera"));
    this.#recording?.setStreams({ camera, screen: screen.stream });
    this.#mutes.watch(camera.getTracks());
    detection?.setDevices({ camera: media.track("camera"), microphone: media.track("microphone") });
  }

  /** @param {string} eventType */
  #attentionChanged(eventType) {
    // With the exam in a window of its own, looking at that window is not leaving.
    const isExamWindow = this.#content.hasWindow;
    if (isExamWindow && eventType === "window_blur") return;
    void this.#outbox.add(eventType, isExamWindow ? { exam_window_open: true } : undefined);
  }

  /** @param {import("./action-inbox.js").Action} action */
  #act(action) {
    if (action.kind === "warn") this.#warnings.add(action);
    if (action.kind === "broadcast") this.#words.broadcast(action);
    if (action.kind === "resume") this.#words.resumed(action.message);
    this.#talk.act(action);
    if (action.kind === "pause") this.#view.showPauseMessage(action.message);
    if (action.kind !== "extend") return;
    setTimeout(() => this.#words.moreTime(this.#session.countdown.remainingMs, action.message), NEW_TIME_MS);
  }

  /** @param {import("./exam-session.js").ChannelState} link */
  #linkChanged(link) {
    this.#view.showLink(link);
    this.#words.link(link);
    if (link !== "online") return this.#quality.forget();
    void this.#outbox.flush();
    this.#recording?.flush();
    this.#talk.refresh();
  }

  /**
   * @param {import("./outbox-store.js").OutboxEvent[]} events
   * @param {string} outbox
   */
  async #sendEvents(events, outbox) {
    const isAway = this.#channel.state !== "online";
    /** @type {string[]} */
    const accepted = isAway
      ? await postEvents(this.#options, events, outbox)
      : (await this.#channel.request("events", { events, outbox })).accepted;
    this.#talk.sent(events.filter(({ id }) => accepted.includes(id)));
    return accepted;
  }

  async #leave() {
    // The last seconds are kept before the camera goes off.
    await this.#recording?.end();
    this.#close();
    location.replace(this.#options.finishUrl);
  }

  /** @param {string} reason */
  #stopped(reason) {
    const { text } = this.#options;
    void this.#recording?.end();
    this.#close();
    const known = ["replaced", "opened_elsewhere", "unauthenticated"].includes(reason) ? reason : "forbidden";
    const label = text(reason === "replaced" ? "stopped.replaced.button" : "stopped.reload");
    const button = { label, press: () => location.reload() };
    this.#view.showStopped(text(`stopped.${known}.title`), text(`stopped.${known}.text`), button);
  }

  /** Devices off, frame gone, nothing listening. */
  #close() {
    const { media, screen } = this.#options;
    this.#abort.abort();
    this.#recording?.close();
    for (const part of this.#parts) part.close();
    this.#notices.clearAll();
    this.#view.showSelf(null);
    media.close();
    screen.close();
  }
}

/**
 * How many proctors are connected, readable from outside: leaving must free the candidate's upload.
 * @param {number} count
 */
function showViewers(count) {
  document.documentElement.dataset.viewers = String(count);
}

function snapshotWorker() {
  return new Worker(new URL("./snapshot-worker.js", import.meta.url), { type: "module" });
}

/** @param {AbortSignal} signal */
function askBeforeLeaving(signal) {
  window.addEventListener("beforeunload", (event) => event.preventDefault(), { signal });
}
