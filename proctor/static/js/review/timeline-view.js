/**
 * The timeline on the page: its picture, the playhead in it, and where it is pressed. To whoever does not see it, it is a
 * slider; every mark is also in the list beside it.
 */

import { query } from "../lib/dom.js";
import { PlotPointer } from "./plot-pointer.js";
import { percent, shape } from "./shapes.js";
import { RULER, TimelineDrawing } from "./timeline-drawing.js";
import { formatPosition } from "./zoom.js";

/** @typedef {import("./timeline-model.js").TimelineModel} TimelineModel */
/** @typedef {import("./timeline-model.js").Entry} Entry */
/** @typedef {import("./timeline-drawing.js").Row} Row */

/**
 * @typedef {import("./timeline-drawing.js").Drawn & {
 *   onSeek: (atS: number) => void,
 *   onJump: (entry: Entry) => void,
 * }} Options
 */

export class TimelineView {
  /** @type {TimelineDrawing | null} */
  #drawing = null;
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
   * @param {Options} options
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
    this.#drawing = new TimelineDrawing(this.#options, this.#plot.clientWidth);
    /** @type {SVGElement[]} */
    const drawn = this.#drawing.ruler();
    const labels = [];
    let y = RULER;
    for (const row of this.#drawing.rows()) {
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
    const mark = this.#drawing?.glyphOf(current?.id) ?? null;
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
