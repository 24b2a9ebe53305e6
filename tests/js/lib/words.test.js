import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "../../../proctor/static/js/lib/dom.js";
import { formatMoment } from "../../../proctor/static/js/lib/times.js";

test("values go where a text names them, and an unknown name stays readable", () => {
  assert.equal(fill("{ms} ms from {host}", { ms: 12 }), "12 ms from {host}");
});

test("a value is never read as a placeholder of its own", () => {
  assert.equal(fill("{a} {b}", { a: "{b}", b: "x" }), "{b} x");
});

test("a moment is shown in the reader's zone and language", () => {
  const reader = { locale: "en-GB", timeZone: "Europe/Madrid" };
  assert.equal(formatMoment("2026-11-22T12:00:00+00:00", "datetime", reader), "22 Nov 2026, 13:00");
  assert.equal(formatMoment("2026-11-22T12:00:00Z", "time", reader), "13:00");
});

test("what is no moment is left alone", () => {
  assert.equal(formatMoment("soon", "datetime"), null);
});
