import assert from "node:assert/strict";
import { test } from "node:test";
import { distinct, overlap } from "../../../proctor/static/js/detect/boxes.js";
import { objects } from "../../../proctor/static/js/detect/objects.js";
import { faces, persons, severalConfidence, withSides, withVisitors } from "../../../proctor/static/js/detect/people.js";
import { Stillness, brightness, coveredConfidence } from "../../../proctor/static/js/detect/picture.js";
import { Calibration, awayConfidence, look } from "../../../proctor/static/js/detect/pose.js";
import { isVirtualCamera } from "../../../proctor/static/js/detect/virtual-camera.js";
import { LIMITS } from "./limits.js";

/** @param {number[]} numbers */
function box([x = 0, y = 0, width = 0.2, height = 0.2]) {
  return { x, y, width, height };
}

test("boxes overlap by the share of the smaller one", () => {
  assert.equal(overlap(box([0, 0, 1, 1]), box([0.5, 0.5, 0.25, 0.25])), 1);
  assert.equal(overlap(box([0, 0, 0.2, 0.2]), box([0.2, 0, 0.2, 0.2])), 0);
  assert.equal(distinct([{ box: box([0]) }, { box: box([0.01]) }, { box: box([0.5]) }], 0.4).length, 2);
});

test("a face that both detectors found is one face", () => {
  const meshed = [{ score: 1, box: box([0.4, 0.3]) }];
  assert.equal(faces(meshed, [{ score: 0.9, box: box([0.42, 0.32]) }], [], LIMITS).length, 1);
});

test("a far face that only one detector found is a second one, a faint one is not", () => {
  const meshed = [{ score: 1, box: box([0.4, 0.3]) }];
  const far = { score: 0.7, box: box([0.8, 0.1, 0.05, 0.05]) };
  assert.equal(severalConfidence(faces(meshed, [far], [], LIMITS), []), 0.7);
  assert.equal(severalConfidence(faces(meshed, [{ ...far, score: 0.6 }], [], LIMITS), []), 0);
});

test("a faint face counts on a body, and as one face only", () => {
  const faint = [{ score: 0.5, box: box([0.4, 0.2]) }, { score: 0.48, box: box([0.8, 0.2]) }];
  const body = [{ score: 0.9, box: box([0.2, 0, 0.6, 1]) }];
  assert.equal(faces([], faint, [], LIMITS).length, 0);
  assert.equal(faces([], faint, body, LIMITS).length, 1);
});

test("a face in a corner must be surer than in the whole picture, and counts only beside somebody", () => {
  const candidate = [{ score: 1, box: box([0.4, 0.3]) }];
  const inCorner = (/** @type {number} */ score) => [{ score, box: box([0.1, 0.1]) }];
  assert.equal(withVisitors(candidate, inCorner(0.8), LIMITS).length, 2);
  assert.equal(withVisitors(candidate, inCorner(0.7), LIMITS).length, 1);
  assert.equal(withVisitors([], inCorner(0.9), LIMITS).length, 0);
});

test("two bodies are two people although no second face is seen", () => {
  const bodies = [{ score: 0.9, box: box([0, 0, 0.5, 1]) }, { score: 0.6, box: box([0.5, 0, 0.5, 1]) }];
  assert.equal(severalConfidence([], persons(bodies, LIMITS)), 0.6);
});

test("half a body at the edge counts where it is surer in that side's part, and not by that part alone", () => {
  const candidate = { score: 0.9, box: box([0, 0.2, 0.7, 0.8]) };
  const faint = { score: 0.35, box: box([0.8, 0, 0.2, 0.9]) };
  const count = (/** @type {typeof faint[]} */ bodies, /** @type {typeof faint[]} */ atSides) => persons(withSides(bodies, atSides, LIMITS), LIMITS).length;
  assert.equal(count([candidate, faint], [{ ...faint, score: 0.6 }]), 2);
  assert.equal(count([candidate, faint], [{ ...faint, score: 0.5 }]), 1);
  assert.equal(count([candidate, faint], [{ score: 0.9, box: box([0, 0, 0.2, 0.9]) }]), 1);
  assert.equal(count([candidate, { ...faint, score: 0.2 }], [{ ...faint, score: 0.9 }]), 1);
  assert.equal(count([candidate], [{ ...faint, score: 0.9 }]), 1);
});

test("a second box for the same body is not a second person", () => {
  const bodies = [{ score: 0.9, box: box([0.1, 0, 0.6, 1]) }, { score: 0.6, box: box([0.2, 0.1, 0.4, 0.8]) }];
  assert.equal(persons(bodies, LIMITS).length, 1);
});

test("a phone counts in the whole picture, in a part only when it is surer", () => {
  const phone = (/** @type {number} */ score, name = "cell phone") => [{ name, score, box: box([0.5, 0.5]) }];
  assert.equal(objects({ whole: phone(0.42) }, LIMITS).phone, 0.42);
  assert.equal(objects({ whole: phone(0.38) }, LIMITS).phone, 0);
  assert.equal(objects({ left: phone(0.48) }, LIMITS).phone, 0);
  assert.equal(objects({ turned: phone(0.55) }, LIMITS).phone, 0.55);
});

test("a book counts in a part as it does in the whole picture", () => {
  const seen = objects({ middle: [{ name: "book", score: 0.36, box: box([0.4, 0.5]) }] }, LIMITS);
  assert.equal(seen.notes, 0.36);
});

test("what looks like a remote control counts as a phone only when that is quite sure", () => {
  const remote = (/** @type {number} */ score) => [{ name: "remote", score, box: box([0.5, 0.5]) }];
  assert.equal(objects({ whole: remote(0.5) }, LIMITS).phone, 0);
  assert.equal(objects({ whole: remote(0.6) }, LIMITS).phone, 0.6);
});

test("what the cut goes through does not count", () => {
  const atRightEdge = [{ name: "cell phone", score: 0.9, box: box([0.8, 0.5]) }];
  const atLeftEdge = [{ name: "cell phone", score: 0.9, box: box([0, 0.5]) }];
  assert.equal(objects({ left: atRightEdge }, LIMITS).phone, 0);
  assert.equal(objects({ right: atLeftEdge }, LIMITS).phone, 0);
  assert.equal(objects({ left: atLeftEdge }, LIMITS).phone, 0.9);
  assert.equal(objects({ middle: atLeftEdge }, LIMITS).phone, 0);
  assert.equal(objects({ turned: atLeftEdge }, LIMITS).phone, 0.9);
});

test("books are notes, screens and keyboards are devices, cups are nothing", () => {
  const seen = objects({ whole: ["book", "laptop", "cup"].map((name) => ({ name, score: 0.6, box: box([0.1]) })) }, LIMITS);
  assert.deepEqual(seen, { phone: 0, notes: 0.6, device: 0.6, persons: [], atSides: {} });
});

test("bodies are taken from the whole picture only, so that nobody is counted twice", () => {
  const body = { name: "person", score: 0.8, box: box([0.2, 0, 0.5, 1]) };
  assert.equal(objects({ whole: [body], left: [body], right: [body] }, LIMITS).persons.length, 1);
});

const STRAIGHT = { yaw: 0, pitch: 0, side: 0 };

/** @param {number} degrees around the vertical axis, column after column */
function turned(degrees) {
  const angle = (degrees * Math.PI) / 180;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [c, 0, -s, 0, 0, 1, 0, 0, s, 0, c, 0, 0, 0, 0, 1];
}

test("a head's direction is read from its matrix", () => {
  assert.equal(Math.round(look(turned(30), {}).yaw), 30);
  assert.equal(Math.round(look(turned(-20), {}).yaw), -20);
  assert.equal(look(turned(0), { eyeLookOutLeft: 0.8, eyeLookInRight: 0.6 }).side, 0.7);
});

test("looking away is measured from the candidate's own neutral look", () => {
  const leaning = { yaw: 12, pitch: -15, side: 0 };
  assert.equal(awayConfidence({ yaw: 20, pitch: -20, side: 0 }, leaning, LIMITS), 0);
  assert.ok(awayConfidence({ yaw: 20, pitch: -20, side: 0 }, STRAIGHT, LIMITS) > 0.5);
});

test("turning, looking up, down and aside count, each from its own limit", () => {
  for (const away of [{ yaw: 19 }, { yaw: -19 }, { pitch: 15 }, { pitch: -19 }, { side: 0.6 }, { side: -0.6 }]) {
    assert.ok(awayConfidence({ ...STRAIGHT, ...away }, STRAIGHT, LIMITS) >= 0.5, JSON.stringify(away));
  }
  for (const near of [{ yaw: 17 }, { pitch: 13 }, { pitch: -17 }, { side: 0.5 }]) {
    assert.equal(awayConfidence({ ...STRAIGHT, ...near }, STRAIGHT, LIMITS), 0, JSON.stringify(near));
  }
});

test("one glance aside does not shift the neutral look", () => {
  const calibration = new Calibration(3);
  assert.equal(calibration.add(STRAIGHT), null);
  assert.equal(calibration.add({ yaw: 60, pitch: 0, side: 1 }), null);
  assert.deepEqual(calibration.add(STRAIGHT), STRAIGHT);
});

test("a flat picture is a covered lens, a dark room is not", () => {
  const flat = Uint8Array.from({ length: 100 }, (_, index) => 10 + (index % 3));
  const dark = Uint8Array.from({ length: 100 }, (_, index) => (index % 40) + 4);
  assert.ok(coveredConfidence(flat, 6) > 0.5);
  assert.equal(coveredConfidence(dark, 6), 0);
});

test("brightness weighs green most", () => {
  assert.deepEqual([...brightness(Uint8ClampedArray.of(255, 0, 0, 255, 0, 255, 0, 255, 255, 255, 255, 255))], [76, 149, 255]);
});

test("a picture that stays the same for ten seconds is frozen; one pixel is enough to be alive", () => {
  const stillness = new Stillness(10);
  const picture = Uint8Array.of(1, 2, 3);
  assert.equal(stillness.add(picture, 1000), false);
  assert.equal(stillness.add(Uint8Array.of(1, 2, 3), 10_900), false);
  assert.equal(stillness.add(null, 11_000), true);
  assert.equal(stillness.add(Uint8Array.of(1, 2, 4), 11_500), false);
});

test("cameras that are programs are known by their names", () => {
  for (const label of ["OBS Virtual Camera", "fake_device_0", "Snap Camera", "ManyCam Video Source", "v4l2loopback (Dummy video)", "NDI Video"]) {
    assert.ok(isVirtualCamera(label), label);
  }
  for (const label of ["FaceTime HD Camera", "Logitech BRIO (046d:085e)", "Integrated Camera", "Robson Webcam", ""]) {
    assert.ok(!isVirtualCamera(label), label);
  }
});
