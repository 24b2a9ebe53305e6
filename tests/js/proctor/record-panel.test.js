import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordPanel } from "../../../proctor/static/js/proctor/record-panel.js";
import { settled } from "../recording/fakes.js";
import { element, openPage } from "../lib/page.js";

const PAGE_SIZE = 200;
const START = Date.parse("2026-11-22T09:00:00Z");

/** @param {number} number */
function event(number) {
  const at = new Date(START + 1000 * number).toISOString();
  return { id: `e${number}`, event_type: "tab_hidden", message: null, payload: {}, timestamp: at, received_at: at, source: "candidate" };
}

/** @param {number} from @param {number} to */
const events = (from, to) => Array.from({ length: to - from }, (_, index) => event(from + index));

/**
 * The record of a session of which so many events are stored, and the newest of them on the page.
 * @param {import("node:test").TestContext} t
 * @param {number} stored
 */
function panel(t, stored) {
  const fields = ["what", "message", "source", "delivery"].map((name) => element(`p[data-field=${name}]`));
  const template = element("template#event-item", element("li.event", ...fields, element("time[data-field=time][data-local=seconds]")));
  const list = element("ol#record");
  const button = element("button");
  const earlier = element("div#earlier", button);
  const root = element("main#main", list, element("p#record-empty"), earlier, element("p#announcements"));
  openPage(root, template);
  const server = { events: events(0, stored), asked: 0 };
  const words = { eventWords: {}, sourceWords: {}, endedWords: {}, events: server.events.slice(-PAGE_SIZE).reverse() };
  for (const [name, value] of Object.entries(words)) root.dataset[name] = JSON.stringify(value);
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ url) => {
    server.asked += 1;
    const end = Number(new URL(url, "http://x").searchParams.get("cursor") ?? server.events.length);
    const start = Math.max(0, end - PAGE_SIZE);
    return Response.json({ events: server.events.slice(start, end).reverse(), next_cursor: start ? String(start) : null });
  });
  const made = new RecordPanel(root, { say: (key) => key, api: "/api" });
  const shown = () => list.children.map((/** @type {any} */ item) => Number(item.dataset.eventId.slice(1)));
  const happen = (/** @type {number} */ count) => {
    for (const one of events(server.events.length, server.events.length + count)) {
      server.events.push(one);
      made.add(one);
    }
  };
  const back = async () => {
    button.click();
    await settled();
  };
  return { made, list, earlier, server, shown, happen, back };
}

/** @param {number} from @param {number} to newest first */
const numbers = (from, to) => Array.from({ length: to - from }, (_, index) => to - 1 - index);

test("a flood of events leaves the newest few hundred on the page, and touches no line that stays", async (t) => {
  const { made, list, earlier, shown, happen } = panel(t, 10);
  await made.refresh();
  const touched = t.mock.method(list, "insertBefore");
  happen(1000);
  assert.deepEqual(shown(), numbers(710, 1010));
  assert.equal(touched.mock.callCount(), 1000, "one for each that came");
  assert.equal(earlier.hidden, false, "what went is still to be had");
});

test("what a flood has pushed out comes back page by page, without a gap", async (t) => {
  const { made, earlier, server, shown, happen, back } = panel(t, 10);
  await made.refresh();
  happen(1000);
  server.asked = 0;

  await back();
  assert.deepEqual([shown(), server.asked], [numbers(610, 1010), 2]);
  happen(150);
  assert.deepEqual(shown(), numbers(660, 1160));
  for (let pages = 0; pages < 5; pages += 1) await back();
  assert.deepEqual([shown(), earlier.hidden], [numbers(0, 1160), true]);
});

test("what happened in a long absence is asked for like what is earlier", async (t) => {
  const { made, server, shown, back } = panel(t, 250);
  await made.refresh();
  await back();
  assert.deepEqual(shown(), numbers(0, 250));

  server.events.push(...events(250, 600));
  await made.refresh();
  assert.deepEqual(shown(), [...numbers(400, 600), ...numbers(0, 250)]);
  await back();
  assert.deepEqual(shown(), numbers(0, 600));
});
