/**
 * Turns what the models saw in one picture after the other into conditions. Knows no model, no camera and no clock.
 */

import { Conditions } from "./conditions.js";
import { objects } from "./objects.js";
import { faces, persons, severalConfidence, withSides, withVisitors } from "./people.js";
import { Stillness, coveredConfidence } from "./picture.js";
import { Calibration, awayConfidence } from "./pose.js";

/** @typedef {import("./pose.js").Look} Look */
/** @typedef {import("./people.js").Found} Found */
/** @typedef {import("./people.js").Corner} Corner */

/** Bodies are looked for less often than faces; what was seen last counts for a while. */
const PERSONS_HOLD_MS = 2500;
/** Corners and sides take turns, so what was seen in one counts until it is looked at again. */
const TURN_HOLD_MS = 2500;
/** @typedef {{found: Found[], at: number}} Seen */
/** @type {Seen} */
const NOTHING = { found: [], at: -Infinity };
/** Enough to know someone's usual look where the system check could not measure it. */
const OWN_CALIBRATION = 20;

export class Judge {
  #conditions;
  #stillness;
  #calibration = new Calibration(OWN_CALIBRATION);
  /** @type {Look | null} */
  #neutral;
  /** @type {Seen} */
  #persons = NOTHING;
  /** @type {Record<Corner, Seen>} */
  #corners = { left: NOTHING, right: NOTHING };
  /** @type {Record<import("./objects.js").Side, Seen>} */
  #sides = { left: NOTHING, right: NOTHING };
  #limits;

  /**
   * @param {import("./conditions.js").Report} report
   * @param {import("./limits.js").Limits} limits
   * @param {{open?: string[], neutral?: Look | null, now?: number}} [before]
   */
  constructor(report, limits, { open = [], neutral = null, now = 0 } = {}) {
    this.#limits = limits;
    this.#stillness = new Stillness(limits.frozen_s);
    this.#neutral = neutral;
    const names = /** @type {const} */ (["no_face", "multiple_faces", "looking_away", "phone", "notes", "device", "covered", "frozen"]);
    this.#conditions = new Conditions([...names], report, { open, now });
  }

  /** The start events of what is open now. */
  get open() {
    return this.#conditions.open;
  }

  /**
   * @param {import("./vision-models.js").FacesSeen} seen
   * @param {Corner | null} corner that was looked at more closely
   * @param {number} at
   */
  faces({ meshed, detected, inCorner, look }, corner, at) {
    if (corner) this.#corners[corner] = { found: inCorner, at };
    const inCorners = recent(this.#corners, at);
    const bodies = this.#bodies(at);
    const all = withVisitors(faces(meshed, detected, bodies, this.#limits), inCorners, this.#limits);
    const several = all.length ? severalConfidence(all, bodies) : 0;
    this.#count(all.length ? 0 : 1 - surest(detected), several, at);
    // Of several people nobody knows which one is the candidate.
    if (look && all.length === 1 && several === 0) this.#look(look, at);
    for (const other of /** @type {const} */ (["no_face", "multiple_faces"])) {
      if (this.#conditions.isOpen(other)) this.#conditions.end(other, ["looking_away"]);
    }
  }

  /**
   * @param {Parameters<typeof objects>[0]} found
   * @param {number} at
   */
  objects(found, at) {
    const { phone, notes, device, persons: bodies, atSides } = objects(found, this.#limits);
    this.#conditions.add("phone", phone, at);
    this.#conditions.add("notes", notes, at);
    this.#conditions.add("device", device, at);
    this.#persons = { found: bodies, at };
    for (const side of /** @type {const} */ (["left", "right"])) {
      const seen = atSides[side];
      if (seen) this.#sides[side] = { found: seen, at };
    }
  }

  /**
   * @param {Uint8Array | null} shades null where the camera gave no picture
   * @param {number} at
   */
  picture(shades, at) {
    if (shades) this.#conditions.add("covered", coveredConfidence(shades, this.#limits.covered_spread), at);
    // A covered lens may well give the same picture for ever; that is told already.
    const isStill = this.#stillness.add(shades, at) && !this.#conditions.isOpen("covered");
    this.#conditions.add("frozen", isStill ? 1 : 0, at);
  }

  /** The camera went off. */
  blind() {
    this.#stillness = new Stillness(this.#limits.frozen_s);
    this.#conditions.end("camera_off");
  }

  /** Objects are no longer looked for. */
  withoutObjects() {
    this.#conditions.end("not_looked_for", ["phone", "notes", "device"]);
    this.#persons = NOTHING;
  }

  /**
   * @param {number} at
   * @returns {Found[]} each person once
   */
  #bodies(at) {
    if (at - this.#persons.at > PERSONS_HOLD_MS) return [];
    return persons(withSides(this.#persons.found, recent(this.#sides, at), this.#limits), this.#limits);
  }

  /**
   * To the server nobody and several exclude each other, each event ending the other's condition: so whatever ends by
   * this sample is told before what begins.
   * @param {number} nobody
   * @param {number} several
   * @param {number} at
   */
  #count(nobody, several, at) {
    if (nobody) this.#conditions.add("multiple_faces", 0, at);
    this.#conditions.add("no_face", nobody, at);
    if (!nobody) this.#conditions.add("multiple_faces", several, at);
  }

  /**
   * @param {Look} look
   * @param {number} at
   */
  #look(look, at) {
    if (this.#neutral) this.#conditions.add("looking_away", awayConfidence(look, this.#neutral, this.#limits), at);
    else this.#neutral = this.#calibration.add(look);
  }
}

/**
 * How sure the detector is of the best that it found.
 * @param {Found[]} detected
 */
function surest(detected) {
  return detected.reduce((most, { score }) => Math.max(most, score), 0);
}

/**
 * @param {Record<string, Seen>} byTurn
 * @param {number} at
 */
function recent(byTurn, at) {
  return Object.values(byTurn).flatMap((seen) => (at - seen.at <= TURN_HOLD_MS ? seen.found : []));
}
