import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { AttentionWatch, awayBefore, changes, readAttention } from "../../../proctor/static/js/candidate/attention.js";

/** A page whose state the test sets, and which tells listeners as a browser would. */
class FakePage extends EventTarget {
  /** @type {DocumentVisibilityState} */ visibilityState = "visible";
  /** @type {Element | null} */ fullscreenElement = null;
  focused = true;
  hasFocus() {
    return this.focused;
  }
}

function watched() {
  mock.timers.enable({ apis: ["setInterval"] });
  const page = new FakePage();
  const window = new EventTarget();
  /** @type {string[]} */
  const told = [];
  /** @type {any} */
  const browser = { document: page, window };
  const watch = new AttentionWatch(browser, (eventType) => told.push(eventType));
  const close = () => {
    watch.close();
    mock.timers.reset();
  };
  return { page, window, told, close };
}

test("a click into the exam's frame is not a focus loss", () => {
  const { window, told, close } = watched();
  // The window is blurred, yet the document still has focus: it went to the frame inside.
  window.dispatchEvent(new Event("blur"));
  mock.timers.tick(2000);
  assert.deepEqual(told, []);
  close();
});

test("leaving for another program is told, and so is coming back", () => {
  const { page, window, told, close } = watched();
  page.focused = false;
  window.dispatchEvent(new Event("blur"));
  page.focused = true;
  window.dispatchEvent(new Event("focus"));
  assert.deepEqual(told, ["window_blur", "window_focus"]);
  close();
});

test("leaving from inside the frame is noticed although no blur event comes", () => {
  const { page, told, close } = watched();
  page.focused = false;
  mock.timers.tick(500);
  assert.deepEqual(told, ["window_blur"]);
  close();
});

test("hiding the tab and leaving fullscreen are told once each", () => {
  const { page, told, close } = watched();
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  mock.timers.tick(5000);
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(told, ["tab_hidden", "tab_visible"]);
  close();
});

test("a page that comes back after a reload says that it is there again, in front and out of fullscreen", () => {
  const page = new FakePage();
  /** @type {string[]} */
  const told = [];
  /** @type {any} */
  const browser = { document: page, window: new EventTarget() };
  const before = awayBefore({ fullscreenEnabled: true });
  new AttentionWatch(browser, (eventType) => told.push(eventType), before).close();
  assert.deepEqual(told, ["tab_visible", "window_focus", "fullscreen_exit"]);
});

test("a page on its way out is not a hidden tab", () => {
  const { page, window, told, close } = watched();
  window.dispatchEvent(new Event("pagehide"));
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(told, []);
  close();
});

test("a closed watch hears nothing", () => {
  const { page, window, told, close } = watched();
  close();
  page.focused = false;
  window.dispatchEvent(new Event("blur"));
  assert.deepEqual(told, []);
});

test("differences are named for each part by itself", () => {
  const page = new FakePage();
  const before = readAttention(page);
  page.fullscreenElement = /** @type {any} */ ({});
  page.focused = false;
  assert.deepEqual(changes(before, readAttention(page)), ["window_blur", "fullscreen_enter"]);
  assert.deepEqual(changes(readAttention(page), before), ["window_focus", "fullscreen_exit"]);
});
