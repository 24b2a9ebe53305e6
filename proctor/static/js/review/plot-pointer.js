/**
 * The pointer on the timeline: a press goes to a mark or a moment, dragging seeks, the wheel zooms and pans. And the two
 * keys that belong to the slider that it is; the others work everywhere on the page.
 */

/**
 * @typedef {object} Options
 * @property {import("./zoom.js").Zoom} zoom
 * @property {(atS: number) => void} onSeek
 * @property {() => void} onZoom
 * @property {(id: string) => boolean} onPress a mark or a bar was pressed; tells whether there was something to go to
 */

export class PlotPointer {
  #listening = new AbortController();
  #plot;
  #options;

  /**
   * @param {HTMLElement} plot
   * @param {Options} options
   */
  constructor(plot, options) {
    this.#plot = plot;
    this.#options = options;
    const { signal } = this.#listening;
    plot.addEventListener("pointerdown", (event) => this.#pressed(event), { signal });
    plot.addEventListener("pointermove", (event) => this.#dragged(event), { signal });
    plot.addEventListener("keydown", (event) => this.#keyed(event), { signal });
    plot.addEventListener("wheel", (event) => this.#wheeled(event), { signal, passive: false });
  }

  close() {
    this.#listening.abort();
  }

  /** @param {PointerEvent} event */
  #pressed(event) {
    if (event.button !== 0) return;
    const element = event.target instanceof Element ? event.target.closest("[data-id]") : null;
    const id = element?.getAttribute("data-id");
    if (id && this.#options.onPress(id)) return;
    this.#plot.setPointerCapture(event.pointerId);
    this.#options.onSeek(this.#timeOf(event));
  }

  /** @param {PointerEvent} event */
  #dragged(event) {
    if (this.#plot.hasPointerCapture(event.pointerId)) this.#options.onSeek(this.#timeOf(event));
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    const atS = { Home: 0, End: this.#options.zoom.durationS }[event.key];
    if (atS === undefined) return;
    event.preventDefault();
    this.#options.onSeek(atS);
  }

  /** @param {WheelEvent} event */
  #wheeled(event) {
    const { zoom, onZoom } = this.#options;
    if (event.ctrlKey) zoom.by(event.deltaY < 0 ? 1.25 : 0.8, this.#timeOf(event));
    else if (event.shiftKey || event.deltaX) zoom.pan(Math.sign(event.deltaX || event.deltaY) * 0.1);
    else return;
    event.preventDefault();
    onZoom();
  }

  /** @param {MouseEvent} event */
  #timeOf(event) {
    const { left, width } = (this.#plot.firstElementChild ?? this.#plot).getBoundingClientRect();
    return this.#options.zoom.timeAt((event.clientX - left) / Math.max(width, 1));
  }
}
