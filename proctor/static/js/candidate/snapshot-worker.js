/** The worker that takes pictures for the wall: its timers keep their time while nobody sees the page. */

import { AskedFrames, TrackFrames } from "../detect/frames.js";
import { scope } from "../detect/worker-scope.js";
import { SmallPicture } from "./small-picture.js";

const EVERY_MS = 5_000;

/** @type {TrackFrames | AskedFrames | null} */
let frames = null;
/** @type {Promise<unknown>} pictures are taken one after another */
let turn = Promise.resolve();
const smaller = new SmallPicture(async (picture, { width, height }, quality) => {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
  return canvas.convertToBlob({ type: "image/jpeg", quality });
});

/** @type {Record<string, (message: any) => unknown>} */
const handlers = {
  camera: ({ readable }) => setFrames(readable ? new TrackFrames(readable) : new AskedFrames()),
  no_camera: () => setFrames(null),
  picture: ({ picture }) => frames instanceof AskedFrames && frames.answer(picture),
  take: ({ flagId }) => void (turn = turn.then(() => take(flagId)).catch(() => {})),
};
scope.onmessage = ({ data }) => void handlers[data.kind]?.(data);

/** @param {TrackFrames | AskedFrames | null} next */
function setFrames(next) {
  frames?.close();
  frames = next;
}

/** @param {string | null} flagId the flag that the server asked about */
async function take(flagId) {
  const picture = await frames?.next();
  if (!picture) return;
  const blob = await smaller.of(picture);
  picture.close();
  if (blob) scope.postMessage({ kind: "taken", image: await base64(blob), flagId });
}

/** @param {Blob} blob */
async function base64(blob) {
  return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
}

const again = () => handlers.take?.({ flagId: null });
// A hall that starts together would otherwise send together, every five seconds.
setTimeout(() => {
  again();
  setInterval(again, EVERY_MS);
}, Math.random() * EVERY_MS);
