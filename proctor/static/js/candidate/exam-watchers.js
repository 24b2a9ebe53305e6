/** What looks after the candidate's side while the exam runs: signs of life, devices, attention, the page, detection. */

import { AttentionWatch, awayBefore } from "./attention.js";
import { Awake } from "./awake.js";
import { ClockOffset } from "./clock-offset.js";
import { DeviceCare } from "./device-care.js";
import { FinishDialog } from "./finish-dialog.js";
import { Fullscreen } from "./fullscreen.js";
import { PageSignals } from "./page-signals.js";
import { WatchMemory } from "../detect/memory.js";
import { postJson } from "../lib/http.js";
import { Heartbeat } from "../live/heartbeat.js";

/**
 * @typedef {import("./exam.js").ExamOptions & {
 *   notices: import("./notices.js").Notices,
 *   channel: import("../live/channel.js").Channel,
 *   report: import("./page-signals.js").Report,
 *   onBeat: (sentAtMs: number) => void,
 *   onDevices: () => void,
 *   onAttention: (eventType: string) => void,
 * }} Surroundings
 */

/** @typedef {{close: () => void}} Closable */

const HEARTBEAT_MS = 5000;

/**
 * @param {Surroundings} around
 * @returns {Closable[]} what is to be closed with the exam
 */
export function openWatchers(around) {
  const { text, mode, handle, detection, memory, notices, report } = around;
  const watchMemory = new WatchMemory(handle, memory);
  /** @type {Closable[]} */
  const watchers = [
    heartbeat(around),
    new DeviceCare({ ...around, onChange: around.onDevices }),
    new Awake({ document, wakeLock: navigator.wakeLock }),
    attention(around),
    new PageSignals({ document, window, screen: window.screen }, report, watchMemory),
  ];
  if (detection) {
    watchers.push(detection);
    void detection.begin(report, watchMemory);
  }
  if (mode !== "window") watchers.push(new Fullscreen({ text, notices }));
  if (mode === "none") watchers.push(finishDialog(around));
  return watchers;
}

/** @param {Surroundings} around */
function heartbeat({ channel, report, onBeat }) {
  const clock = new ClockOffset(report);
  return new Heartbeat(channel, {
    everyMs: HEARTBEAT_MS,
    payload: () => ({ sent_at_ms: performance.now() }),
    onAnswer: ({ sent_at_ms: sentAtMs, server_time: serverTime }) => {
      clock.heard(serverTime, performance.now() - sentAtMs, Date.now());
      onBeat(sentAtMs);
    },
  });
}

/** @param {Surroundings} around */
function attention({ isResumed, mode, onAttention }) {
  const before = isResumed ? awayBefore({ fullscreenEnabled: document.fullscreenEnabled && mode !== "window" }) : undefined;
  return new AttentionWatch({ document, window }, onAttention, before);
}

/** @param {Surroundings} around */
function finishDialog({ handle, csrfToken, text }) {
  const finish = () => postJson(`/exam/${encodeURIComponent(handle)}/finish`, {}, { csrfToken });
  return new FinishDialog(finish, text("finish.failed"));
}
