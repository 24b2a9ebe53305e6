/**
 * Where a moment of the exam stands in a recording. The file leaves out what was not recorded, so that its time and
 * the exam's run apart at each gap. Pure; all times are in seconds, those of the exam since its start.
 */

/** @typedef {{atS: number, offsetS: number, durationS: number}} Segment a stretch without interruption */

/**
 * @typedef {object} Recording as `GET /api/proctor/sessions/<id>/recordings` lists it
 * @property {string} kind `camera`, `screen`, or `upload` for a file that was sent whole
 * @property {"receiving" | "processing" | "ready" | "failed"} state
 * @property {string | null} video_path
 * @property {string | null} sha256
 * @property {number | null} duration_s
 * @property {number} received_bytes
 * @property {{starts_at: string, offset_s: number, duration_s: number}[]} segments
 */

/** From here on a jump of a recording's clock is a gap in it and no late tick. */
const GAP_S = 1;

/**
 * A file that was sent whole is taken to begin with the exam, and to go on as long as it does.
 * @param {Recording} recording
 * @param {string} startsAt when the exam began
 * @returns {Segment[]}
 */
export function segmentsOf(recording, startsAt) {
  if (!recording.segments.length) return [{ atS: 0, offsetS: 0, durationS: recording.duration_s ?? Infinity }];
  const start = Date.parse(startsAt);
  return recording.segments
    .map((segment) => ({
      atS: (Date.parse(segment.starts_at) - start) / 1000,
      offsetS: segment.offset_s,
      durationS: segment.duration_s,
    }))
    .sort((one, other) => one.atS - other.atS);
}

/**
 * The place in the file; `null` where that moment was not recorded.
 * @param {Segment[]} segments
 * @param {number} atS
 */
export function fileTimeAt(segments, atS) {
  const found = segments.find((segment) => atS >= segment.atS && atS < segment.atS + segment.durationS);
  return found ? found.offsetS + atS - found.atS : null;
}

/**
 * The moment of the exam that a place in the file shows.
 * @param {Segment[]} segments
 * @param {number} fileS
 */
export function examTimeAt(segments, fileS) {
  const found = segments.filter((segment) => fileS >= segment.offsetS).at(-1) ?? segments[0];
  if (!found) return fileS;
  return found.atS + Math.min(Math.max(fileS - found.offsetS, 0), found.durationS);
}

/**
 * When the recording goes on after a moment that it does not have; `null` where it does not.
 * @param {Segment[]} segments
 * @param {number} atS
 */
export function nextStart(segments, atS) {
  return segments.find((segment) => segment.atS > atS)?.atS ?? null;
}

/**
 * Where the gap begins between two moments that are shown one after the other; `null` where there is none.
 * @param {Segment[]} segments
 * @param {number} fromS
 * @param {number} toS
 */
export function gapBetween(segments, fromS, toS) {
  if (toS - fromS < GAP_S) return null;
  const left = segments.find(({ atS, durationS }) => fromS >= atS && fromS < atS + durationS);
  const endS = left ? left.atS + left.durationS : null;
  return endS !== null && toS > endS ? endS : null;
}

/** @param {Segment[]} segments */
export function endOf(segments) {
  const last = segments.at(-1);
  return last ? last.atS + last.durationS : 0;
}
