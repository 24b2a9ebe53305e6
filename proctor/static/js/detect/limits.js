/**
 * How sure the detection must be, as the exam's policy says. Names, defaults and ranges are the server's
 * (`proctor/domain/thresholds.py`); nothing here has a default of its own.
 */

/**
 * @typedef {object} Limits
 * @property {number} face_score
 * @property {number} person_score
 * @property {number} phone_score
 * @property {number} notes_score
 * @property {number} device_score
 * @property {number} voice_score
 * @property {number} away_aside_deg
 * @property {number} away_up_deg
 * @property {number} away_down_deg
 * @property {number} away_eyes
 * @property {number} covered_spread
 * @property {number} frozen_s
 */

export {};
