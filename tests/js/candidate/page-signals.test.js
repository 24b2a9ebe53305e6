import assert from "node:assert/strict";
import { test } from "node:test";
import { Mutes } from "../../../proctor/static/js/candidate/mutes.js";
import { PageSignals } from "../../../proctor/static/js/candidate/page-signals.js";

function page() {
  const document = new EventTarget();
  const window = Object.assign(new EventTarget(), { outerWidth: 1280, innerWidth: 1280, outerHeight: 800, innerHeight: 700 });
  const screen = { isExtended: false };
  /** @type {string[]} */
  const told = [];
  const browser = /** @type {any} */ ({ document, window, screen });
  const signals = new PageSignals(browser, (eventType) => told.push(eventType));
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

test("much room taken beside the page may be developer tools, a toolbar is not", () => {
  const { window, told, signals } = page();
  window.innerHeight = 640;
  window.dispatchEvent(new Event("resize"));
  assert.deepEqual(told, []);
  window.innerWidth = 900;
  window.dispatchEvent(new Event("resize"));
  window.dispatchEvent(new Event("resize"));
  signals.close();
  assert.deepEqual(told, ["devtools_suspected"]);
});

test("leaving the page is told, and nothing after the end", () => {
  const { document, window, told, signals } = page();
  window.dispatchEvent(new Event("pagehide"));
  signals.close();
  document.dispatchEvent(new Event("copy"));
  assert.deepEqual(told, ["page_leave"]);
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
