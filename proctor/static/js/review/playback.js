/**
 * Plays the recordings of one exam in step. One of them leads: its own clock is the exam's, and the other is set right
 * when it is more than 150 ms off. Where the one that leads has nothing, the other takes over; where neither has, that
 * time is skipped. Knows no document: videos come in, positions come out.
 */

import { endOf, gapBetween, nextStart } from "./segments.js";
import { correct, goesOnAt, has, isLoading, place, run, shownAt } from "./track.js";

/** @typedef {import("./track.js").Track} Track */

const TICK_MS = 100;

export class Playback {
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {Track[]} */
  #tracks = [];
  #atS = 0;
  #rate = 1;
  #isPlaying = false;
  #durationS;
  #timer;
  #clearInterval;

  /**
   * @param {number} durationS how long the exam was
   * @param {{setInterval?: (fn: () => void, ms: number) => any, clearInterval?: (id: any) => void}} [timers]
   */
  constructor(durationS, timers = {}) {
    this.#durationS = durationS;
    this.#clearInterval = timers.clearInterval ?? ((id) => clearInterval(id));
    this.#timer = (timers.setInterval ?? setInterval)(() => this.tick(), TICK_MS);
  }

  /** Where the exam is shown, in seconds since its start. */
  get atS() {
    return this.#atS;
  }

  get isPlaying() {
    return this.#isPlaying;
  }

  get rate() {
    return this.#rate;
  }

  get durationS() {
    return this.#durationS;
  }

  get canPlay() {
    return this.#tracks.length > 0;
  }

  /**
   * Call `fn` whenever anything moves.
   * @param {() => void} fn
   */
  onChange(fn) {
    this.#listeners.add(fn);
  }

  /**
   * Takes these recordings, the one that leads first.
   * @param {Track[]} tracks
   */
  setTracks(tracks) {
    // While another recording is awaited they are told again and again, and each seek is seen.
    if (isAlike(tracks, this.#tracks)) return;
    for (const { video } of this.#tracks) if (!tracks.some((track) => track.video === video)) video.pause();
    this.#tracks = tracks;
    this.setRate(this.#rate);
    // Recordings begin when the camera does. Before that there is nothing to see, so nobody should have to look for it.
    const first = this.#atS === 0 && !this.#leader ? this.#nextStart : null;
    this.seek(first ?? this.#atS);
  }

  /** @param {number} atS */
  seek(atS) {
    this.#atS = Math.min(Math.max(atS, 0), this.#durationS);
    this.#placeAll();
    this.#tell();
  }

  play() {
    if (!this.canPlay) return;
    if (this.#atS >= this.#durationS) this.seek(0);
    this.#isPlaying = true;
    if (!this.#leader) this.#skip();
    this.#placeAll();
    this.#tell();
  }

  pause() {
    this.#isPlaying = false;
    for (const { video } of this.#tracks) video.pause();
    this.#tell();
  }

  toggle() {
    if (this.#isPlaying) this.pause();
    else this.play();
  }

  /** @param {number} rate */
  setRate(rate) {
    this.#rate = rate;
    for (const { video } of this.#tracks) video.playbackRate = rate;
    this.#tell();
  }

  /**
   * Whether a recording has what the playhead stands on.
   * @param {import("./track.js").Video} video
   */
  isShown(video) {
    const track = this.#tracks.find((known) => known.video === video);
    return track !== undefined && has(track, this.#atS);
  }

  /** Moves on with the leader, and sets the other right. */
  tick() {
    if (!this.#isPlaying) return;
    const leader = this.#leader;
    if (!leader) return this.#skip();
    if (isLoading(leader)) return this.#wait(leader);
    this.#follow(leader);
    if (this.#atS >= this.#durationS) return this.#end();
    if (leader.video.ended && !this.#leader) return this.#skip();
    const next = this.#leader;
    // Where the camera begins again, it takes the lead back.
    if (next && next !== leader) place(next, this.#atS, true);
    for (const track of this.#tracks) if (track !== next) correct(track, this.#atS);
    this.#tell();
  }

  close() {
    this.#clearInterval(this.#timer);
    this.#listeners.clear();
    for (const { video } of this.#tracks) video.pause();
  }

  /** The first recording that has what the playhead stands on. */
  get #leader() {
    return this.#tracks.find((track) => has(track, this.#atS));
  }

  get #nextStart() {
    return earliest(this.#tracks.map(({ segments }) => nextStart(segments, this.#atS)));
  }

  /** @param {Track} leader */
  #follow(leader) {
    const nowS = shownAt(leader);
    const gapAtS = gapBetween(leader.segments, this.#atS, nowS);
    if (gapAtS === null) {
      this.#atS = Math.min(nowS, this.#durationS);
      return run(leader.video);
    }
    // The leader has come to a gap. Its file goes on behind it, but another recording may have what is missing.
    const otherAtS = earliest(this.#tracks.map((track) => (track === leader ? null : goesOnAt(track, gapAtS))));
    const isOther = otherAtS !== null && otherAtS < nowS;
    this.#atS = isOther ? otherAtS : Math.min(nowS, this.#durationS);
    if (isOther) this.#placeAll();
  }

  /** Nothing has this moment: goes on where something begins again. */
  #skip() {
    const start = this.#nextStart;
    if (start === null) this.#end();
    else this.seek(start);
  }

  /**
   * The leader is loading: the other must not run ahead.
   * @param {Track} leader
   */
  #wait(leader) {
    for (const { video } of this.#tracks) if (video !== leader.video && !video.paused) video.pause();
  }

  #end() {
    if (!this.#leader) this.#atS = Math.min(Math.max(this.#atS, ...this.#tracks.map(({ segments }) => endOf(segments))), this.#durationS);
    this.pause();
  }

  /** Puts each recording where the playhead is. */
  #placeAll() {
    for (const track of this.#tracks) place(track, this.#atS, this.#isPlaying);
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

/** @param {(number | null)[]} moments */
function earliest(moments) {
  const known = moments.filter((atS) => atS !== null);
  return known.length ? Math.min(...known) : null;
}

/**
 * @param {Track[]} some
 * @param {Track[]} others
 */
function isAlike(some, others) {
  return some.length === others.length && some.every(({ video, segments }, index) => {
    const other = others[index];
    return other?.video === video && JSON.stringify(segments) === JSON.stringify(other.segments);
  });
}
