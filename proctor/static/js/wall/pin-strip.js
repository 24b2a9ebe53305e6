/** Candidates that a proctor keeps in sight: live video side by side above the wall, sound from one of them at most. */

import { query } from "../lib/dom.js";
import { Viewer } from "../live/viewer.js";
import { setText, showOpenFlags, showPresence, showTimeLeft } from "../proctor/session-fields.js";
import { wordOf } from "./peek.js";

/** @typedef {import("../proctor/session-model.js").Session} Session */
/** @typedef {{element: HTMLLIElement, viewer: Viewer, video: HTMLVideoElement, session: Session}} Pin */

/**
 * @typedef {import("./tile.js").TileParts & {
 *   root: HTMLElement,
 *   template: HTMLTemplateElement,
 *   channel: import("../live/viewer.js").Talks,
 *   RTCPeerConnection: typeof globalThis.RTCPeerConnection,
 *   storage: Pick<Storage, "getItem" | "setItem"> | null,
 *   pictureOf: (id: string) => string,
 *   onChange: (id: string, isPinned: boolean) => void,
 *   onFull: () => void,
 * }} StripParts `pictureOf`: the address of what is shown until the video comes
 */

/** Each is a video that this machine decodes, and a place of the few that a candidate has. */
export const MOST_PINS = 6;
const KEY = "proctor.pins";

export class PinStrip {
  /** @type {Map<string, Pin>} */
  #pins = new Map();
  /** @type {string | null} */
  #heard = null;
  /** @type {string[]} those of an earlier visit that have not been seen yet */
  #remembered;
  #listening = new AbortController();
  #parts;
  #list;

  /** @param {StripParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#list = query(parts.root, "ul", HTMLUListElement);
    this.#remembered = remembered(parts.storage);
    this.#list.addEventListener("click", (event) => this.#clicked(event), { signal: this.#listening.signal });
  }

  /** @param {string} id */
  has(id) {
    return this.#pins.has(id);
  }

  /** @param {Session} session */
  toggle(session) {
    if (this.has(session.id)) this.#remove(session.id);
    else if (this.#pins.size >= MOST_PINS) this.#parts.onFull();
    else this.#add(session);
  }

  /** @param {Map<string, Session>} sessions all that are live */
  update(sessions) {
    for (const id of this.#remembered.filter((known) => sessions.has(known))) {
      this.#remembered = this.#remembered.filter((other) => other !== id);
      if (this.#pins.size < MOST_PINS) this.#add(/** @type {Session} */ (sessions.get(id)));
    }
    for (const [id, pin] of this.#pins) {
      const session = sessions.get(id);
      if (session) this.#fill(pin, session);
      else this.#remove(id);
    }
  }

  tick() {
    for (const { element, session } of this.#pins.values()) this.#fillClocks(element, session);
  }

  close() {
    this.#listening.abort();
    for (const { viewer } of this.#pins.values()) viewer.close();
  }

  /** @param {Session} session */
  #add(session) {
    const { template, channel, RTCPeerConnection, say, pictureOf, onChange } = this.#parts;
    const made = query(template.content, "li", HTMLLIElement).cloneNode(true);
    const element = /** @type {HTMLLIElement} */ (made);
    const video = query(element, "video", HTMLVideoElement);
    const viewer = new Viewer(channel, session.id, { RTCPeerConnection });
    element.dataset.sessionId = session.id;
    video.poster = pictureOf(session.id);
    viewer.onStream((name, stream) => name === "camera" && show(video, stream));
    viewer.onState((state) => setText(field(element, "live"), say(`live.${wordOf(state)}`)));
    const pin = { element, viewer, video, session };
    this.#pins.set(session.id, pin);
    this.#list.append(element);
    this.#fill(pin, session);
    viewer.start();
    this.#changed();
    onChange(session.id, true);
  }

  /** @param {string} id */
  #remove(id) {
    const pin = this.#pins.get(id);
    if (!pin) return;
    pin.viewer.close();
    pin.video.srcObject = null;
    pin.element.remove();
    this.#pins.delete(id);
    if (this.#heard === id) this.#heard = null;
    this.#changed();
    this.#parts.onChange(id, false);
  }

  #changed() {
    this.#parts.root.hidden = this.#pins.size === 0;
    this.#parts.storage?.setItem(KEY, JSON.stringify([...this.#pins.keys()]));
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const id = button?.closest("li")?.dataset.sessionId;
    if (!button || !id) return;
    if (button.dataset.field === "unpin") this.#remove(id);
    else this.#listenTo(this.#heard === id ? null : id);
  }

  /** @param {string | null} heard */
  #listenTo(heard) {
    this.#heard = heard;
    for (const [id, { element, video }] of this.#pins) {
      video.muted = id !== heard;
      query(element, "[data-field=sound]", HTMLButtonElement).setAttribute("aria-pressed", String(id === heard));
    }
  }

  /**
   * @param {Pin} pin
   * @param {Session} session
   */
  #fill(pin, session) {
    const { say } = this.#parts;
    const { element } = pin;
    pin.session = session;
    const candidate = session.candidate_identifier;
    const link = query(element, "[data-field=link]", HTMLAnchorElement);
    link.href = `/proctor/session/${encodeURIComponent(session.id)}`;
    setText(link, candidate);
    link.setAttribute("aria-label", say("pin.open", { candidate }));
    element.dataset.worst = session.open_flags.worst ?? "none";
    showOpenFlags(field(element, "severity"), session.open_flags, say);
    field(element, "sound").setAttribute("aria-label", say("pin.sound", { candidate }));
    field(element, "unpin").setAttribute("aria-label", say("pin.remove", { candidate }));
    this.#fillClocks(element, session);
  }

  /**
   * @param {HTMLLIElement} element
   * @param {Session} session
   */
  #fillClocks(element, session) {
    const { say, list, serverTime } = this.#parts;
    showPresence(field(element, "presence"), session, say, serverTime);
    showTimeLeft(field(element, "left"), list.remainingMs(session.id), say);
  }
}

/**
 * @param {HTMLVideoElement} video
 * @param {MediaStream | null} stream
 */
function show(video, stream) {
  if (video.srcObject === stream) return;
  video.srcObject = stream;
  if (stream) void video.play().catch(() => {});
}

/** @param {Pick<Storage, "getItem"> | null} storage @returns {string[]} */
function remembered(storage) {
  try {
    const known = JSON.parse(storage?.getItem(KEY) ?? "[]");
    return Array.isArray(known) ? known.map(String).slice(0, MOST_PINS) : [];
  } catch {
    return [];
  }
}

/** @param {HTMLElement} element @param {string} name */
function field(element, name) {
  return query(element, `[data-field=${name}]`, HTMLElement);
}
