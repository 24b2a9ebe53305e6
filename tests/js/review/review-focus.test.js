import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MarksList } from "../../../proctor/static/js/review/marks-list.js";
import { ScoreExplained } from "../../../proctor/static/js/review/score-explained.js";
import { element, openPage } from "../lib/page.js";

/** @typedef {import("../../../proctor/static/js/review/timeline-model.js").Entry} Entry */

let page = openPage();

beforeEach(() => void (page = openPage()));

/** @param {...number} times */
const entries = (...times) =>
  times.map((atS) => /** @type {Entry} */ (/** @type {unknown} */ ({ id: `m${atS}`, kind: "note", atS, severity: null, state: null })));

function marks() {
  const fields = ["time", "name", "severity", "detail"].map((name) => element(`span[data-field=${name}]`));
  const root = element("ol");
  page.body.append(root);
  const list = new MarksList(root, {
    template: element("template", element("li.mark", element("button.mark__button", ...fields, element("img[data-field=picture]")))),
    nameOf: ({ id }) => id,
    detailOf: ({ text }) => text ?? "",
    severityOf: (severity) => severity,
    pictureOf: () => null,
    leftOut: (count) => `${count} more`,
    onJump: () => {},
  });
  const button = (/** @type {string} */ id) => root.querySelector(`button[data-id=${id}]`);
  const reached = () => root.querySelectorAll('button[tabindex="0"]').map((/** @type {any} */ one) => one.dataset.id);
  return { list, root, button, reached };
}

test("who is at an entry stays there when a bookmark comes into the list", () => {
  const { list, root, button, reached } = marks();
  list.show(entries(10, 20, 30));
  button("m20").focus();
  list.show(entries(5, 10, 15, 20, 30));

  assert.equal(page.activeElement?.dataset.id, "m20");
  assert.deepEqual(root.querySelectorAll("button").map((/** @type {any} */ one) => one.dataset.id), ["m5", "m10", "m15", "m20", "m30"]);
  assert.deepEqual(reached(), ["m20"]);
});

test("an entry that went elsewhere takes the focus along, and one that went away leaves it to its neighbour", () => {
  const { list, button, reached } = marks();
  list.show(entries(10, 20, 30));
  button("m20").focus();
  list.show(entries(20, 10, 30));
  assert.equal(page.activeElement?.dataset.id, "m20");

  button("m10").focus();
  list.show(entries(20, 30));
  assert.deepEqual([page.activeElement?.dataset.id, reached()], ["m30", ["m30"]]);
});

test("entries that stay are written anew and remain the current ones", () => {
  const { list, button } = marks();
  list.show(entries(10, 20));
  list.showCurrent("m20");
  list.show(entries(10, 20).map((entry) => ({ ...entry, text: "lasted 0:42" })));

  assert.equal(button("m20").getAttribute("aria-current"), "true");
  assert.equal(button("m20").querySelector("[data-field=detail]").textContent, "lasted 0:42");
  assert.equal(page.activeElement, page.body, "nobody was at the list");
});

/** @param {number} count */
const deduction = (count, rule = "no_face") => ({
  rule_id: rule,
  count,
  weight: 2,
  points: 2 * count,
  evidence: Array.from({ length: count }, (_, index) => ({ event_id: `e${index}`, timestamp: `2026-11-22T09:00:0${index % 10}Z` })),
});

test("who is at a moment that cost points stays there, and what was opened stays open", async (t) => {
  /** @type {unknown[]} */
  const answers = [[deduction(9)], [deduction(9)], [deduction(1, "phone"), deduction(10)]];
  t.mock.method(globalThis, "fetch", async () => Response.json({ score: 80, deductions: answers.shift() }));
  const root = element("section", element("span#score-total"), element("p#score-empty"), element("ol#score-lost"));
  page.body.append(root);
  const score = new ScoreExplained(root, {
    say: (key) => key,
    api: "/api",
    startsAt: "2026-11-22T09:00:00Z",
    nameOf: (name) => name,
    onJump: () => {},
  });
  const buttons = () => root.querySelectorAll("button");
  await score.refresh();
  assert.deepEqual(buttons().map((/** @type {any} */ { hidden }) => hidden), [...Array(8).fill(false), true, false]);

  buttons().at(-1).click();
  buttons()[3].focus();
  await score.refresh();
  assert.equal(page.activeElement, buttons()[3], "nothing has changed");

  await score.refresh();
  assert.equal(page.activeElement?.dataset.moment, "no_face/e3");
  assert.deepEqual(buttons().map((/** @type {any} */ { hidden }) => hidden), Array(11).fill(false));
});
