import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerTime } from "../../../proctor/static/js/proctor/server-time.js";

test("how long something is ago follows the server's clock, whatever this machine's says", () => {
  const wrongByAnHour = Date.parse("2026-11-22T10:00:00Z");
  const time = new ServerTime(() => wrongByAnHour);
  time.update("2026-11-22T09:00:30Z");
  assert.equal(time.since("2026-11-22T09:00:07Z"), "0:23");
});

test("a moment that has not come yet is no time ago", () => {
  const time = new ServerTime(() => Date.parse("2026-11-22T09:00:00Z"));
  assert.equal(time.since("2026-11-22T09:00:05Z"), "0:00");
});

test("an unreadable time from the server changes nothing", () => {
  const time = new ServerTime(() => Date.parse("2026-11-22T09:00:05Z"));
  time.update("soon");
  assert.equal(time.since("2026-11-22T09:00:00Z"), "0:05");
});
