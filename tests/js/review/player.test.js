import assert from "node:assert/strict";
import { test } from "node:test";
import { Player } from "../../../proctor/static/js/review/player.js";
import { failureOf } from "../../../proctor/static/js/review/recording-state.js";
import { settled } from "../recording/fakes.js";
import { element, openPage } from "../lib/page.js";

const LOOK_AGAIN_MS = 5_000;
const [BROKEN_OFF, UNDECODABLE, UNSUPPORTED] = [2, 3, 4];

/** @param {object} [given] */
const camera = (given = {}) => ({
  kind: "camera",
  state: /** @type {const} */ ("ready"),
  video_path: "/videos/x.camera.webm",
  sha256: "1",
  duration_s: 30,
  received_bytes: 0,
  segments: [],
  ...given,
});

/**
 * A player with a camera's recording, on a server that answers this to who asks for the file.
 * @param {import("node:test").TestContext} t
 */
function player(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const view = (/** @type {string} */ name) => element(`figure[data-view=${name}]`, element("video"));
  const state = element("div#recording-state", element("p[data-field=words]"));
  const [figure, screen] = [view("camera"), view("screen")];
  const root = element("section", figure, screen, state);
  openPage(root);
  const video = figure.querySelector("video");
  let loads = 0;
  Object.defineProperty(video, "src", {
    set(path) {
      loads += 1;
      video.setAttribute("src", path);
    },
  });
  video.load = () => (loads += 1);
  const server = { status: 206, recordings: [camera()] };
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ url) => {
    if (server.status === 0) throw new TypeError("offline");
    if (url.endsWith("/recordings")) return Response.json({ recordings: server.recordings });
    return new Response(null, { status: server.status });
  });
  /** @type {number[]} */
  const tracks = [];
  const playback = /** @type {any} */ ({ setTracks: (/** @type {unknown[]} */ now) => tracks.push(now.length) });
  const options = { api: "/api", recorded: "full", startsAt: "2026-11-22T09:00:00Z", onTracks: () => {} };
  const made = new Player(root, { ...options, playback, say: (key) => key });
  made.show(server.recordings);
  const fail = async (/** @type {number} */ code) => {
    video.error = { code };
    video.dispatchEvent(new Event("error"));
    await settled();
  };
  const later = async () => {
    t.mock.timers.tick(LOOK_AGAIN_MS);
    await settled();
  };
  const seen = () => ({ isHidden: figure.hidden, said: state.querySelector("p").textContent, loads, tracks: tracks.at(-1) });
  return { made, server, fail, later, seen };
}

test("a file that does not play is told from one that does not come", () => {
  const told = [[UNDECODABLE, 206], [UNSUPPORTED, 200], [UNSUPPORTED, 401], [UNSUPPORTED, 404], [BROKEN_OFF, 0], [UNSUPPORTED, 503], [BROKEN_OFF, 206]];
  assert.deepEqual(told.map(([code = 0, status = 0]) => failureOf(code, status)), [
    "unplayable",
    "unplayable",
    "signed_out",
    "gone",
    "unreachable",
    "unreachable",
    "unreachable",
  ]);
});

test("a file that this browser cannot play does not come back until it is another one", async (t) => {
  const { made, server, fail, later, seen } = player(t);
  const screen = camera({ kind: "screen", state: "processing", video_path: null });
  server.recordings = [camera(), screen];
  made.show(server.recordings);
  await fail(UNDECODABLE);
  const shown = { isHidden: true, said: "recording.unplayable recording.processing", loads: 1, tracks: 0 };
  assert.deepEqual(seen(), shown);
  await later();
  assert.deepEqual(seen(), shown);

  server.recordings = [camera({ sha256: "2" }), screen];
  await later();
  assert.deepEqual(seen(), { isHidden: false, said: "recording.processing", loads: 2, tracks: 1 });
});

test("what did not load because the network or the login was lost comes back by itself", async (t) => {
  const { server, fail, later, seen } = player(t);
  server.status = 0;
  await fail(UNSUPPORTED);
  assert.deepEqual(seen(), { isHidden: true, said: "recording.unreachable", loads: 1, tracks: 0 });
  server.status = 401;
  await later();
  assert.equal(seen().said, "recording.signed_out");
  server.status = 206;
  await later();
  assert.deepEqual(seen(), { isHidden: false, said: "", loads: 2, tracks: 1 });

  await fail(UNSUPPORTED);
  await later();
  assert.deepEqual(seen(), { isHidden: true, said: "recording.unplayable", loads: 2, tracks: 0 });
});

test("nothing is asked for any more once the page is left", async (t) => {
  const { made, server, fail, later, seen } = player(t);
  server.status = 0;
  await fail(BROKEN_OFF);
  made.close();
  server.status = 206;
  await later();
  assert.equal(seen().loads, 1);
});
