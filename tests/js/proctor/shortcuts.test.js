import assert from "node:assert/strict";
import { test } from "node:test";
import { Shortcuts } from "../../../proctor/static/js/proctor/shortcuts.js";
import { nextIndex } from "../../../proctor/static/js/proctor/tabs.js";

/** @param {{dialog?: boolean}} [given] */
function page({ dialog = false } = {}) {
  /** @type {{press?: (event: any) => void}} */
  const heard = {};
  const doc = {
    addEventListener: (/** @type {string} */ _type, /** @type {any} */ listener) => void (heard.press = listener),
    querySelector: () => (dialog ? {} : null),
  };
  let done = 0;
  const shortcuts = new Shortcuts({ b: () => (done += 1) }, /** @type {any} */ (doc));
  /** @param {string} key @param {object} [more] */
  const press = (key, more = {}) => {
    let prevented = false;
    const event = { key, target: { matches: () => false }, preventDefault: () => (prevented = true), ...more };
    heard.press?.(event);
    return prevented;
  };
  return { press, done: () => done, shortcuts };
}

test("a key does what it stands for, and nothing else", () => {
  const { press, done } = page();
  assert.equal(press("b"), true);
  assert.equal(press("x"), false);
  assert.equal(done(), 1);
});

test("keys that belong to the browser are left alone", () => {
  const { press, done } = page();
  for (const modifier of ["ctrlKey", "altKey", "metaKey"]) assert.equal(press("b", { [modifier]: true }), false);
  assert.equal(press("b", { repeat: true }), false);
  assert.equal(done(), 0);
});

test("who writes, writes", () => {
  const { press, done } = page();
  assert.equal(press("b", { target: { matches: () => true } }), false);
  assert.equal(done(), 0);
});

test("an open dialog has the keyboard to itself", () => {
  const { press, done } = page({ dialog: true });
  assert.equal(press("b"), false);
  assert.equal(done(), 0);
});

test("arrow keys go round the tabs, Home and End jump, and other keys stay", () => {
  assert.equal(nextIndex("ArrowRight", 3, 4), 0);
  assert.equal(nextIndex("ArrowLeft", 0, 4), 3);
  assert.equal(nextIndex("Home", 2, 4), 0);
  assert.equal(nextIndex("End", 0, 4), 3);
  assert.equal(nextIndex("a", 1, 4), null);
});
