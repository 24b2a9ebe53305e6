import assert from "node:assert/strict";
import { test } from "node:test";
import { MomentForm } from "../../../proctor/static/js/review/moment-form.js";
import { settled } from "../recording/fakes.js";
import { element, openPage } from "../lib/page.js";

/**
 * The form at the second 65, with this in its field.
 * @param {import("node:test").TestContext} t
 * @param {string} draft
 */
function formWith(t, draft) {
  const field = element("textarea#moment-text");
  const button = element("button#add-bookmark");
  const form = element("form", field, button, element("p[data-result]"));
  const root = element("section", element("span#moment-position"), form);
  openPage(root);
  field.value = draft;
  /** @type {Record<string, unknown>[]} */
  const sent = [];
  const server = { status: 201, during: () => {} };
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ url, /** @type {RequestInit} */ { body }) => {
    const { action_id: _, ...fields } = JSON.parse(String(body));
    sent.push({ to: url.split("/").at(-1), ...fields });
    server.during();
    return Response.json({}, { status: server.status });
  });
  let done = 0;
  const options = { api: "/api", csrfToken: "x", startsAt: "2026-11-22T09:00:00Z", atS: () => 65, onDone: () => (done += 1) };
  const made = new MomentForm(root, { ...options, say: (key) => key });
  const press = async (/** @type {"submit" | "click"} */ how) => {
    (how === "submit" ? form : button).dispatchEvent(new Event(how, { cancelable: true }));
    await settled();
  };
  const said = () => root.querySelector("[data-result]").textContent;
  return { made, field, sent, server, press, said, done: () => done };
}

const AT = "2026-11-22T09:01:05.000Z";

test("the key sets a bookmark without a name, and a draft stays where it is", async (t) => {
  const { made, field, sent, said, done } = formWith(t, "A note that is not yet");
  await made.bookmark();
  assert.deepEqual(sent, [{ to: "bookmarks", at: AT }]);
  assert.deepEqual([field.value, said(), done()], ["A note that is not yet", "moment.bookmarked", 1]);
});

test("the button takes what the field says as the name", async (t) => {
  const { field, sent, press } = formWith(t, " Door ");
  await press("click");
  assert.deepEqual([sent, field.value], [[{ to: "bookmarks", at: AT, label: "Door" }], ""]);
});

test("a text that is too long for a name is neither cut nor lost", async (t) => {
  const { field, sent, press, said } = formWith(t, "x".repeat(201));
  await press("click");
  assert.deepEqual([sent, field.value.length, said()], [[], 201, "moment.long_name"]);

  field.value = "x".repeat(200);
  await press("click");
  assert.equal(/** @type {any} */ (sent[0]).label.length, 200);
});

test("what is written while a note is on its way stays, and so does what was not saved", async (t) => {
  const { field, sent, server, press, said } = formWith(t, "First");
  server.during = () => void (field.value = "Second");
  await press("submit");
  assert.deepEqual([sent, field.value], [[{ to: "notes", note: "First", timestamp_sec: 65 }], "Second"]);

  server.during = () => {};
  server.status = 503;
  await press("submit");
  assert.deepEqual([field.value, said()], ["Second", "failed.busy"]);
});
