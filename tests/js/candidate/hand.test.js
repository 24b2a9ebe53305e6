import assert from "node:assert/strict";
import { test } from "node:test";
import { HandState } from "../../../proctor/static/js/candidate/hand.js";

test("a state from before the press does not take the press back", () => {
  const hand = new HandState();
  hand.toggle();
  hand.told(false);
  assert.equal(hand.isRaised, true);
});

test("once the server has said the same, it has the last word", () => {
  const hand = new HandState();
  hand.toggle();
  hand.told(true);
  hand.told(false);
  assert.equal(hand.isRaised, false);
});

test("a hand that is up when the page comes back is shown as up", () => {
  const hand = new HandState();
  hand.told(true);
  assert.equal(hand.isRaised, true);
  hand.toggle();
  assert.equal(hand.isRaised, false);
});

test("a proctor who has seen to it lowers it at once", () => {
  const hand = new HandState();
  hand.toggle();
  hand.lowered();
  assert.equal(hand.isRaised, false);
  hand.told(true);
  assert.equal(hand.isRaised, true, "the server knows of a hand raised anew");
});
