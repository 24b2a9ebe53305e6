import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { ChannelError } from "../../../proctor/static/js/live/link.js";
import { Pictures } from "../../../proctor/static/js/wall/pictures.js";
import { FakeChannel, settle } from "../live/fakes.js";

/** @type {any} */
let observer;

class FakeObserver {
  /** @type {Set<any>} */ observed = new Set();

  /** @param {(entries: any[]) => void} told */
  constructor(told) {
    this.told = told;
    observer = this;
  }

  /** @param {any} element */
  observe(element) {
    this.observed.add(element);
  }

  /** @param {any} element */
  unobserve(element) {
    this.observed.delete(element);
  }

  disconnect() {
    this.observed.clear();
  }

  /** @param {any} target @param {boolean} isIntersecting */
  see(target, isIntersecting = true) {
    this.told([{ target, isIntersecting }]);
  }
}

/** @type {FakeChannel} */ let channel;
/** @type {any} */ let page;
/** @type {any[]} */ let shown;
/** @type {boolean[]} */ let allowed;
/** @type {Pictures} */ let pictures;
const [ann, ben] = /** @type {any[]} */ ([{ name: "ann" }, { name: "ben" }]);

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  channel = new FakeChannel();
  page = Object.assign(new EventTarget(), { hidden: false });
  shown = [];
  allowed = [];
  pictures = new Pictures(/** @type {any} */ (channel), {
    onPicture: (picture) => shown.push(picture),
    onView: () => {},
    onAllowed: (isAllowed) => allowed.push(isAllowed),
    IntersectionObserver: /** @type {any} */ (FakeObserver),
    page,
  });
  pictures.observe(ann, "a");
  pictures.observe(ben, "b");
});

afterEach(() => {
  pictures.close();
  mock.timers.reset();
});

async function later() {
  mock.timers.tick(200);
  await settle();
}

const wanted = () => channel.sent.map(({ payload }) => payload.session_ids);

test("only tiles in view are asked for, all of them in one message", async () => {
  observer.see(ann);
  observer.see(ben);
  observer.see(ben, false);
  await later();
  assert.deepEqual(wanted(), [["a"]]);
});

test("a tile that goes is asked for no more", async () => {
  observer.see(ann);
  observer.see(ben);
  await later();
  pictures.unobserve(ann);
  await later();
  assert.deepEqual(wanted(), [["a", "b"], ["b"]]);
});

test("after a lost connection the server is told again", async () => {
  observer.see(ann);
  await later();
  channel.become("offline");
  channel.become("online");
  await later();
  assert.deepEqual(wanted(), [["a"], ["a"]]);
});

test("while offline nothing is asked", async () => {
  channel.become("offline");
  observer.see(ann);
  await later();
  assert.deepEqual(wanted(), []);
});

test("a page that nobody sees wants no pictures, and wants them back when it is seen again", async () => {
  observer.see(ann);
  await later();
  page.hidden = true;
  page.dispatchEvent(new Event("visibilitychange"));
  await later();
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  await later();
  assert.deepEqual(wanted(), [["a"], [], ["a"]]);
});

test("pictures are passed on as they come", () => {
  const picture = { session_id: "a", image: "xyz", taken_at: "2026-11-22T09:00:00Z" };
  channel.says("snapshot", picture);
  assert.deepEqual(shown, [picture]);
});

test("who may not see pictures is told so once, and who was too fast asks again", async () => {
  channel.answer = () => {
    throw new ChannelError(403, "This is not for the role of reviewer.");
  };
  observer.see(ann);
  await later();
  assert.deepEqual(allowed, [false]);
  channel.answer = () => {
    throw new ChannelError(429, "Too many messages.");
  };
  observer.see(ben);
  await later();
  channel.answer = () => ({});
  mock.timers.tick(3_000);
  await settle();
  assert.deepEqual(allowed, [false, true]);
});

test("once closed it asks for nothing", async () => {
  observer.see(ann);
  pictures.close();
  await later();
  assert.deepEqual(wanted(), []);
});
