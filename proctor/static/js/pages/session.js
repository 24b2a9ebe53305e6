/** One session: wires the live channel, the picture, the actions and the record together. */

import { Countdown } from "../lib/clock.js";
import { byId, dataset, messages, query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { storageOrNull } from "../lib/storage.js";
import { showLocalTimes } from "../lib/times.js";
import { Channel } from "../live/channel.js";
import { Heartbeat } from "../live/heartbeat.js";
import { QualityWatch } from "../live/quality.js";
import { Viewer } from "../live/viewer.js";
import { ActionsPanel } from "../proctor/actions-panel.js";
import { ConnectionBanner } from "../proctor/connection-banner.js";
import { FlagAlert } from "../proctor/flag-alert.js";
import { FlagsPanel } from "../proctor/flags-panel.js";
import { HandoverNotice } from "../proctor/handover-notice.js";
import { RecordPanel } from "../proctor/record-panel.js";
import { ServerTime } from "../proctor/server-time.js";
import { SessionHead } from "../proctor/session-head.js";
import { isLive, presenceOf } from "../proctor/session-model.js";
import { SessionParts } from "../proctor/session-parts.js";
import { Stage } from "../proctor/stage.js";

/** @typedef {import("../proctor/session-model.js").Session} Session */

const HEARTBEAT_MS = 10_000;
const LAST_LOOK_MS = 1_500;

const main = byId("main", HTMLElement);
const say = messages(main);
/** @type {Session} */
let session = JSON.parse(dataset(main, "session"));
const api = `/api/proctor/sessions/${encodeURIComponent(session.id)}`;

const serverTime = new ServerTime();
const countdown = new Countdown({ remainingMs: null, running: false });
const head = new SessionHead(main, { say, serverTime, endings: JSON.parse(dataset(main, "endedWords")) });
const flagAlert = new FlagAlert(byId("flag-alert", HTMLInputElement), {
  storage: storageOrNull(),
  doc: document,
  AudioContext,
});
const flags = new FlagsPanel(main, {
  say,
  api,
  csrfToken: dataset(main, "csrfToken"),
  serverTime,
  onNews: () => flagAlert.alert(),
});
const record = new RecordPanel(main, { say, api });
const channel = new Channel("/proctor");
const heartbeat = new Heartbeat(channel, {
  everyMs: HEARTBEAT_MS,
  onAnswer: ({ server_time: now, watching }) => {
    serverTime.update(now);
    if (watching?.[session.id]) parts.showWatching(watching[session.id]);
  },
});
const parts = new SessionParts(main, {
  say,
  api,
  sessionId: session.id,
  csrfToken: dataset(main, "csrfToken"),
  serverTime,
  channel,
});
const handoverNotice = new HandoverNotice(byId("handover-notices", HTMLElement), channel);
const banner = new ConnectionBanner(byId("connection", HTMLElement), channel);
const actions = new ActionsPanel(main, {
  sessionId: session.id,
  csrfToken: dataset(main, "csrfToken"),
  say,
  // A console without a place as a viewer hears of no events, and of its own it should.
  onDone: () => void refresh(),
});
const stage = new Stage(byId("stage", HTMLElement), say);
const viewer = new Viewer(channel, session.id, { RTCPeerConnection });
const quality = new QualityWatch(() => viewer.connection, (measured) => parts.showQuality(measured));

/** @type {ReturnType<typeof setTimeout> | undefined} */
let lastLook;

/** @param {Session} changed */
function show(changed) {
  const hasEnded = isLive(session) && !isLive(changed);
  session = changed;
  countdown.update({ remainingMs: session.clock.remaining_ms, running: session.clock.running });
  head.show(session);
  actions.update(session);
  parts.update(session);
  stage.showState(viewer.state, presenceOf(session));
  if (!hasEnded) return;
  byId("announcements", HTMLElement).textContent = say("ended");
  stage.close();
  // What had the focus is gone with the live part of the page.
  query(main, "h1", HTMLElement).focus();
  // The place as a viewer goes by itself, and the live events with it: what the end still brings is read in a moment.
  lastLook = setTimeout(refresh, LAST_LOOK_MS);
}

/** Fills what was missed while this console was not connected. */
async function refresh() {
  const readings = [getJson(api).then(show), record.refresh(), flags.refresh(), parts.refresh()];
  await Promise.all(readings).catch((error) => console.warn("Not refreshed", error));
}

viewer.onState((state) => {
  stage.showState(state, presenceOf(session));
  // Events come live from the moment this console has its place; what was told just before that, nobody told us.
  if (state === "waiting" || state === "negotiating") void refresh();
});
viewer.onStream((name, stream) => stage.showStream(name, stream));
channel.on("session", (message) => message.session.id === session.id && show(message.session));
channel.on("event", (message) => {
  if (message.session_id !== session.id) return;
  record.add(message.event);
  parts.add(message.event);
});
channel.on("flag", (message) => message.session_id === session.id && flags.add(message.flag));
channel.onState((state) => state === "online" && void refresh());
countdown.onTick((remainingMs) => head.tick(session, remainingMs));

showLocalTimes(main);
show(session);
if (isLive(session)) viewer.start();

addEventListener("pagehide", () => {
  clearTimeout(lastLook);
  const live = [viewer, quality, stage, actions, banner, heartbeat, handoverNotice];
  for (const part of [...live, parts, record, flags, flagAlert, countdown, channel]) part.close();
});
// A page that comes back from the browser's cache has nothing live left in it.
addEventListener("pageshow", (event) => event.persisted && location.reload());
