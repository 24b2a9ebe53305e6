import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Peer } from "../../../proctor/static/js/live/peer.js";
import { FakePeerConnection, settle } from "./fakes.js";

/** @type {any} */
const RTCPeerConnection = FakePeerConnection;

/** Two peers whose signals reach each other when the test says so. */
function pair() {
  /** @type {any[]} */ const toViewer = [];
  /** @type {any[]} */ const toCandidate = [];
  const options = { iceServers: [], RTCPeerConnection };
  const candidate = new Peer({ ...options, polite: false, send: (signal) => toViewer.push(signal) });
  const viewer = new Peer({ ...options, polite: true, send: (signal) => toCandidate.push(signal) });
  const deliver = async () => {
    for (let round = 0; round < 5; round += 1) {
      await settle();
      for (const signal of toViewer.splice(0)) viewer.receive(signal);
      for (const signal of toCandidate.splice(0)) candidate.receive(signal);
    }
    await settle();
  };
  return { candidate, viewer, candidateSide: fake(candidate), viewerSide: fake(viewer), deliver };
}

/** @param {Peer} peer @returns {FakePeerConnection} */
function fake(peer) {
  return /** @type {any} */ (peer.connection);
}

beforeEach(() => {
  FakePeerConnection.made = [];
  mock.timers.enable({ apis: ["setTimeout"] });
});

afterEach(() => mock.timers.reset());

test("an offer is answered", async () => {
  const { candidateSide, viewerSide, deliver } = pair();
  candidateSide.needNegotiation();
  await deliver();
  assert.equal(viewerSide.remoteDescription.type, "offer");
  assert.equal(candidateSide.remoteDescription.type, "answer");
  assert.deepEqual([candidateSide.signalingState, viewerSide.signalingState], ["stable", "stable"]);
});

test("when both offer at once the polite side gives way and the impolite offer wins", async () => {
  const { candidateSide, viewerSide, deliver } = pair();
  candidateSide.needNegotiation();
  viewerSide.needNegotiation();
  await deliver();
  assert.equal(viewerSide.wasRolledBack, true);
  assert.equal(candidateSide.wasRolledBack, undefined);
  assert.equal(candidateSide.remoteDescription.type, "answer");
  assert.deepEqual([candidateSide.signalingState, viewerSide.signalingState], ["stable", "stable"]);
});

test("a lost answer to a restart does not stop the next offer of the other side", async () => {
  const { candidateSide, viewer, viewerSide, deliver } = pair();
  candidateSide.needNegotiation();
  await deliver();
  viewer.restart();
  await settle();
  assert.equal(viewerSide.signalingState, "have-local-offer");
  candidateSide.needNegotiation();
  await deliver();
  assert.deepEqual([candidateSide.signalingState, viewerSide.signalingState], ["stable", "stable"]);
});

test("candidates that come before the description wait for it", async () => {
  const { viewer, viewerSide } = pair();
  await viewer.receive({ candidate: { candidate: "early" } });
  assert.deepEqual(viewerSide.candidates, []);
  await viewer.receive({ description: { type: "offer", sdp: "x" } });
  assert.deepEqual(viewerSide.candidates, [{ candidate: "early" }]);
});

test("a stray candidate of a former page does not keep an offer from being answered", async () => {
  mock.method(console, "warn", () => {});
  const { viewer, viewerSide } = pair();
  await viewer.receive({ candidate: { candidate: "stray", usernameFragment: "unknown" } });
  await viewer.receive({ description: { type: "offer", sdp: "x" } });
  assert.equal(viewerSide.localDescription.type, "answer");
});

test("an answer out of turn is dropped and the next signal is still heard", async () => {
  const warned = mock.method(console, "warn", () => {});
  const { viewer, viewerSide } = pair();
  await viewer.receive({ description: { type: "answer", sdp: "x" } });
  await viewer.receive({ description: { type: "offer", sdp: "x" } });
  assert.equal(warned.mock.callCount() > 0, true);
  assert.equal(viewerSide.localDescription.type, "answer");
});

test("a failed connection restarts at once, an interrupted one after three seconds", () => {
  const { candidateSide } = pair();
  candidateSide.become("failed");
  assert.equal(candidateSide.restarts, 1);
  candidateSide.become("disconnected");
  mock.timers.tick(2_999);
  assert.equal(candidateSide.restarts, 1);
  mock.timers.tick(1);
  assert.equal(candidateSide.restarts, 2);
});

test("an interruption that heals by itself restarts nothing", () => {
  const { candidateSide } = pair();
  candidateSide.become("disconnected");
  candidateSide.become("connected");
  mock.timers.tick(60_000);
  assert.equal(candidateSide.restarts, 0);
});

test("a closed peer frees its connection and sends nothing more", async () => {
  const { candidate, candidateSide, viewerSide, deliver } = pair();
  candidateSide.needNegotiation();
  candidate.close();
  candidate.restart();
  await deliver();
  assert.equal(candidateSide.connectionState, "closed");
  assert.equal(candidate.state, "closed");
  assert.equal(viewerSide.remoteDescription, null);
});
