/**
 * Draws the timeline: a ruler, what was recorded, the marks, one lane for each condition. To whoever does not see it, it
 * is a slider; every mark is also in the list beside it.
 */

import { query } from "../lib/dom.js";
import { PlotPointer } from "./plot-pointer.js";
import { bar, glyph, percent, shape } from "./shapes.js";
import { clusters, worst } from "./timeline-model.js";
import { formatPosition, ticks } from "./zoom.js";

/** @typedef {import("./timeline-model.js").TimelineModel} TimelineModel */
/** @typedef {import("./timeline-model.js").Entry} Entry */
/** @typedef {import("./zoom.js").Zoom} Zoom */
/** @typedef {import("./segments.js").Segment} Segment */
/** @typedef {{name: string, height: number, draw: (y: number) => SVGElement[]}} Row */

const RULER = 22;
const PIXELS_PER_TICK = 90;
/** Marks that are closer than this are drawn as one, in pixels: on top of each other they would hide themselves. */
const CLOSEST = 5;
const MOST_NAMED = 5;

export class TimelineView {
  /** @type {Map<string, SVGElement>} the mark that stands for each entry */
  #glyphs = new Map();
  /** @type {{atS: number, current: Entry | null}} */
  #position = { atS: 0, current: null };
  #line = shape("line", { class: "timeline__playhead" });
  #plot;
  #svg;
  #labels;
  #options;
  #resizing;
  #pointer;

  /**
   * @param {HTMLElement} root
   * @param {object} options
   * @param {TimelineModel} options.model
   * @param {Zoom} options.zoom
   * @param {(entry: Entry) => string} options.words an entry in one line
   * @param {(name: string) => string} options.nameOf a lane in words
   * @param {(kind: string) => string} options.rowOf words for the rows that are no lanes
   * @param {(name: string) => string} options.toneOf `bad`, `warn` or another tone of a type
   * @param {() => Segment[][]} options.recorded of each recording that can be played
   * @param {(atS: number) => void} options.onSeek
   * @param {(entry: Entry) => void} options.onJump
   */
  constructor(root, options) {
    this.#options = options;
    this.#plot = query(root, "#plot", HTMLElement);
    this.#svg = query(root, "#picture", SVGSVGElement);
    this.#labels = query(root, "#lane-labels", HTMLElement);
    this.#plot.setAttribute("aria-valuemax", String(Math.round(options.zoom.durationS)));
    this.#resizing = new ResizeObserver(() => this.draw());
    this.#resizing.observe(this.#plot);
    this.#pointer = new PlotPointer(this.#plot, {
      zoom: options.zoom,
      onSeek: options.onSeek,
      onZoom: () => this.draw(),
      onPress: (id) => this.#jumped(id),
    });
  }

  /** @param {TimelineModel} model */
  setModel(model) {
    this.#options.model = model;
    this.draw();
  }

  /** Draws all anew: after the zoom, the filter or what is known has changed. */
  draw() {
    const rows = this.#rows();
    this.#glyphs.clear();
    /** @type {SVGElement[]} */
    const drawn = this.#ruler();
    const labels = [];
    let y = RULER;
    for (const row of rows) {
      drawn.push(shape("rect", { y, width: "100%", height: row.height, class: "timeline__row" }), ...row.draw(y));
      labels.push(label(row));
      y += row.height;
    }
    this.#svg.setAttribute("height", String(y));
    this.#line.setAttribute("y2", String(y));
    this.#svg.replaceChildren(...drawn, this.#line);
    this.#labels.replaceChildren(...labels);
    this.#placePlayhead();
  }

  /**
   * @param {number} atS
   * @param {Entry | null} current
   */
  showPosition(atS, current) {
    this.#position = { atS, current };
    if (this.#options.zoom.follow(atS)) this.draw();
    else this.#placePlayhead();
  }

  close() {
    this.#pointer.close();
    this.#resizing.disconnect();
  }

  #placePlayhead() {
    const { zoom } = this.#options;
    const { atS, current } = this.#position;
    for (const name of ["x1", "x2"]) this.#line.setAttribute(name, percent(zoom.shareOf(atS)));
    const mark = this.#glyphs.get(current?.id ?? "") ?? null;
    const before = this.#svg.querySelector(".timeline__mark[data-current]");
    if (mark !== before) before?.removeAttribute("data-current");
    mark?.setAttribute("data-current", "");
    this.#plot.setAttribute("aria-valuenow", String(Math.round(atS)));
    const position = `${formatPosition(atS)} / ${formatPosition(zoom.durationS)}`;
    this.#plot.setAttribute("aria-valuetext", current ? `${position}. ${this.#options.words(current)}` : position);
  }

  /**
   * Tells whether there is an entry of this id to go to.
   * @param {string} id
   */
  #jumped(id) {
    const entry = this.#options.model.entryOf(id);
    if (entry) this.#options.onJump(entry);
    return entry !== null;
  }

  /** @returns {Row[]} */
  #rows() {
    const { model, rowOf, nameOf, recorded } = this.#options;
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

  #ruler() {
    const { zoom } = this.#options;
    const most = Math.max(2, Math.floor(this.#plot.clientWidth / PIXELS_PER_TICK));
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
    const { zoom } = this.#options;
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
    const { model, zoom, words } = this.#options;
    const wanted = model.entries.filter(({ kind, atS }) => kinds.includes(kind) && this.#isDrawn(atS, atS));
    return clusters(wanted, (CLOSEST * zoom.lengthS) / Math.max(this.#plot.clientWidth, 1)).map((together) => {
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
    const { zoom, toneOf, nameOf } = this.#options;
    const tone = toneOf(name);
    return spans
      .filter((span) => this.#isDrawn(span.start_s, span.end_s))
      .map((span) => {
        const title = `${formatPosition(span.start_s)} ${nameOf(name)}${span.count > 1 ? ` ×${span.count}` : ""}`;
        const attributes = { class: "timeline__bar", "data-tone": tone, "data-id": `${name}/${span.event_id}` };
        const [from, to] = [zoom.shareOf(span.start_s), zoom.shareOf(span.end_s)];
        const drawn = bar(from, to, y + 5, 12, attributes, title);
        // What was over in a moment must still be seen.
        drawn.classList.toggle("timeline__bar--moment", !isCondition || (to - from) * this.#plot.clientWidth < 3);
        return drawn;
      });
  }

  /**
   * What happened before the start or after the end stands at the edge of the whole.
   * @param {number} startS
   * @param {number} endS
   */
  #isDrawn(startS, endS) {
    const { zoom } = this.#options;
    const [first, last] = [Math.min(Math.max(startS, 0), zoom.durationS), Math.min(Math.max(endS, 0), zoom.durationS)];
    return last >= zoom.fromS && first <= zoom.toS;
  }
}

/** @param {Row} row */
function label({ name, height }) {
  const element = document.createElement("p");
  element.className = "timeline__label";
  element.style.setProperty("height", `${height}px`);
  element.textContent = name;
  element.title = name;
  return element;
}
