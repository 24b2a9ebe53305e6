/** One session's review: wires recordings, timeline, list, score, notes and verdict together. */

import { byId, dataset, messages, query } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { storageOrNull } from "../lib/storage.js";
import { showLocalTimes } from "../lib/times.js";
import { Menu } from "../proctor/menu.js";
import { setText } from "../proctor/session-fields.js";
import { EntryWords } from "../review/entry-words.js";
import { CharacterKeys, commandOf } from "../review/keys.js";
import { KindFilter } from "../review/kind-filter.js";
import { MarksList } from "../review/marks-list.js";
import { MomentForm } from "../review/moment-form.js";
import { Playback } from "../review/playback.js";
import { Player } from "../review/player.js";
import { ScoreExplained } from "../review/score-explained.js";
import { LEAD_S, TimelineModel } from "../review/timeline-model.js";
import { TimelineView } from "../review/timeline-view.js";
import { Tour } from "../review/tour.js";
import { Transport } from "../review/transport.js";
import { VerdictPanel } from "../review/verdict-panel.js";
import { Zoom } from "../review/zoom.js";

/** @typedef {import("../review/timeline-model.js").Entry} Entry */
/** @typedef {import("../review/timeline-model.js").Timeline} Timeline */

const STEP_S = 5;
const ZOOM = 1.6;

const main = byId("main", HTMLElement);
const say = messages(main);
/** @type {import("../proctor/session-model.js").Session} */
const session = JSON.parse(dataset(main, "session"));
const api = `/api/proctor/sessions/${encodeURIComponent(session.id)}`;
const csrfToken = dataset(main, "csrfToken");
const startsAt = session.started_at ?? session.created_at;
const lengthS = Math.max(1, (Date.parse(session.ended_at ?? new Date().toISOString()) - Date.parse(startsAt)) / 1000);
const words = new EntryWords({
  say,
  events: JSON.parse(dataset(main, "eventWords")),
  rules: JSON.parse(dataset(main, "ruleWords")),
  sources: JSON.parse(dataset(main, "sourceWords")),
});
/** @type {Timeline} */
const nothingYet = { starts_at: startsAt, ends_at: startsAt, duration_s: lengthS, lanes: [], marks: [], event_count: 0, left_out: 0 };

/** @type {{flag_id: string | null, path: string}[]} */
const evidence = JSON.parse(dataset(main, "evidence"));
const pictures = new Map(evidence.map(({ flag_id: flagId, path }) => [flagId ?? "", path]));

let model = new TimelineModel(nothingYet);
const zoom = new Zoom(lengthS);
const playback = new Playback(lengthS);
const tour = new Tour(playback, () => model);
const player = new Player(byId("player", HTMLElement), {
  say,
  api,
  recorded: dataset(main, "recorded"),
  startsAt,
  playback,
  onTracks: () => timeline.draw(),
});
const transport = new Transport(byId("transport", HTMLElement), { say, startsAt, playback, onCommand: run });
const timeline = new TimelineView(byId("timeline", HTMLElement), {
  model,
  zoom,
  words: (entry) => words.inOneLine(entry),
  nameOf: (name) => words.laneOf(name),
  rowOf: (row) => say(`row.${row}`),
  toneOf: (name) => words.toneOf(name),
  recorded: () => player.segments,
  onSeek: (atS) => tour.seek(atS),
  onJump: visit,
});
const list = new MarksList(byId("marks", HTMLElement), {
  template: byId("mark-item", HTMLTemplateElement),
  nameOf: (entry) => words.nameOf(entry),
  detailOf: (entry) => words.detailOf(entry),
  pictureOf: ({ id }) => pictures.get(id) ?? null,
  severityOf: (severity) => say(`severity.${severity}`),
  leftOut: (count) => say("marks.left_out", { count }),
  onJump: visit,
});
const filter = new KindFilter(byId("kinds", HTMLElement), (kinds) => {
  model.show(kinds);
  showEntries();
});
const score = new ScoreExplained(byId("score-card", HTMLElement), {
  say,
  api,
  startsAt,
  nameOf: (name) => words.laneOf(name),
  onJump: (atS) => tour.seek(atS - LEAD_S),
});
const moment = new MomentForm(byId("moment-card", HTMLElement), {
  say,
  api,
  csrfToken,
  startsAt,
  atS: () => playback.atS,
  onDone: () => void load(),
});
const verdict = new VerdictPanel(byId("verdict-card", HTMLElement), {
  say,
  api,
  csrfToken,
  verdict: JSON.parse(dataset(main, "verdict")),
  words: JSON.parse(dataset(main, "verdictWords")),
  onChange: ({ verdict: now }) => showBadge(now),
});
const menu = new Menu(byId("downloads", HTMLDetailsElement));
const keys = byId("keys-dialog", HTMLDialogElement);
const characterKeys = new CharacterKeys(query(keys, "#character-keys", HTMLInputElement), storageOrNull());

/** @type {Record<import("../review/keys.js").Command | "sound", () => void>} */
const COMMANDS = {
  toggle: () => playback.toggle(),
  back: () => tour.seek(playback.atS - STEP_S),
  forward: () => tour.seek(playback.atS + STEP_S),
  previous: () => visit(tour.neighbour(-1)),
  next: () => visit(tour.neighbour(1)),
  slower: () => transport.changeRate(-1),
  faster: () => transport.changeRate(1),
  zoom_in: () => rezoom(() => zoom.by(ZOOM, playback.atS)),
  zoom_out: () => rezoom(() => zoom.by(1 / ZOOM, playback.atS)),
  whole: () => rezoom(() => zoom.whole()),
  bookmark: () => void moment.bookmark(),
  note: () => moment.focus(),
  verdict: () => verdict.focus(),
  help: () => keys.showModal(),
  sound: () => transport.showSound(player.toggleSound()),
};

/** @param {import("../review/keys.js").Command | "sound"} command */
function run(command) {
  COMMANDS[command]();
}

/** @param {Entry | null} entry */
function visit(entry) {
  if (!entry) return;
  tour.visit(entry);
  render();
}

/** @param {() => void} change */
function rezoom(change) {
  change();
  timeline.draw();
  render();
}

function render() {
  const current = tour.current();
  transport.render();
  player.render();
  moment.render();
  timeline.showPosition(playback.atS, current);
  list.showCurrent(current?.id ?? null);
}

function showEntries() {
  timeline.setModel(model);
  list.show(model.entries);
  byId("marks-empty", HTMLElement).hidden = model.entries.length > 0;
  const { left_out: count } = model.timeline;
  const notTold = byId("marks-not-told", HTMLElement);
  notTold.hidden = count === 0;
  setText(notTold, count ? say("marks.not_told", { count }) : "");
  render();
}

/** @param {string} now */
function showBadge(now) {
  const badges = byId("verdict-badges", HTMLTemplateElement).content;
  const badge = badges.querySelector(`[data-verdict="${CSS.escape(now)}"]`);
  if (badge) byId("verdict-badge", HTMLElement).replaceChildren(badge.cloneNode(true));
}

/** Reads the timeline and the score, which notes and late events change. */
async function load() {
  const failed = byId("timeline-failed", HTMLElement);
  try {
    const [answer] = await Promise.all([getJson(`${api}/timeline`), score.refresh()]);
    const kinds = model.shownKinds;
    model = new TimelineModel(answer);
    model.show(kinds);
    failed.hidden = true;
    filter.show(model);
    showEntries();
  } catch (error) {
    console.info("The timeline was not read", error);
    failed.hidden = false;
  }
}

const listening = new AbortController();
const { signal } = listening;
document.addEventListener(
  "keydown",
  (event) => {
    const command = commandOf(event, characterKeys.areOn);
    if (!command) return;
    event.preventDefault();
    run(command);
  },
  { signal },
);
for (const button of main.querySelectorAll("#timeline [data-command]")) {
  const command = /** @type {import("../review/keys.js").Command} */ (button.getAttribute("data-command"));
  button.addEventListener("click", () => run(command), { signal });
}
for (const opener of main.querySelectorAll("[data-opens-keys]")) opener.addEventListener("click", () => keys.showModal(), { signal });
main.addEventListener(
  "mousedown",
  (event) => {
    // Who uses the mouse goes on with the space bar, which must play and not press once more what was clicked.
    if (event.target instanceof Element && event.target.closest(".mark__button, .transport__button, .lost__moment")) event.preventDefault();
  },
  { signal },
);
query(keys, "[data-closes]", HTMLElement).addEventListener("click", () => keys.close(), { signal });
query(main, "#try-again", HTMLElement).addEventListener("click", () => void load(), { signal });
for (const picture of main.querySelectorAll("[data-taken-at]")) {
  const atS = (Date.parse(picture.getAttribute("data-taken-at") ?? "") - Date.parse(startsAt)) / 1000;
  picture.addEventListener("click", () => tour.seek(atS - LEAD_S), { signal });
}

playback.onChange(render);
showLocalTimes(document);
player.show(JSON.parse(dataset(main, "recordings")));
showEntries();
void load();

addEventListener("pagehide", () => {
  listening.abort();
  for (const part of [player, transport, timeline, list, filter, moment, verdict, menu, playback, characterKeys]) part.close();
});
addEventListener("pageshow", (event) => event.persisted && location.reload());
