/** Which recordings are played, and in words why there are none. Pure. */

/** @typedef {import("./segments.js").Recording} Recording */

/**
 * The recordings that can be played, by the picture they belong into: what was joined so far, also where more comes in.
 * A file that was sent whole stands in for the camera where that was not recorded.
 * @param {Recording[]} recordings
 * @returns {{camera: Recording | null, screen: Recording | null}}
 */
export function playable(recordings) {
  const ready = recordings.filter(({ video_path: path }) => path !== null);
  const of = (/** @type {string} */ kind) => ready.find((recording) => recording.kind === kind) ?? null;
  return { camera: of("camera") ?? of("upload"), screen: of("screen") };
}

/** @param {Recording[]} recordings */
export function isExpected(recordings) {
  return recordings.some(({ state }) => state === "receiving" || state === "processing");
}

/**
 * Why something cannot be played: the key of a sentence, and what it names. `null` where all there is can be.
 * @param {Recording[]} recordings
 * @param {string} recorded what the exam records: `off`, `on_flags` or `full`
 * @returns {{key: string, values: Record<string, string>} | null}
 */
export function explain(recordings, recorded) {
  const waiting = recordings.find(({ state }) => state === "receiving");
  if (waiting) {
    const bytes = recordings.reduce((sum, { state, received_bytes: size }) => sum + (state === "receiving" ? size : 0), 0);
    return { key: "recording.receiving", values: { size: (bytes / 1e6).toFixed(1) } };
  }
  if (recordings.some(({ state }) => state === "processing")) return { key: "recording.processing", values: {} };
  if (recordings.some(({ state }) => state === "failed")) return { key: "recording.failed", values: {} };
  if (recordings.length) return null;
  return { key: { off: "recording.off", on_flags: "recording.no_flags" }[recorded] ?? "recording.missing", values: {} };
}

/** @typedef {"unplayable" | "signed_out" | "unreachable" | "gone"} Failure why a file that there is does not play */

const BROKEN_OFF = 2;

/**
 * What is to be said of a file that does not play. A browser tells only that it could not: the rest is in how the
 * server answers who asks for the file.
 * @param {number} code of the `MediaError`
 * @param {number} status 0 where no answer came
 * @returns {Failure}
 */
export function failureOf(code, status) {
  if (status === 401) return "signed_out";
  if (status === 403 || status === 404 || status === 410) return "gone";
  const isAnswered = status > 0 && status < 500 && status !== 429;
  return isAnswered && code !== BROKEN_OFF ? "unplayable" : "unreachable";
}

/**
 * Whether it may well play a moment later.
 * @param {Failure | null} failure
 */
export function isPassing(failure) {
  return failure === "signed_out" || failure === "unreachable";
}
