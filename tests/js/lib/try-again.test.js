import assert from "node:assert/strict";
import { test } from "node:test";

import { EVERY_MS, reloadWhenWorking } from "../../../proctor/static/js/lib/try-again.js";

/** A browser whose server answers as told, one answer after the other, and then works. */
function browserWith(/** @type {("error" | boolean)[]} */ answers) {
  /** @type {{callback: () => void, ms: number}[]} */
  const timers = [];
  const told = { reloads: 0, cleared: 0, asked: 0 };
  const browser = {
    fetch: async () => {
      told.asked += 1;
      const answer = answers.shift() ?? true;
      if (answer === "error") throw new TypeError("no network");
      return { ok: answer };
    },
    reload: () => void (told.reloads += 1),
    setTimeout: (/** @type {() => void} */ callback, /** @type {number} */ ms) => timers.push({ callback, ms }),
    clearTimeout: () => void (told.cleared += 1),
  };
  const wait = async () => {
    const timer = timers.shift();
    assert.equal(timer?.ms, EVERY_MS);
    await timer.callback();
  };
  return { browser, told, timers, wait };
}

test("a page that came too early is loaded again when the server works, and not before", async () => {
  const { browser, told, timers, wait } = browserWith([false, "error", true]);
  reloadWhenWorking(browser);
  await wait();
  await wait();
  assert.equal(told.reloads, 0);
  await wait();
  assert.deepEqual([told.reloads, told.asked, timers.length], [1, 3, 0]);
});

test("a page that was left asks no more", async () => {
  const { browser, told, timers, wait } = browserWith([]);
  const stop = reloadWhenWorking(browser);
  const asking = wait();
  stop();
  await asking;
  assert.deepEqual([told.reloads, told.cleared, timers.length], [0, 1, 0]);
});
