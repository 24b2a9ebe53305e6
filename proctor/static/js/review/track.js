/**
 * A recording as it is played: a video, and where its file stands in the exam. Here a video is asked what it shows, and
 * put where the playhead is; which of several leads is for `playback.js`.
 */

import { endOf, examTimeAt, fileTimeAt, nextStart } from "./segments.js";

/** @typedef {import("./segments.js").Segment} Segment */

/**
 * @typedef {object} Video what it needs of a video element
 * @property {number} currentTime
 * @property {number} playbackRate
 * @property {boolean} paused
 * @property {boolean} seeking
 * @property {boolean} ended
 * @property {number} readyState
 * @property {() => Promise<void>} play
 * @property {() => void} pause
 */

/** @typedef {{video: Video, segments: Segment[]}} Track */

const OFF_S = 0.15;
const HAS_NEXT_FRAME = 3;

/**
 * Whether a moment of the exam is in this recording.
 * @param {Track} track
 * @param {number} atS
 */
export function has({ segments }, atS) {
  return fileTimeAt(segments, atS) !== null;
}

/**
 * The first moment from this one on that the recording has; `null` where there is none.
 * @param {Track} track
 * @param {number} atS
 */
export function goesOnAt(track, atS) {
  return has(track, atS) ? atS : nextStart(track.segments, atS);
}

/**
 * The moment of the exam that the video shows.
 * @param {Track} track
 */
export function shownAt({ video, segments }) {
  return video.ended ? endOf(segments) : examTimeAt(segments, video.currentTime);
}

/** @param {Track} track */
export function isLoading({ video }) {
  return video.seeking || video.readyState < HAS_NEXT_FRAME;
}

/**
 * Puts a recording where the playhead is, running or not.
 * @param {Track} track
 * @param {number} atS
 * @param {boolean} isPlaying
 */
export function place({ video, segments }, atS, isPlaying) {
  const wantedS = fileTimeAt(segments, atS);
  if (wantedS !== null && Math.abs(video.currentTime - wantedS) > 0.01) video.currentTime = wantedS;
  if (wantedS === null || !isPlaying) video.pause();
  else run(video);
}

/**
 * Lets a recording run along, and sets it right where it is far off: each jump is seen.
 * @param {Track} track
 * @param {number} atS
 */
export function correct({ video, segments }, atS) {
  const wantedS = fileTimeAt(segments, atS);
  if (wantedS === null) return video.paused || video.pause();
  if (!video.seeking && Math.abs(video.currentTime - wantedS) > OFF_S) video.currentTime = wantedS;
  run(video);
}

/**
 * A video that has come to its end would begin anew.
 * @param {Video} video
 */
export function run(video) {
  if (video.paused && !video.ended) void video.play().catch(() => {});
}
