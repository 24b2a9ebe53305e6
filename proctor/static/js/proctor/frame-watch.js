/** Notices when a live picture stands still: a frozen frame must not pass for a candidate who sits still. */

const LOOK_EVERY_MS = 1_000;
/** Looks without a new frame before the picture counts as standing still. */
const LOOKS_WITHOUT_FRAME = 2;

export class FrameWatch {
  #timer;
  #frames = 0;
  #looks = 0;
  #isStill = false;
  #video;
  #page;
  #onChange;

  /**
   * @param {Pick<HTMLVideoElement, "getVideoPlaybackQuality">} video
   * @param {object} options
   * @param {(isStill: boolean) => void} options.onChange
   * @param {Pick<Document, "hidden">} [options.page]
   */
  constructor(video, { onChange, page = document }) {
    this.#video = video;
    this.#page = page;
    this.#onChange = onChange;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  get isStill() {
    return this.#isStill;
  }

  close() {
    clearInterval(this.#timer);
  }

  #look() {
    // Browsers draw no frames on a page that nobody sees.
    if (this.#page.hidden) return void (this.#looks = 0);
    const frames = this.#video.getVideoPlaybackQuality().totalVideoFrames;
    this.#looks = frames === this.#frames ? this.#looks + 1 : 0;
    this.#frames = frames;
    const isStill = this.#looks >= LOOKS_WITHOUT_FRAME;
    if (isStill === this.#isStill) return;
    this.#isStill = isStill;
    this.#onChange(isStill);
  }
}
