import assert from "node:assert/strict";
import { test } from "node:test";
import { Mutes } from "../../../proctor/static/js/candidate/mutes.js";
import { PageSignals } from "../../../proctor/static/js/candidate/page-signals.js";

/** @param {string[]} [open] what a page before a reload had told */
function page(open = []) {
  const document = new EventTarget();
  const window = Object.assign(new EventTarget(), { outerWidth: 1280, innerWidth: 1280, outerHeight: 800, innerHeight: 700 });
  const screen = { isExtended: false };
  /** @type {string[]} */
  const told = [];
  const browser = /** @type {any} */ ({ document, window, screen });
  const memory = { open: () => open, setOpen: (/** @type {string} */ _, /** @type {string[]} */ now) => void (open = now) };
  const signals = new PageSignals(browser, (eventType) => told.push(eventType), memory);
  return { document, window, screen, told, signals };
}

test("copying, cutting, pasting, printing and the context menu are told", () => {
  const { document, window, told, signals } = page();
  for (const name of ["copy", "cut", "paste", "contextmenu"]) document.dispatchEvent(new Event(name));
  window.dispatchEvent(new Event("beforeprint"));
  signals.close();
  assert.deepEqual(told, ["copy", "cut", "paste", "context_menu", "print"]);
});

test("a key that is held down is told once", () => {
  const { document, told, signals } = page();
  for (let count = 0; count < 30; count += 1) document.dispatchEvent(new Event("paste"));
  signals.close();
  assert.deepEqual(told, ["paste"]);
});

test("a second display is told when it comes and when it goes", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { screen, told, signals } = page();
  screen.isExtended = true;
  t.mock.timers.tick(4000);
  screen.isExtended = false;
  t.mock.timers.tick(4000);
  signals.close();
  assert.deepEqual(told, ["second_display", "second_display_gone"]);
});

test("a display that comes and goes while the page is reloaded is told once, and that it is gone", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { screen, told, signals } = page(["second_display"]);
  screen.isExtended = true;
  t.mock.timers.tick(6000);
  assert.deepEqual(told, []);
  screen.isExtended = false;
  t.mock.timers.tick(6000);
  signals.close();
  assert.deepEqual(told, ["second_display_gone"]);
});

test("much room taken beside the page may be developer tools, a toolbar is not", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { window, told, signals } = page();
  window.innerHeight = 640;
  t.mock.timers.tick(6000);
  assert.deepEqual(told, []);
  Object.assign(window, { innerHeight: 690, innerWidth: 900 });
  t.mock.timers.tick(6000);
  window.innerWidth = 1280;
  t.mock.timers.tick(6000);
  signals.close();
  assert.deepEqual(told, ["devtools_suspected", "devtools_gone"]);
});

test("a shape that a window only passes through is not told", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { window, told, signals } = page();
  window.innerWidth = 900;
  t.mock.timers.tick(2000);
  window.innerWidth = 1280;
  t.mock.timers.tick(6000);
  signals.close();
  assert.deepEqual(told, []);
});

test("someone who reads with large letters is not taken for someone with developer tools", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { window, told, signals } = page();
  Object.assign(window, { innerWidth: 1280 / 2, innerHeight: 690 / 2 });
  t.mock.timers.tick(6000);
  signals.close();
  assert.deepEqual(told, []);
});

test("leaving the page is told, and nothing after the end", () => {
  const { document, window, told, signals } = page();
  window.dispatchEvent(new Event("pagehide"));
  signals.close();
  document.dispatchEvent(new Event("copy"));
  assert.deepEqual(told, ["page_leave"]);
});

test("a microphone that is muted from the start is told", () => {
  /** @type {string[]} */
  const told = [];
  const track = Object.assign(new EventTarget(), { kind: "audio", muted: true, readyState: "live" });
  const mutes = new Mutes((eventType) => told.push(eventType));
  mutes.watch([/** @type {any} */ (track)]);
  mutes.close();
  assert.deepEqual(told, ["mic_off"]);
});

test("a muted microphone counts as off until it is heard again", () => {
  /** @type {[string, unknown][]} */
  const told = [];
  const track = Object.assign(new EventTarget(), { kind: "audio", muted: false, readyState: "live" });
  const mutes = new Mutes((eventType, payload) => told.push([eventType, payload]));
  mutes.watch([/** @type {any} */ (track)]);
  mutes.watch([/** @type {any} */ (track)]);
  track.dispatchEvent(new Event("mute"));
  track.dispatchEvent(new Event("unmute"));
  mutes.close();
  track.dispatchEvent(new Event("mute"));
  assert.deepEqual(told, [["mic_off", { reason: "muted" }], ["mic_on", { reason: "muted" }]]);
});
