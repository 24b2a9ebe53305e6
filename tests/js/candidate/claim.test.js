import assert from "node:assert/strict";
import { test } from "node:test";
import { claimProblem } from "../../../proctor/static/js/candidate/claim.js";
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
