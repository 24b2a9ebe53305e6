import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords } from "../../../proctor/static/js/proctor/recording-progress.js";

/** @type {import("../../../proctor/static/js/lib/dom.js").Messages} */
const say = (key, values) => (values ? `${values.kind} ${values.size} MB, ${values.state}` : key);

test("each recording is named with its size and how far it has come", () => {
  const camera = { kind: "camera", state: "receiving", received_bytes: 1_572_864 };
  const screen = { kind: "screen", state: "ready", received_bytes: 15_728_640 };
  const words = "recorded.camera 1.5 MB, recorded.receiving · recorded.screen 15 MB, recorded.ready";
  assert.equal(inWords([camera, screen], say), words);
});

test("where nothing was recorded, that is said", () => {
  assert.equal(inWords([], say), "recorded.nothing");
});
