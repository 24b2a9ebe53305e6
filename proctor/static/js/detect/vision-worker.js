/** The worker that sees: loads the models, takes the camera from the page and tells what it notices. */

import { AskedFrames, TrackFrames } from "./frames.js";
import { Judge } from "./judge.js";
import { brightness } from "./picture.js";
import { Sampler } from "./sampler.js";
import { VisionModels } from "./vision-models.js";
import { scope } from "./worker-scope.js";

const SMALL = { width: 64, height: 48 };

/** @type {Sampler | undefined} */
let sampler;
/** @type {TrackFrames | AskedFrames | null} */
let frames = null;

/** @type {Record<string, (message: any) => unknown>} */
const handlers = {
  load: ({ files }) => load(files),
  camera: ({ readable }) => setFrames(readable ? new TrackFrames(readable) : new AskedFrames()),
  no_camera: () => setFrames(null),
  picture: ({ picture }) => frames instanceof AskedFrames && frames.answer(picture),
  calibrate: async () => scope.postMessage({ kind: "neutral", neutral: (await sampler?.calibrate()) ?? null }),
  watch: ({ limits, before }) => watch(limits, before),
};
scope.onmessage = ({ data }) => void handlers[data.kind]?.(data);

/** @param {import("./vision-models.js").VisionFiles} files */
async function load(files) {
  try {
    const models = await VisionModels.load(files, () => scope.postMessage({ kind: "part" }));
    sampler = new Sampler({
      eyes: {
        facesIn: (picture, corner) => models.facesIn(picture, corner),
        thingsIn: (picture, parts) => models.thingsIn(picture, parts),
        shadesOf: shadesOf(),
      },
      now: () => performance.now(),
      sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
      onPace: (window) => scope.postMessage({ kind: "pace", ...window }),
    });
    sampler.setFrames(frames);
    scope.postMessage({ kind: "ready" });
  } catch (error) {
    scope.postMessage({ kind: "failed", reason: String(error) });
  }
}

/** @param {TrackFrames | AskedFrames | null} next */
function setFrames(next) {
  frames?.close();
  frames = next;
  sampler?.setFrames(next);
}

/**
 * @param {import("./limits.js").Limits} limits
 * @param {import("./vision.js").Before} before
 */
async function watch(limits, before) {
  /** @type {Judge} */
  const judge = new Judge((eventType, payload) => scope.postMessage({ kind: "event", eventType, payload, open: judge.open }), limits, {
    ...before,
    now: performance.now(),
  });
  try {
    await sampler?.watch(judge);
  } catch (error) {
    scope.postMessage({ kind: "broken", reason: String(error) });
  }
}

function shadesOf() {
  const canvas = new OffscreenCanvas(SMALL.width, SMALL.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no 2D canvas in the worker");
  return (/** @type {ImageBitmap} */ picture) => {
    context.drawImage(picture, 0, 0, SMALL.width, SMALL.height);
    return brightness(context.getImageData(0, 0, SMALL.width, SMALL.height).data);
  };
}
