/** The list of sessions: wires the live channel, the filters and the table together. */

import { byId, dataset, messages, query } from "../lib/dom.js";
import { Channel } from "../live/channel.js";
import { Heartbeat } from "../live/heartbeat.js";
import { ConnectionBanner } from "../proctor/connection-banner.js";
import { FlagAlert, storageOrNull } from "../proctor/flag-alert.js";
import { isNews } from "../proctor/flag-model.js";
import { ListFilters } from "../proctor/list-filters.js";
import { ServerTime } from "../proctor/server-time.js";
import { SessionList } from "../proctor/session-list.js";
import { readLive, readPage } from "../proctor/session-source.js";
import { SessionTable } from "../proctor/session-table.js";
import { setText } from "../proctor/session-fields.js";

/** @typedef {import("../proctor/flag-model.js").Flag} Flag */

const HEARTBEAT_MS = 10_000;
const TRY_AGAIN_MS = 5_000;
/** A hall of candidates changes many times a second; the list needs to follow only as fast as eyes do. */
const RENDER_PAUSE_MS = 60;

const main = byId("main", HTMLElement);
const say = messages(main);
const shown = byId("shown", HTMLElement);
const announcements = byId("announcements", HTMLElement);
const more = byId("more", HTMLElement);
const table = byId("sessions", HTMLTableElement);

const serverTime = new ServerTime();
const list = new SessionList();
const rows = new SessionTable({
  body: query(table, "tbody", HTMLTableSectionElement),
  template: byId("session-row", HTMLTemplateElement),
  badges: byId("status-badges", HTMLTemplateElement),
  say,
  list,
  serverTime,
  onRelease: () => render(),
});
const filters = new ListFilters(byId("filters", HTMLFormElement), { onChange: () => void load([readEnded]) });
const channel = new Channel("/proctor");
const banner = new ConnectionBanner(byId("connection", HTMLElement), channel);
const heartbeat = new Heartbeat(channel, {
  everyMs: HEARTBEAT_MS,
  onAnswer: (answer) => serverTime.update(answer.server_time),
});
const flagAlert = new FlagAlert(byId("flag-alert", HTMLInputElement), {
  storage: storageOrNull(),
  doc: document,
  AudioContext,
});
/** @type {Record<string, string>} */
const ruleWords = JSON.parse(dataset(main, "ruleWords"));
/**
 * Each flag as it was told last, so that only new and worse ones are spoken of.
 * @type {Map<string, Flag>}
 */
const flags = new Map();
/** @type {string | null} */
let nextCursor = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let again;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let renderSoon;

function render() {
  clearTimeout(renderSoon);
  renderSoon = undefined;
  const sessions = list.visible(filters.values);
  rows.show(sessions);
  table.hidden = sessions.length === 0;
  byId("empty-none", HTMLElement).hidden = sessions.length > 0 || !filters.isDefault;
  byId("empty-filtered", HTMLElement).hidden = sessions.length > 0 || filters.isDefault;
  more.hidden = nextCursor === null;
  setText(shown, sessions.length === 1 ? say("shown.one") : say("shown.many", { count: sessions.length }));
  for (const [name, count] of Object.entries(list.counts(filters.values))) {
    setText(query(main, `[data-count="${name}"]`, HTMLElement), String(count));
  }
}

/** Reads every live session anew: at the start and after a lost connection. Messages keep them current from then on. */
async function readAllLive() {
  const mark = list.mark();
  const { sessions, isComplete } = await readLive();
  list.putPage(sessions, mark);
  if (isComplete) list.keepOnlyLive(sessions, mark);
}

/** Reads the first page of those that have ended, where the filters ask for such. */
async function readEnded() {
  const wanted = filters.values;
  const mark = list.mark();
  const page = filters.needsPage ? await readPage(wanted, null) : null;
  if (wanted !== filters.values) return;
  if (page) list.putPage(page.sessions, mark);
  nextCursor = page?.next_cursor ?? null;
}

/** @param {(() => Promise<void>)[]} readers */
async function load(readers) {
  clearTimeout(again);
  render();
  try {
    await Promise.all(readers.map((read) => read()));
    render();
  } catch (error) {
    console.warn("The list was not loaded", error);
    setText(shown, say("failed"));
    again = setTimeout(() => load([readAllLive, readEnded]), TRY_AGAIN_MS);
  }
}

async function showMore() {
  const mark = list.mark();
  const page = await readPage(filters.values, nextCursor);
  list.putPage(page.sessions, mark);
  nextCursor = page.next_cursor;
  render();
}

/** @param {{session: import("../proctor/session-model.js").Session}} message */
function sessionChanged({ session }) {
  const news = list.put(session);
  const candidate = session.candidate_identifier;
  if (news !== "changed") announcements.textContent = say(`announce.${news}`, { candidate });
  renderSoon ??= setTimeout(render, RENDER_PAUSE_MS);
}

/** @param {{flag: Flag}} message */
function flagChanged({ flag }) {
  const isWorth = isNews(flag, flags.get(flag.id));
  flags.set(flag.id, flag);
  const session = list.visible(filters.values).find(({ id }) => id === flag.session_id);
  if (!isWorth || !session) return;
  announcements.textContent = say("announce.flag", {
    severity: say(`severity.${flag.severity}`),
    message: ruleWords[flag.message] ?? flag.message,
    candidate: session.candidate_identifier,
  });
  flagAlert.alert();
}

list.putPage(JSON.parse(dataset(main, "sessions")), list.mark());
render();
channel.on("session", sessionChanged);
channel.on("flag", flagChanged);
channel.onState((state) => state === "online" && void load([readAllLive, readEnded]));
more.addEventListener("click", () => void showMore().catch(() => setText(shown, say("failed"))));
byId("clear-filters", HTMLButtonElement).addEventListener("click", () => filters.clear());
const clock = setInterval(() => rows.tick(), 1_000);

addEventListener("pagehide", () => {
  clearInterval(clock);
  clearTimeout(again);
  clearTimeout(renderSoon);
  for (const part of [heartbeat, banner, rows, filters, flagAlert, channel]) part.close();
});
// A page that comes back from the browser's cache has nothing live left in it.
addEventListener("pageshow", (event) => event.persisted && location.reload());
