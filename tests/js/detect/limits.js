/** What the rules' tests compare with; the server's own numbers are in `proctor/domain/thresholds.py`. */

/** @type {import("../../../proctor/static/js/detect/limits.js").Limits} */
export const LIMITS = {
  face_score: 0.65,
  person_score: 0.5,
  phone_score: 0.4,
  notes_score: 0.35,
  device_score: 0.38,
  voice_score: 0.5,
  away_aside_deg: 18,
  away_up_deg: 14,
  away_down_deg: 18,
  away_eyes: 0.58,
  covered_spread: 6,
  frozen_s: 10,
};
