/**
 * Plays the recordings of one exam in step. One of them leads: its own clock is the exam's, and the other is set right
 * when it is more than 150 ms off. Where the one that leads has nothing, the other takes over; where neither has, that
 * time is skipped. Knows no document: videos come in, positions come out.
 */

import { examTimeAt, fileTimeAt, nextStart } from "./segments.js";

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
/** From here on a jump of the leader's clock is a gap in its recording and no late tick. */
const GAP_S = 1;
const TICK_MS = 100;
const HAS_NEXT_FRAME = 3;

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
    for (const track of this.#tracks) this.#place(track);
    this.#tell();
  }

  play() {
    if (!this.canPlay) return;
    if (this.#atS >= this.#durationS) this.seek(0);
    this.#isPlaying = true;
    if (!this.#leader) this.#skip();
    for (const track of this.#tracks) this.#place(track);
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
   * @param {Video} video
   */
  isShown(video) {
    const track = this.#tracks.find((known) => known.video === video);
    return track !== undefined && fileTimeAt(track.segments, this.#atS) !== null;
  }

  /** Moves on with the leader, and sets the other right. */
  tick() {
    if (!this.#isPlaying) return;
    const leader = this.#leader;
    if (!leader) return this.#skip();
    const { video } = leader;
    if (video.seeking || video.readyState < HAS_NEXT_FRAME) return this.#wait(leader);
    this.#follow(leader);
    if (this.#atS >= this.#durationS || (video.ended && !this.#leader)) return this.#end();
    const next = this.#leader;
    // Where the camera begins again, it takes the lead back.
    if (next && next !== leader) this.#place(next);
    for (const track of this.#tracks) if (track !== next) this.#correct(track);
    this.#tell();
  }

  close() {
    this.#clearInterval(this.#timer);
    this.#listeners.clear();
    for (const { video } of this.#tracks) video.pause();
  }

  /** The first recording that has what the playhead stands on. */
  get #leader() {
    return this.#tracks.find(({ segments }) => fileTimeAt(segments, this.#atS) !== null);
  }

  get #nextStart() {
    const starts = this.#tracks.map(({ segments }) => nextStart(segments, this.#atS)).filter((atS) => atS !== null);
    return starts.length ? Math.min(...starts) : null;
  }

  /** @param {Track} leader */
  #follow(leader) {
    const nowS = leader.video.ended ? endOf(leader.segments) : examTimeAt(leader.segments, leader.video.currentTime);
    const gapAtS = this.#gapBefore(leader, nowS);
    if (gapAtS === null) {
      this.#atS = Math.min(nowS, this.#durationS);
      return run(leader.video);
    }
    // The leader has come to a gap. Its file goes on behind it, but another recording may have what is missing.
    const other = this.#tracks.find((track) => track !== leader && fileTimeAt(track.segments, gapAtS) !== null);
    this.#atS = other ? gapAtS : Math.min(nowS, this.#durationS);
    if (other) for (const track of this.#tracks) this.#place(track);
  }

  /**
   * Where the gap begins that the leader has just left behind; `null` where there is none.
   * @param {Track} leader
   * @param {number} nowS
   */
  #gapBefore({ segments }, nowS) {
    if (nowS - this.#atS < GAP_S) return null;
    const left = segments.find(({ atS, durationS }) => this.#atS >= atS && this.#atS < atS + durationS);
    const endS = left ? left.atS + left.durationS : null;
    return endS !== null && nowS > endS ? endS : null;
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

  /** @param {Track} track */
  #correct({ video, segments }) {
    const wantedS = fileTimeAt(segments, this.#atS);
    if (wantedS === null) return video.paused || video.pause();
    if (!video.seeking && Math.abs(video.currentTime - wantedS) > OFF_S) video.currentTime = wantedS;
    run(video);
  }

  /**
   * Puts a recording where the playhead is, running or not.
   * @param {Track} track
   */
  #place({ video, segments }) {
    const wantedS = fileTimeAt(segments, this.#atS);
    if (wantedS !== null && Math.abs(video.currentTime - wantedS) > 0.01) video.currentTime = wantedS;
    if (wantedS === null || !this.#isPlaying) video.pause();
    else run(video);
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}

/**
 * A video that has come to its end would begin anew.
 * @param {Video} video
 */
function run(video) {
  if (video.paused && !video.ended) void video.play().catch(() => {});
}

/** @param {Segment[]} segments */
function endOf(segments) {
  const last = segments.at(-1);
  return last ? last.atS + last.durationS : 0;
}
