import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError, getJson, postJson } from "../../../proctor/static/js/lib/http.js";

/**
 * @param {number} status
 * @param {string} body
 */
function answering(status, body) {
  /** @type {{url: string, init: any}[]} */
  const asked = [];
  /** @type {any} */
  const fetch = async (/** @type {string} */ url, /** @type {any} */ init) => {
    asked.push({ url, init });
    return new Response(body, { status });
  };
  return { fetch, asked };
}

test("a post carries JSON and the CSRF token, and gives the answer back", async () => {
  const { fetch, asked } = answering(200, '{"handle": "h"}');
  const answer = await postJson("/entry/claim", { session_id: "s" }, { csrfToken: "token", fetch });
  assert.deepEqual(answer, { handle: "h" });
  assert.equal(asked[0]?.url, "/entry/claim");
  assert.equal(asked[0]?.init.method, "POST");
  assert.equal(asked[0]?.init.headers["X-CSRF-Token"], "token");
  assert.equal(asked[0]?.init.body, '{"session_id":"s"}');
});

test("without a token no empty header is sent", async () => {
  const { fetch, asked } = answering(200, "{}");
  await postJson("/entry/claim", {}, { fetch });
  assert.equal("X-CSRF-Token" in asked[0]?.init.headers, false);
});

test("a refusal becomes an HttpError with the server's words", async () => {
  const { fetch } = answering(422, '{"detail": "Not like this", "errors": {"note": ["too long"]}}');
  await assert.rejects(getJson("/x", { fetch }), (error) => {
    assert.ok(error instanceof HttpError);
    assert.deepEqual([error.status, error.detail, error.errors], [422, "Not like this", { note: ["too long"] }]);
    return true;
  });
});

test("a proxy's HTML page is a refusal without words, not a crash", async () => {
  const { fetch } = answering(502, "<html>Bad gateway</html>");
  await assert.rejects(getJson("/x", { fetch }), { name: "HttpError", status: 502, detail: "" });
});

test("no answer at all has status 0", async () => {
  const fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(getJson("/x", { fetch }), { name: "HttpError", status: 0 });
});
