import assert from "node:assert/strict";
import { test } from "node:test";
import { deliveryStage, SessionRecord } from "../../../proctor/static/js/proctor/record.js";

/** @typedef {import("../../../proctor/static/js/proctor/record.js").SessionEvent} SessionEvent */

/**
 * @param {string} id
 * @param {Partial<SessionEvent>} [given]
 * @returns {SessionEvent}
 */
function event(id, given = {}) {
  const at = "2026-11-22T09:00:00.000Z";
  const plain = { event_type: "warn", message: null, payload: {}, timestamp: at, received_at: at, source: "proctor" };
  return { id, ...plain, ...given };
}

const SENT = { delivery: { delivered_at: null, acknowledged_at: null } };
const DELIVERED = { delivery: { delivered_at: "2026-11-22T09:00:01Z", acknowledged_at: null } };
const READ = { delivery: { delivered_at: "2026-11-22T09:00:01Z", acknowledged_at: "2026-11-22T09:00:02Z" } };

test("the record shows each event once, the newest first", () => {
  const record = new SessionRecord();
  const [a, b, c] = ["a", "b", "c"].map((id, index) => event(id, { received_at: `2026-11-22T09:00:0${index}Z` }));
  record.put(/** @type {SessionEvent[]} */ ([b, a]));
  record.put(/** @type {SessionEvent[]} */ ([c, a]));
  assert.deepEqual(record.newestFirst.map(({ id }) => id), ["c", "b", "a"]);
});

test("an action goes from sent over delivered to acknowledged", () => {
  assert.deepEqual([SENT, DELIVERED, READ].map((given) => deliveryStage(event("a", given))), [
    "sent",
    "delivered",
    "acknowledged",
  ]);
  assert.equal(deliveryStage(event("a")), null);
});

test("a late message does not take an action's delivery back", () => {
  const record = new SessionRecord();
  record.put([event("a", READ)]);
  record.put([event("a", SENT)]);
  assert.equal(deliveryStage(/** @type {SessionEvent} */ (record.newestFirst[0])), "acknowledged");
});

test("the record holds those that came last, each in its place, whatever order they come in", () => {
  const record = new SessionRecord(3);
  const at = (/** @type {number} */ second, given = {}) => event(`e${second}`, { received_at: `2026-11-22T09:00:0${second}Z`, ...given });
  const ids = () => record.newestFirst.map(({ id }) => id);

  assert.deepEqual([record.put([at(4, SENT), at(1), at(3)]), ids()], [false, ["e4", "e3", "e1"]]);
  assert.deepEqual([record.put([at(2)]), ids()], [true, ["e4", "e3", "e2"]]);
  assert.deepEqual([record.has("e1"), record.put([at(4, READ)]), ids()], [false, false, ["e4", "e3", "e2"]]);
  record.widen(1);
  assert.deepEqual([record.put([at(1)]), ids()], [false, ["e4", "e3", "e2", "e1"]]);
});
