import assert from "node:assert/strict";
import { test } from "node:test";
import { Thread } from "../../../proctor/static/js/chat/thread.js";

/**
 * @param {string} id
 * @param {Partial<import("../../../proctor/static/js/chat/thread.js").Message>} [given]
 */
function message(id, given = {}) {
  return { id, from: /** @type {const} */ ("candidate"), text: id, sentAt: `2026-11-22T09:0${id}:00.000Z`, ...given };
}

test("messages stand in the order in which the server got them, each once", () => {
  const thread = new Thread("proctor");
  thread.put([message("2"), message("1")]);
  thread.put([message("2")]);
  assert.deepEqual(thread.inOrder.map(({ id }) => id), ["1", "2"]);
});

test("what is still on its way comes last, and does not go back there once it has arrived", () => {
  const thread = new Thread("candidate");
  thread.put([message("1", { sentAt: null })]);
  thread.put([message("2")]);
  assert.deepEqual(thread.inOrder.map(({ id }) => id), ["2", "1"]);

  thread.put([message("1")]);
  thread.put([message("1", { sentAt: null })]);
  assert.deepEqual(thread.inOrder.map(({ id }) => id), ["1", "2"]);
});

test("only what the other side wrote is unread, until it was read", () => {
  const thread = new Thread("proctor");
  const news = thread.put([message("1"), message("2", { from: "proctor" })]);
  assert.deepEqual(news.map(({ id }) => id), ["1"]);
  assert.equal(thread.unread, 1);
  thread.read();
  assert.equal(thread.unread, 0);
});

test("a chat that is there when the page opens is not unread", () => {
  const thread = new Thread("proctor");
  thread.put([message("1")], { areNew: false });
  assert.equal(thread.unread, 0);
});

test("a message that was never delivered before is unread although the chat was read meanwhile", () => {
  const thread = new Thread("candidate");
  thread.put([message("1", { from: "proctor" })], { areNew: false });
  thread.arrived(message("1", { from: "proctor" }));
  assert.equal(thread.unread, 1);
});

test("a message that has come further is shown as such", () => {
  const thread = new Thread("proctor");
  thread.put([message("1", { from: "proctor", stage: "Sent" })]);
  thread.put([message("1", { from: "proctor", stage: "Delivered" })]);
  assert.equal(thread.inOrder[0]?.stage, "Delivered");
});
