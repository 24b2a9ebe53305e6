import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Publisher } from "../../../proctor/static/js/live/publisher.js";
import { FakeChannel, FakePeerConnection, fakeStream, settle } from "./fakes.js";

/** @type {any} */
const RTCPeerConnection = FakePeerConnection;
/** @type {FakeChannel} */
let channel;
/** @type {Publisher} */
let publisher;
/** @type {number[]} */
let counts;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  FakePeerConnection.made = [];
  channel = new FakeChannel();
  counts = [];
  publisher = new Publisher(channel, { RTCPeerConnection, onViewers: (count) => counts.push(count) });
});

afterEach(() => mock.timers.reset());

/** @param {string} viewerId */
function watch(viewerId) {
  channel.says("watch", { viewer_id: viewerId, ice_servers: [{ urls: "stun:example.test" }] });
}

function offers() {
  return channel.sentOf("signal").filter((payload) => payload.description?.type === "offer");
}

test("a viewer gets an offer that names which stream is which", async () => {
  publisher.setStreams({ camera: fakeStream("cam", ["audio", "video"]), screen: fakeStream("scr", ["video"]) });
  watch("v1");
  await settle();
  assert.equal(offers().length, 1);
  assert.equal(offers()[0].viewer_id, "v1");
  assert.deepEqual(offers()[0].streams, { camera: "cam", screen: "scr" });
  assert.deepEqual(FakePeerConnection.made[0]?.configuration.iceServers, [{ urls: "stun:example.test" }]);
});

test("a proctor who came before the camera gets the offer when the camera is on", async () => {
  watch("v1");
  await settle();
  assert.equal(offers().length, 0);
  publisher.setStreams({ camera: fakeStream("cam", ["audio", "video"]), screen: null });
  await settle();
  assert.deepEqual(offers()[0].streams, { camera: "cam" });
});

test("each of five viewers has a connection of its own", async () => {
  publisher.setStreams({ camera: fakeStream("cam", ["video"]), screen: null });
  for (const viewerId of ["v1", "v2", "v3", "v4", "v5"]) watch(viewerId);
  await settle();
  assert.equal(publisher.viewerCount, 5);
  assert.deepEqual(new Set(offers().map((offer) => offer.viewer_id)).size, 5);
  assert.deepEqual(counts, [1, 2, 3, 4, 5]);
});

test("unwatch closes that viewer's connection, leaves the others and never stops the camera", async () => {
  const camera = fakeStream("cam", ["audio", "video"]);
  publisher.setStreams({ camera, screen: null });
  watch("v1");
  watch("v2");
  channel.says("unwatch", { viewer_id: "v1" });
  assert.equal(publisher.viewerCount, 1);
  assert.equal(FakePeerConnection.open.length, 1);
  assert.equal(camera.getTracks().some((/** @type {any} */ track) => track.stopped), false);
});

test("the same viewer id again starts afresh and leaks no connection", () => {
  watch("v1");
  watch("v1");
  assert.equal(publisher.viewerCount, 1);
  assert.equal(FakePeerConnection.made.length, 2);
  assert.equal(FakePeerConnection.open.length, 1);
});

test("a camera that was switched on again replaces the track without a new offer", async () => {
  publisher.setStreams({ camera: fakeStream("one", ["audio", "video"]), screen: null });
  watch("v1");
  await settle();
  publisher.setStreams({ camera: fakeStream("two", ["audio", "video"]), screen: null });
  await settle();
  const tracks = FakePeerConnection.made[0]?.transceivers.map(({ sender }) => sender.track.id);
  assert.deepEqual(tracks, ["two audio", "two video"]);
  assert.equal(offers().length, 1);
});

test("a camera that comes back after a viewer has come is sent as part of the stream that the viewer knows", async () => {
  publisher.setStreams({ camera: fakeStream("without picture", ["audio"]), screen: null });
  watch("v1");
  await settle();
  publisher.setStreams({ camera: fakeStream("with picture", ["audio", "video"]), screen: null });
  await settle();
  const streams = FakePeerConnection.made[0]?.transceivers.map(({ sender }) => sender.init.streams[0].id);
  assert.deepEqual(streams, ["without picture", "without picture"]);
  assert.deepEqual(offers().at(-1).streams, { camera: "without picture" });
});

test("a screen that is shared later is offered and named", async () => {
  const camera = fakeStream("cam", ["video"]);
  publisher.setStreams({ camera, screen: null });
  watch("v1");
  await settle();
  publisher.setStreams({ camera, screen: fakeStream("scr", ["video"]) });
  await settle();
  assert.equal(offers().length, 2);
  assert.deepEqual(offers()[1].streams, { camera: "cam", screen: "scr" });
});

test("viewers keep their picture through a short loss, and one who left meanwhile is dropped", () => {
  watch("stays");
  watch("leaves");
  channel.become("offline");
  assert.equal(publisher.viewerCount, 2);
  channel.become("online");
  watch("stays");
  mock.timers.tick(5_000);
  assert.equal(publisher.viewerCount, 1);
  assert.equal(FakePeerConnection.open.length, 1);
});

test("a viewer whom the server no longer knows is dropped", async () => {
  channel.answer = (event) => {
    if (event === "signal") throw Object.assign(new Error("No such viewer"), { status: 404 });
  };
  publisher.setStreams({ camera: fakeStream("cam", ["video"]), screen: null });
  watch("v1");
  await settle();
  assert.equal(publisher.viewerCount, 0);
  assert.equal(FakePeerConnection.open.length, 0);
});

test("a page that was replaced stops publishing", () => {
  watch("v1");
  channel.says("replaced", {});
  assert.equal(FakePeerConnection.open.length, 0);
});

test("a closed publisher holds nothing and hears nothing", () => {
  watch("v1");
  publisher.close();
  watch("v2");
  assert.equal(FakePeerConnection.open.length, 0);
  assert.equal(publisher.viewerCount, 0);
});
