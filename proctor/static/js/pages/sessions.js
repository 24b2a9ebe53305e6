/** The hall: wires the live channel, the filters, the wall, the list and the feed of flags together. */

import { byId, dataset, messages, query } from "../lib/dom.js";
import { storageOrNull } from "../lib/storage.js";
import { Channel } from "../live/channel.js";
import { Heartbeat } from "../live/heartbeat.js";
import { ConnectionBanner } from "../proctor/connection-banner.js";
import { FlagAlert } from "../proctor/flag-alert.js";
import { isNews } from "../proctor/flag-model.js";
import { HandoverNotice } from "../proctor/handover-notice.js";
import { ListFilters } from "../proctor/list-filters.js";
import { ServerTime } from "../proctor/server-time.js";
import { SessionList } from "../proctor/session-list.js";
import { byRisk, byUrgency } from "../proctor/session-model.js";
import { SessionTable } from "../proctor/session-table.js";
import { setText } from "../proctor/session-fields.js";
import { ExamDialog } from "../wall/exam-dialog.js";
import { FlagFeed } from "../wall/flag-feed.js";
import { HallSource } from "../wall/hall-source.js";
import { HallView } from "../wall/hall-view.js";
import { Wall } from "../wall/wall.js";

/** @typedef {import("../proctor/flag-model.js").Flag} Flag */

const HEARTBEAT_MS = 10_000;
/** A hall of candidates changes many times a second; the page needs to follow only as fast as eyes do. */
const RENDER_PAUSE_MS = 60;

const main = byId("main", HTMLElement);
const say = messages(main);
const shown = byId("shown", HTMLElement);
const announcements = byId("announcements", HTMLElement);
const more = byId("more", HTMLElement);
const table = byId("sessions", HTMLTableElement);
const csrfToken = dataset(main, "csrfToken");
const storage = storageOrNull();
/** @type {Record<string, string>} */
const ruleWords = JSON.parse(dataset(main, "ruleWords"));

const serverTime = new ServerTime();
const list = new SessionList();
const channel = new Channel("/proctor");
const common = { say, list, serverTime, badges: byId("status-badges", HTMLTemplateElement), onRelease: () => render() };
const rows = new SessionTable({
  ...common,
  body: query(table, "tbody", HTMLTableSectionElement),
  template: byId("session-row", HTMLTemplateElement),
});
const wall = new Wall({
  ...common,
  channel,
  RTCPeerConnection,
  storage,
  announce: (words) => (announcements.textContent = words),
});
const feed = new FlagFeed(byId("feed", HTMLElement), { say, words: ruleWords, csrfToken, list, serverTime });
const filters = new ListFilters(byId("filters", HTMLFormElement), { onChange: () => filtered() });
const shape = new HallView(byId("hall-view", HTMLElement), {
  storage,
  first: main.dataset.view === "list" ? "list" : "wall",
  isForced: main.dataset.forced === "yes",
  onChange: () => filtered(),
});
const banner = new ConnectionBanner(byId("connection", HTMLElement), channel);
const handoverNotice = new HandoverNotice(byId("handover-notices", HTMLElement), channel);
const heartbeat = new Heartbeat(channel, {
  everyMs: HEARTBEAT_MS,
  onAnswer: (answer) => serverTime.update(answer.server_time),
});
const flagAlert = new FlagAlert(byId("flag-alert", HTMLInputElement), { storage, doc: document, AudioContext });
const examDialog = openExamDialog();
const source = new HallSource({
  list,
  filters,
  refreshFlags: () => feed.refresh(),
  onRead: () => (render(), feed.render()),
  onFailure: () => setText(shown, say("failed")),
});
/**
 * Each flag as it was told last, so that only new and worse ones are spoken of.
 * @type {Map<string, Flag>}
 */
const flags = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let renderSoon;

function render() {
  clearTimeout(renderSoon);
  renderSoon = undefined;
  // Those that have ended have no picture: whoever asks for them gets the list.
  const isWall = shape.view === "wall" && !filters.needsPage;
  const sessions = list.visible(filters.values, isWall ? byRisk : byUrgency);
  main.dataset.view = isWall ? "wall" : "list";
  main.dataset.size = shape.size;
  wall.show(isWall ? sessions : []);
  rows.show(isWall ? [] : sessions);
  byId("wall", HTMLElement).hidden = !isWall || sessions.length === 0;
  table.hidden = isWall || sessions.length === 0;
  byId("sessions-card", HTMLElement).hidden = isWall && sessions.length > 0;
  byId("empty-none", HTMLElement).hidden = sessions.length > 0 || !filters.isDefault;
  byId("empty-filtered", HTMLElement).hidden = sessions.length > 0 || filters.isDefault;
  more.hidden = !source.hasMore;
  setText(shown, sessions.length === 1 ? say("shown.one") : say("shown.many", { count: sessions.length }));
  for (const [name, count] of Object.entries(list.counts(filters.values))) {
    setText(query(main, `[data-count="${name}"]`, HTMLElement), String(count));
  }
}

function filtered() {
  wall.release();
  void source.readFiltered();
}

/** @param {{session: import("../proctor/session-model.js").Session}} message */
function sessionChanged({ session }) {
  const news = list.put(session);
  feed.follow(session);
  const candidate = session.candidate_identifier;
  if (news !== "changed") announcements.textContent = say(`announce.${news}`, { candidate });
  renderSoon ??= setTimeout(render, RENDER_PAUSE_MS);
}

/** @param {{flag: Flag}} message */
function flagChanged({ flag }) {
  const isWorth = isNews(flag, flags.get(flag.id));
  flags.set(flag.id, flag);
  feed.add(flag);
  const session = list.get(flag.session_id);
  if (!isWorth || !session) return;
  announcements.textContent = say("announce.flag", {
    severity: say(`severity.${flag.severity}`),
    message: ruleWords[flag.message] ?? flag.message,
    candidate: session.candidate_identifier,
  });
  flagAlert.alert();
}

function openExamDialog() {
  const opener = document.getElementById("exam-open");
  if (!(opener instanceof HTMLButtonElement)) return null;
  const dialog = new ExamDialog(byId("exam-dialog", HTMLDialogElement), {
    say,
    csrfToken,
    list,
    examCode: () => filters.values.exam_code,
  });
  opener.addEventListener("click", () => dialog.open());
  opener.disabled = false;
  return dialog;
}

list.putPage(JSON.parse(dataset(main, "sessions")), list.mark());
render();
channel.on("session", sessionChanged);
channel.on("flag", flagChanged);
channel.onState((state) => state === "online" && void source.readAll());
more.addEventListener("click", () => void source.readMore().catch(() => setText(shown, say("failed"))));
byId("clear-filters", HTMLButtonElement).addEventListener("click", () => filters.clear());
const clock = setInterval(() => [rows, wall, feed].forEach((part) => part.tick()), 1_000);

addEventListener("pagehide", () => {
  clearInterval(clock);
  clearTimeout(renderSoon);
  const live = [source, heartbeat, banner, handoverNotice, rows, wall, feed];
  for (const part of [...live, shape, filters, flagAlert, examDialog, channel]) part?.close();
});
// A page that comes back from the browser's cache has nothing live left in it.
addEventListener("pageshow", (event) => event.persisted && location.reload());
