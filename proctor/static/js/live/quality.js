/** How good a connection is, from what the browser counts (W3C WebRTC statistics): numbers, and one word for them. */

/**
 * @typedef {object} Quality
 * @property {number | null} roundTripMs
 * @property {number | null} lossPercent of the packets since the reading before
 * @property {number | null} kbitPerS of everything that came, or went
 * @property {number | null} width of the largest picture
 * @property {number | null} height
 * @property {number | null} framesPerS of the liveliest picture: a screen on which nothing moves sends few
 */

/** @typedef {"good" | "fair" | "poor"} QualityWord */
/** @typedef {{at: number, bytes: number, packets: number, lost: number}} Counted */
/** @typedef {Pick<RTCPeerConnection, "getStats">} Measured */

const EVERY_MS = 2_000;
const FAIR = { roundTripMs: 300, lossPercent: 3, framesPerS: 10 };
const POOR = { roundTripMs: 800, lossPercent: 10, framesPerS: 4 };

/**
 * One word for the worst of it.
 * @param {Quality} quality
 * @returns {QualityWord | null} `null` while nothing is known
 */
export function wordFor({ roundTripMs, lossPercent, framesPerS }) {
  if (roundTripMs === null && lossPercent === null && framesPerS === null) return null;
  /** @param {{roundTripMs: number, lossPercent: number, framesPerS: number}} mark */
  const isBeyond = (mark) =>
    (roundTripMs ?? 0) > mark.roundTripMs || (lossPercent ?? 0) > mark.lossPercent || (framesPerS ?? 99) < mark.framesPerS;
  if (isBeyond(POOR)) return "poor";
  return isBeyond(FAIR) ? "fair" : "good";
}

/**
 * Reads the reports of one connection.
 * @param {Iterable<any>} reports
 * @param {Counted | null} before what was counted at the reading before
 * @param {number} at milliseconds
 * @returns {{quality: Quality, counted: Counted}}
 */
export function readQuality(reports, before, at) {
  const all = [...reports];
  const media = all.filter(({ type }) => type === "inbound-rtp" || type === "outbound-rtp");
  const told = all.filter(({ type }) => type === "inbound-rtp" || type === "remote-inbound-rtp");
  const pair = all.find(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
  const remote = all.find(({ type, roundTripTime }) => type === "remote-inbound-rtp" && roundTripTime !== undefined);
  const roundTripS = pair?.currentRoundTripTime ?? remote?.roundTripTime;
  const counted = {
    at,
    bytes: sum(media, "bytesReceived") + sum(media, "bytesSent"),
    packets: sum(media, "packetsReceived") + sum(media, "packetsSent"),
    lost: sum(told, "packetsLost"),
  };
  const pictures = media.filter(({ kind }) => kind === "video").sort((one, other) => area(other) - area(one));
  const rates = pictures.flatMap(({ framesPerSecond }) => framesPerSecond ?? []);
  const quality = {
    roundTripMs: roundTripS === undefined ? null : Math.round(roundTripS * 1_000),
    ...since(before, counted),
    width: pictures[0]?.frameWidth ?? null,
    height: pictures[0]?.frameHeight ?? null,
    framesPerS: rates.length ? Math.round(Math.max(...rates)) : null,
  };
  return { quality, counted };
}

/** Reads the quality of whichever connection there is, at a steady pace. */
export class QualityWatch {
  /** @type {Counted | null} */
  #before = null;
  /** @type {Measured | null} */
  #measured = null;
  #timer;
  #connection;
  #onQuality;

  /**
   * @param {() => Measured | null} connection the present one
   * @param {(quality: Quality | null) => void} onQuality `null` without a connection
   */
  constructor(connection, onQuality) {
    this.#connection = connection;
    this.#onQuality = onQuality;
    this.#timer = setInterval(() => void this.read(), EVERY_MS);
  }

  /** Reads now. */
  async read() {
    const connection = this.#connection();
    if (connection !== this.#measured) this.#before = null;
    this.#measured = connection;
    if (!connection) return this.#onQuality(null);
    const reports = await connection.getStats().catch(() => null);
    if (!reports || connection !== this.#connection()) return;
    const { quality, counted } = readQuality(reports.values(), this.#before, performance.now());
    this.#before = counted;
    this.#onQuality(quality);
  }

  close() {
    clearInterval(this.#timer);
  }
}

/**
 * @param {Counted | null} before
 * @param {Counted} now
 * @returns {{lossPercent: number | null, kbitPerS: number | null}}
 */
function since(before, now) {
  if (!before || now.at <= before.at) return { lossPercent: null, kbitPerS: null };
  const lost = Math.max(0, now.lost - before.lost);
  const expected = Math.max(0, now.packets - before.packets) + lost;
  const bits = Math.max(0, now.bytes - before.bytes) * 8;
  return {
    lossPercent: expected ? Math.round((lost / expected) * 1_000) / 10 : 0,
    kbitPerS: Math.round(bits / (now.at - before.at)),
  };
}

/**
 * @param {any[]} reports
 * @param {string} field
 */
function sum(reports, field) {
  return reports.reduce((total, report) => total + (report[field] ?? 0), 0);
}

/** @param {any} report */
function area({ frameWidth = 0, frameHeight = 0 }) {
  return frameWidth * frameHeight;
}
