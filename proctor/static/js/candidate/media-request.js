/** What is asked of the browser for camera and microphone, and what its refusals mean. */

/** @typedef {"camera" | "microphone"} Kind */
/** @typedef {"passed" | "denied" | "missing" | "busy" | "failed"} MediaOutcome */
/** @typedef {Pick<Storage, "getItem" | "setItem">} Memory the devices used last */

/** Enough to know a face and a desk; more would cost the candidate's upload and battery. */
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24 }, facingMode: "user" };

/** Noise suppression would remove a whisper from the side, which is what a proctor listens for. */
const SOUND = { echoCancellation: true, noiseSuppression: false, autoGainControl: true };

/** @type {Record<string, MediaOutcome>} */
const OUTCOMES = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/**
 * What a refused device means for the candidate.
 * @param {unknown} error
 * @returns {MediaOutcome}
 */
export function mediaOutcome(error) {
  return OUTCOMES[error instanceof Error ? error.name : ""] ?? "failed";
}

/**
 * @param {Kind[]} kinds what to open
 * @param {Memory} memory
 * @param {string} [deviceId] it must be this device; else the one used last, if it is there
 * @returns {MediaStreamConstraints}
 */
export function constraints(kinds, memory, deviceId) {
  return {
    video: kinds.includes("camera") && { ...device("camera", memory, deviceId), ...PICTURE },
    audio: kinds.includes("microphone") && { ...device("microphone", memory, deviceId), ...SOUND },
  };
}

/**
 * Keep in mind which device a track comes from.
 * @param {Kind} kind
 * @param {MediaStreamTrack} track
 * @param {Memory} memory
 */
export function remember(kind, track, memory) {
  const deviceId = track.getSettings().deviceId;
  if (deviceId) memory.setItem(`proctor.${kind}`, deviceId);
}

/**
 * @param {Kind} kind
 * @param {Memory} memory
 * @param {string} [deviceId]
 */
function device(kind, memory, deviceId) {
  if (deviceId) return { deviceId: { exact: deviceId } };
  const remembered = memory.getItem(`proctor.${kind}`);
  return remembered ? { deviceId: { ideal: remembered } } : {};
}
