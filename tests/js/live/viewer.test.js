import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { ChannelError } from "../../../proctor/static/js/live/link.js";
import { Viewer } from "../../../proctor/static/js/live/viewer.js";
import { FakeChannel, FakePeerConnection, fakeStream, settle } from "./fakes.js";

/** @type {any} */
const RTCPeerConnection = FakePeerConnection;
/** @type {FakeChannel} */
let channel;
/** @type {Viewer} */
let viewer;
/** @type {string[]} */
let states;
/** @type {any[]} */
let streams;
let places = 0;
let isCandidateOnline = true;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  FakePeerConnection.made = [];
  places = 0;
  isCandidateOnline = true;
  channel = new FakeChannel();
  channel.answer = (event) => {
    if (event !== "watch") return {};
    places += 1;
    return { viewer_id: `v${places}`, ice_servers: [], session: {}, online: isCandidateOnline };
  };
  viewer = new Viewer(channel, "s1", { RTCPeerConnection });
  states = [];
  streams = [];
  viewer.onState((state) => states.push(state));
  viewer.onStream((name, stream) => streams.push([name, stream?.id ?? null]));
});

afterEach(() => mock.timers.reset());

/** @param {string} viewerId @param {Record<string, string>} [named] */
function offer(viewerId, named = { camera: "cam" }) {
  channel.says("signal", { viewer_id: viewerId, description: { type: "offer", sdp: "x" }, streams: named });
}

/** The connection in use. */
function connection() {
  const last = FakePeerConnection.made.at(-1);
  assert.ok(last);
  return last;
}

async function start() {
  viewer.start();
  await settle();
}

test("a viewer answers the candidate's offer and hands out the named stream", async () => {
  await start();
  offer("v1");
  await settle();
  connection().ontrack({ streams: [fakeStream("cam", [])] });
  connection().ontrack({ streams: [fakeStream("unnamed", [])] });
  connection().become("connected");
  assert.deepEqual(streams, [["camera", "cam"]]);
  assert.deepEqual(states, ["negotiating", "live"]);
  assert.equal(channel.sentOf("signal")[0].description.type, "answer");
});

test("an offer that overtakes the answer to watch is not lost", async () => {
  viewer.start();
  offer("v1");
  offer("of another viewer on this channel");
  await settle();
  assert.equal(connection().remoteDescription.type, "offer");
  assert.equal(channel.sentOf("signal").length, 1);
});

test("a proctor who comes first waits, and sees the candidate when their page opens", async () => {
  isCandidateOnline = false;
  await start();
  assert.equal(viewer.state, "waiting");
  channel.says("candidate_online", { session_id: "s1", viewer_id: "v1" });
  offer("v1");
  await settle();
  assert.equal(viewer.state, "negotiating");
  assert.equal(FakePeerConnection.open.length, 1);
});

test("a reload of the candidate voids the old connection under the same viewer id", async () => {
  await start();
  offer("v1");
  await settle();
  const first = connection();
  channel.says("candidate_online", { session_id: "s1", viewer_id: "v1" });
  offer("v1", { camera: "cam 2" });
  await settle();
  assert.equal(first.connectionState, "closed");
  assert.equal(FakePeerConnection.open.length, 1);
  assert.equal(connection().localDescription.type, "answer");
});

test("a reload long after the start asks for fresh ICE servers", async () => {
  await start();
  connection().become("connected");
  mock.timers.tick(31 * 60_000);
  channel.says("candidate_online", { session_id: "s1", viewer_id: "v1" });
  await settle();
  assert.equal(channel.sentOf("watch").length, 2);
  assert.deepEqual(channel.sentOf("unwatch"), [{ viewer_id: "v1" }]);
  assert.equal(FakePeerConnection.open.length, 1);
});

test("a screen that is no longer sent is taken away", async () => {
  await start();
  offer("v1", { camera: "cam", screen: "scr" });
  offer("v1", { camera: "cam" });
  assert.deepEqual(streams, [["screen", null]]);
});

test("after our own connection was lost a new place is asked for", async () => {
  await start();
  channel.become("offline");
  assert.equal(viewer.state, "offline");
  channel.become("online");
  await settle();
  assert.equal(channel.sentOf("watch").length, 2);
  offer("v2");
  await settle();
  assert.equal(FakePeerConnection.open.length, 1);
  assert.equal(connection().localDescription.type, "answer");
});

test("media that does not come is asked for anew, and its old place is given back", async () => {
  await start();
  mock.timers.tick(8_000);
  await settle();
  assert.equal(channel.sentOf("watch").length, 2);
  assert.deepEqual(channel.sentOf("unwatch"), [{ viewer_id: "v1" }]);
  mock.timers.tick(8_000);
  await settle();
  assert.equal(channel.sentOf("watch").length, 2);
});

test("an interruption that heals keeps its place", async () => {
  await start();
  connection().become("connected");
  connection().become("disconnected");
  assert.equal(viewer.state, "interrupted");
  connection().become("connected");
  mock.timers.tick(60_000);
  await settle();
  assert.equal(channel.sentOf("watch").length, 1);
  assert.equal(viewer.state, "live");
});

test("without a free place it says so and asks again", async () => {
  const admit = channel.answer;
  channel.answer = (event) => {
    if (event === "watch") throw new ChannelError(429, "Five are watching", { retry_after_s: 2 });
  };
  await start();
  assert.equal(viewer.state, "full");
  channel.answer = admit;
  mock.timers.tick(2_000);
  await settle();
  assert.equal(viewer.state, "negotiating");
});

test("an ended session is final", async () => {
  await start();
  channel.says("unwatched", { viewer_id: "v1", reason: "session_ended" });
  channel.become("offline");
  channel.become("online");
  assert.equal(viewer.state, "ended");
  assert.equal(channel.sentOf("watch").length, 1);
  assert.equal(FakePeerConnection.open.length, 0);
});

test("a session that may not be watched is not asked for again", async () => {
  channel.answer = () => {
    throw new ChannelError(404, "No such session");
  };
  await start();
  mock.timers.tick(120_000);
  assert.equal(viewer.state, "not_allowed");
  assert.equal(channel.sentOf("watch").length, 1);
});

test("closing gives the place back and frees the connection", async () => {
  await start();
  viewer.close();
  assert.deepEqual(channel.sentOf("unwatch"), [{ viewer_id: "v1" }]);
  assert.equal(FakePeerConnection.open.length, 0);
});

test("a place that is granted after closing is given back too", async () => {
  viewer.start();
  viewer.close();
  await settle();
  assert.deepEqual(channel.sentOf("unwatch"), [{ viewer_id: "v1" }]);
  assert.equal(FakePeerConnection.open.length, 0);
});
