import assert from "node:assert/strict";
import { test } from "node:test";
import { readQuality, wordFor } from "../../../proctor/static/js/live/quality.js";

const NOTHING = { roundTripMs: null, lossPercent: null, kbitPerS: null, width: null, height: null, framesPerS: null };

/** @param {{bytes?: number, packets?: number, lost?: number}} counts */
function received({ bytes = 0, packets = 0, lost = 0 }) {
  return [
    { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: 0.08 },
    { type: "candidate-pair", nominated: false, state: "waiting", currentRoundTripTime: 9 },
    {
      type: "inbound-rtp",
      kind: "video",
      bytesReceived: bytes,
      packetsReceived: packets,
      packetsLost: lost,
      frameWidth: 640,
      frameHeight: 480,
      framesPerSecond: 23.7,
    },
    { type: "codec", mimeType: "video/VP8" },
  ];
}

test("one word stands for the worst of it", () => {
  assert.equal(wordFor({ ...NOTHING, roundTripMs: 80, lossPercent: 0, framesPerS: 24 }), "good");
  assert.equal(wordFor({ ...NOTHING, roundTripMs: 80, lossPercent: 4, framesPerS: 24 }), "fair");
  assert.equal(wordFor({ ...NOTHING, roundTripMs: 400, lossPercent: 0 }), "fair");
  assert.equal(wordFor({ ...NOTHING, roundTripMs: 80, lossPercent: 30 }), "poor");
  assert.equal(wordFor({ ...NOTHING, framesPerS: 2 }), "poor");
});

test("while nothing is known there is no word", () => {
  assert.equal(wordFor(NOTHING), null);
});

test("the first reading knows the present, and not what was lost since", () => {
  const { quality } = readQuality(received({ bytes: 1_000, packets: 10 }), null, 0);
  assert.deepEqual(quality, {
    roundTripMs: 80,
    lossPercent: null,
    kbitPerS: null,
    width: 640,
    height: 480,
    framesPerS: 24,
  });
});

test("loss and rate are those since the reading before", () => {
  const { counted } = readQuality(received({ bytes: 10_000, packets: 100, lost: 5 }), null, 0);
  const { quality } = readQuality(received({ bytes: 60_000, packets: 190, lost: 15 }), counted, 2_000);
  assert.equal(quality.lossPercent, 10);
  assert.equal(quality.kbitPerS, 200);
});

test("a screen on which nothing moves says nothing against the connection", () => {
  const screen = { type: "inbound-rtp", kind: "video", frameWidth: 1920, frameHeight: 1080, framesPerSecond: 2 };
  const { quality } = readQuality([...received({}), screen], null, 0);
  assert.deepEqual([quality.width, quality.framesPerS], [1920, 24]);
});

test("a sender reads the losses that the other side reports", () => {
  /** @param {number} packets @param {number} lost */
  const sent = (packets, lost) => [
    { type: "outbound-rtp", kind: "video", bytesSent: packets * 1_000, packetsSent: packets },
    { type: "remote-inbound-rtp", kind: "video", packetsLost: lost, roundTripTime: 0.2 },
  ];
  const { counted } = readQuality(sent(0, 0), null, 0);
  const { quality } = readQuality(sent(95, 5), counted, 1_000);
  assert.deepEqual([quality.lossPercent, quality.roundTripMs], [5, 200]);
});
