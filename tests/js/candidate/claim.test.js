import assert from "node:assert/strict";
import { test } from "node:test";
import { claimIdOf, claimProblem } from "../../../proctor/static/js/candidate/claim.js";
import { HttpError } from "../../../proctor/static/js/lib/http.js";

const text = (/** @type {string} */ key) => key;

test("each reason why Start fails has its own words", () => {
  assert.equal(claimProblem(new HttpError(0, ""), text), "start.failed.offline");
  assert.equal(claimProblem(new HttpError(503, "Later"), text), "start.failed.offline");
  assert.equal(claimProblem(new HttpError(409, "Taken"), text), "start.failed.taken");
  assert.equal(claimProblem(new HttpError(404, "There is no such session."), text), "There is no such session.");
  assert.equal(claimProblem(new HttpError(500, ""), text), "start.failed.other");
  assert.equal(claimProblem(new TypeError("a mistake of ours"), text), "start.failed.other");
});

/** A tab whose storage works, or throws as where cookies are forbidden. */
function tab(works = true) {
  /** @type {Map<string, string>} */
  const kept = new Map();
  let made = 0;
  const refuse = () => {
    throw new DOMException("forbidden", "SecurityError");
  };
  return {
    sessionStorage: {
      getItem: (/** @type {string} */ key) => (works ? (kept.get(key) ?? null) : refuse()),
      setItem: (/** @type {string} */ key, /** @type {string} */ value) => void (works ? kept.set(key, value) : refuse()),
    },
    crypto: { randomUUID: () => /** @type {const} */ (`0-0-0-0-${(made += 1)}`) },
  };
}

test("a tab asks for a session with the same claim id, also after a reload", () => {
  const browser = tab();
  const first = claimIdOf("one", browser);
  assert.equal(claimIdOf("one", browser), first);
  assert.notEqual(claimIdOf("two", browser), first);
});

test("a browser that keeps nothing may start as well", () => {
  const browser = tab(false);
  assert.notEqual(claimIdOf("one", browser), claimIdOf("one", browser));
});
