/**
 * What is drawn in the timeline's picture, once: a ruler, what was recorded, the marks, one lane for each condition. After
 * each change it is drawn anew.
 */

import { bar, glyph, percent, shape } from "./shapes.js";
import { clusters, worst } from "./timeline-model.js";
import { formatPosition, ticks } from "./zoom.js";

/** @typedef {import("./timeline-model.js").Entry} Entry */
/** @typedef {import("./segments.js").Segment} Segment */
/** @typedef {{name: string, height: number, draw: (y: number) => SVGElement[]}} Row */

/**
 * @typedef {object} Drawn
 * @property {import("./timeline-model.js").TimelineModel} model
 * @property {import("./zoom.js").Zoom} zoom
 * @property {(entry: Entry) => string} words an entry in one line
 * @property {(name: string) => string} nameOf a lane in words
 * @property {(kind: string) => string} rowOf words for the rows that are no lanes
 * @property {(name: string) => string} toneOf `bad`, `warn` or another tone of a type
 * @property {() => Segment[][]} recorded of each recording that can be played
 */

export const RULER = 22;
const PIXELS_PER_TICK = 90;
/** Marks that are closer than this are drawn as one, in pixels: on top of each other they would hide themselves. */
const CLOSEST = 5;
const MOST_NAMED = 5;

export class TimelineDrawing {
  /** @type {Map<string, SVGElement>} the mark that stands for each entry */
  #glyphs = new Map();
  #parts;
  #width;

  /**
   * @param {Drawn} parts
   * @param {number} width of the picture, in pixels
   */
  constructor(parts, width) {
    this.#parts = parts;
    this.#width = width;
  }

  /**
   * The mark that stands for an entry, alone or with others; `null` where none is drawn.
   * @param {string | undefined} id
   */
  glyphOf(id) {
    return this.#glyphs.get(id ?? "") ?? null;
  }

  /** @returns {Row[]} each draws itself at the height that it is given */
  rows() {
    const { model, rowOf, nameOf, recorded } = this.#parts;
    const recordings = recorded();
    /** @type {Row[]} */
    const rows = recordings.map((segments, index) => ({
      name: rowOf(index ? "recorded_second" : "recorded"),
      height: 14,
      draw: (y) => this.#recorded(segments, y),
    }));
    rows.push({ name: rowOf("flags"), height: 30, draw: (y) => this.#marks(["flag"], y + 15) });
    rows.push({ name: rowOf("people"), height: 26, draw: (y) => this.#marks(["note", "bookmark", "chat", "action"], y + 13) });
    for (const lane of model.conditions) {
      rows.push({ name: nameOf(lane.name), height: 22, draw: (y) => this.#lane(lane, y) });
    }
    const events = model.timeline.lanes.filter((lane) => !lane.is_condition);
    if (events.length) rows.push({ name: rowOf("events"), height: 22, draw: (y) => events.flatMap((lane) => this.#lane(lane, y)) });
    return rows;
  }

  ruler() {
    const { zoom } = this.#parts;
    const most = Math.max(2, Math.floor(this.#width / PIXELS_PER_TICK));
    return ticks(zoom, most).flatMap((atS) => {
      const share = zoom.shareOf(atS);
      const x = percent(share);
      // At the edges, a centred text would be cut.
      const anchor = share < 0.02 ? "start" : share > 0.98 ? "end" : "middle";
      const words = shape("text", { x, y: 14, class: "timeline__time", "text-anchor": anchor });
      words.textContent = formatPosition(atS);
      return [shape("line", { x1: x, x2: x, y1: RULER - 4, y2: "100%", class: "timeline__tick" }), words];
    });
  }

  /**
   * @param {Segment[]} segments
   * @param {number} y
   */
  #recorded(segments, y) {
    const { zoom } = this.#parts;
    return segments.map(({ atS, durationS }) => {
      const endS = Math.min(atS + durationS, zoom.durationS);
      return bar(zoom.shareOf(atS), zoom.shareOf(endS), y + 5, 4, { class: "timeline__recorded" });
    });
  }

  /**
   * @param {string[]} kinds
   * @param {number} y
   */
  #marks(kinds, y) {
    const { model, zoom, words } = this.#parts;
    const wanted = model.entries.filter(({ kind, atS }) => kinds.includes(kind) && this.#isDrawn(atS, atS));
    return clusters(wanted, (CLOSEST * zoom.lengthS) / Math.max(this.#width, 1)).map((together) => {
      const entry = worst(together);
      const data = { "data-id": entry.id, "data-kind": entry.kind, "data-severity": entry.severity ?? "", "data-state": entry.state ?? "" };
      const share = Math.min(Math.max(zoom.shareOf(entry.atS), 0), 1);
      const drawn = glyph(entry.kind, share, y, data, together.map(words).slice(0, MOST_NAMED).join("\n"));
      for (const { id } of together) this.#glyphs.set(id, drawn);
      return drawn;
    });
  }

  /**
   * @param {import("./timeline-model.js").Lane} lane
   * @param {number} y
   */
  #lane({ name, is_condition: isCondition, spans }, y) {
    const { zoom, toneOf, nameOf } = this.#parts;
    const tone = toneOf(name);
    return spans
      .filter((span) => this.#isDrawn(span.start_s, span.end_s))
      .map((span) => {
        const title = `${formatPosition(span.start_s)} ${nameOf(name)}${span.count > 1 ? ` ×${span.count}` : ""}`;
        const attributes = { class: "timeline__bar", "data-tone": tone, "data-id": `${name}/${span.event_id}` };
        const [from, to] = [zoom.shareOf(span.start_s), zoom.shareOf(span.end_s)];
        const drawn = bar(from, to, y + 5, 12, attributes, title);
        // What was over in a moment must still be seen.
        drawn.classList.toggle("timeline__bar--moment", !isCondition || (to - from) * this.#width < 3);
        return drawn;
      });
  }

  /**
   * What happened before the start or after the end stands at the edge of the whole.
   * @param {number} startS
   * @param {number} endS
   */
  #isDrawn(startS, endS) {
    const { zoom } = this.#parts;
    const [first, last] = [Math.min(Math.max(startS, 0), zoom.durationS), Math.min(Math.max(endS, 0), zoom.durationS)];
    return last >= zoom.fromS && first <= zoom.toS;
  }
}
