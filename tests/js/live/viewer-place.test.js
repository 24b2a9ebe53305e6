import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ChannelError } from "../../../proctor/static/js/live/link.js";
import { ViewerPlace } from "../../../proctor/static/js/live/viewer-place.js";
import { FakeChannel, settle } from "./fakes.js";

/** @type {FakeChannel} */
let channel;
/** @type {ViewerPlace} */
let place;
/** @type {any[]} */
let told;
let places = 0;

beforeEach(() => {
  places = 0;
  told = [];
  channel = new FakeChannel();
  channel.answer = (event) => {
    if (event !== "watch") return {};
    places += 1;
    return { viewer_id: `v${places}`, ice_servers: [{ urls: "stun:example.test" }], online: true };
  };
  place = new ViewerPlace(channel, "s1", {
    onGranted: (isCandidateOnline) => told.push(["granted", isCandidateOnline]),
    onRefused: ({ status }) => told.push(["refused", status]),
    onSignal: (signal) => told.push(["signal", signal]),
    onCandidate: () => told.push(["candidate"]),
    onEnd: (reason) => told.push(["end", reason]),
  });
  place.open();
});

/** @param {string} viewerId @param {string} candidate */
function signal(viewerId, candidate) {
  channel.says("signal", { viewer_id: viewerId, candidate });
}

test("a place comes with servers for its connection, and signals go out under its id", async () => {
  await place.ask();
  assert.deepEqual(told, [["granted", true]]);
  assert.deepEqual([place.iceServers, place.areIceServersFresh], [[{ urls: "stun:example.test" }], true]);

  place.send({ candidate: null });
  assert.deepEqual(channel.sentOf("signal"), [{ viewer_id: "v1", candidate: null }]);
});

test("only what is said of this place is told, and without its id", async () => {
  await place.ask();
  told = [];
  for (const viewerId of ["another", "v1"]) {
    signal(viewerId, viewerId);
    channel.says("candidate_online", { viewer_id: viewerId });
    channel.says("unwatched", { viewer_id: viewerId, reason: "session_ended" });
  }
  assert.deepEqual(told, [["signal", { candidate: "v1" }], ["candidate"], ["end", "session_ended"]]);
});

test("signals that overtake the answer are told after it, but not those of a page that is gone", async () => {
  void place.ask();
  signal("v1", "of the page that is gone");
  channel.says("candidate_online", { viewer_id: "v1" });
  signal("v1", "of this page");
  await settle();
  assert.deepEqual(told, [["granted", true], ["signal", { candidate: "of this page" }]]);
});

test("asking again keeps the latest place only, and the others are given back", async () => {
  void place.ask();
  void place.ask();
  await settle();
  assert.deepEqual(told, [["granted", true]]);
  assert.deepEqual(channel.sentOf("unwatch"), [{ viewer_id: "v1" }]);

  place.leave();
  place.leave();
  assert.deepEqual(channel.sentOf("unwatch"), [{ viewer_id: "v1" }, { viewer_id: "v2" }]);
});

test("a place that the server has ended is not given back", async () => {
  await place.ask();
  place.lose();
  place.close();
  assert.deepEqual(channel.sentOf("unwatch"), []);
});

test("being refused is told, unless nobody wants the place any more", async () => {
  channel.answer = () => {
    throw new ChannelError(429, "Five are watching");
  };
  await place.ask();
  assert.deepEqual(told, [["refused", 429]]);

  void place.ask();
  place.leave();
  await settle();
  assert.deepEqual(told, [["refused", 429]]);
});

test("after it was closed it hears nothing", async () => {
  await place.ask();
  place.close();
  told = [];
  channel.says("candidate_online", { viewer_id: "v1" });
  assert.deepEqual(told, []);
});
