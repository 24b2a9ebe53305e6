/**
 * Cameras that are programs: they can play a recording. Their name gives many of them away; a name can be changed, so
 * this is a hint and no more.
 */

const NAMES = [
  "virtual", "fake", "dummy", "loopback", "v4l2loopback", "obs", "manycam", "xsplit", "snap camera", "camtwist",
  "sparkocam", "splitcam", "webcamoid", "altercam", "chromacam", "mmhmm", "prism live", "ndi", "youcam", "e2esoft",
];
const PATTERN = new RegExp(`(^|[^a-z])(${NAMES.join("|")})([^a-z]|$)`);

/**
 * Whether a camera of this name is likely to be a program.
 * @param {string} label as the browser gives it
 */
export function isVirtualCamera(label) {
  return PATTERN.test(label.toLowerCase().replaceAll("_", " "));
}
