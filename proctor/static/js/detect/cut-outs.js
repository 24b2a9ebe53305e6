/** Parts of a picture as pictures of their own, for models that see small things better when they are large. */

/** @typedef {import("./boxes.js").Box} Box */

const canvas = new OffscreenCanvas(1, 1);

/**
 * @param {ImageBitmap} picture
 * @param {Box & {isTurned?: boolean}} part the whole picture, where it is turned
 * @returns {Promise<ImageBitmap>} to be closed by whoever asked for it
 */
export async function cutOut(picture, { x, y, width, height, isTurned = false }) {
  if (isTurned) return turned(picture);
  const { width: w, height: h } = picture;
  return createImageBitmap(picture, Math.round(x * w), Math.round(y * h), Math.round(width * w), Math.round(height * h));
}

/**
 * The picture on its right side.
 * @param {ImageBitmap} picture
 */
function turned(picture) {
  [canvas.width, canvas.height] = [picture.height, picture.width];
  const context = canvas.getContext("2d");
  context?.translate(picture.height, 0);
  context?.rotate(Math.PI / 2);
  context?.drawImage(picture, 0, 0);
  return canvas.transferToImageBitmap();
}
