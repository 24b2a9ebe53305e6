/** Shows the system check: a row for each check, the camera's picture, the sound level and the device pickers. */

import { byId, query } from "../lib/dom.js";
import { needsRemedy } from "./checks.js";

/** @typedef {import("./media.js").Kind} Kind */

/** @type {Kind[]} */
const KINDS = ["camera", "microphone"];

/** The screen has a button of its own, and another try changes no browser. */
const NO_RETRY = ["browser", "screen", "watch"];

/**
 * @typedef {object} Parts
 * @property {import("./checks.js").Checks} checks
 * @property {import("./media.js").Media} media
 * @property {import("../lib/dom.js").Messages} text
 */

/**
 * @typedef {object} Wishes what the candidate can ask for here
 * @property {(name: string) => void} onRetry
 * @property {() => void} onShareScreen
 * @property {(kind: Kind, deviceId: string) => void} onChoose
 */

export class Checklist {
  #list = byId("checks", HTMLUListElement);
  #preview = byId("check-preview", HTMLVideoElement);
  #level = byId("level", HTMLElement);
  #abort = new AbortController();
  #parts;

  /**
   * @param {Parts} parts
   * @param {Wishes} wishes
   */
  constructor(parts, { onRetry, onShareScreen, onChoose }) {
    this.#parts = parts;
    for (const name of parts.checks.names) {
      this.#part(name, "[data-role=retry]", HTMLButtonElement).addEventListener("click", () => onRetry(name));
    }
    for (const kind of KINDS) {
      const picker = byId(`${kind}-picker`, HTMLSelectElement);
      picker.addEventListener("change", () => onChoose(kind, picker.value));
      parts.media.onDevicesChanged(() => void this.#fillPicker(kind), this.#abort.signal);
    }
    if (parts.checks.names.includes("screen")) {
      byId("share-screen", HTMLButtonElement).addEventListener("click", () => onShareScreen());
    }
    parts.checks.onChange((name) => this.#show(name));
    for (const name of parts.checks.names) this.#show(name);
  }

  /**
   * Show how loud it is.
   * @param {number} level 0 to 1
   */
  showLevel(level) {
    query(this.#level, ".meter__fill", HTMLElement).style.transform = `scaleX(${level.toFixed(2)})`;
    this.#level.setAttribute("aria-valuenow", String(Math.round(level * 100)));
  }

  /** The exam takes over: let go of the picture and of the devices' news. */
  close() {
    this.#abort.abort();
    this.#preview.srcObject = null;
  }

  /** @param {string} name */
  #show(name) {
    const { checks, text } = this.#parts;
    const { outcome, values } = checks.finding(name);
    const state = checks.state(name);
    this.#row(name).dataset.state = state;
    this.#say(name, "state", text(`check.${name}.${outcome}`, values));
    this.#say(name, "remedy", needsRemedy(outcome) ? text(`check.${name}.${outcome}.remedy`) : "");
    this.#part(name, "[data-role=retry]", HTMLButtonElement).hidden = state !== "failed" || NO_RETRY.includes(name);
    if (state !== "waiting" && (name === "camera" || name === "microphone")) void this.#showDevice(name);
    if (name === "screen") byId("share-screen", HTMLButtonElement).hidden = state === "passed" || state === "running";
  }

  /** @param {Kind} kind */
  async #showDevice(kind) {
    const isOn = this.#parts.media.isOn(kind);
    if (kind === "camera") {
      this.#preview.srcObject = isOn ? this.#parts.media.stream : null;
      this.#preview.parentElement?.toggleAttribute("data-empty", !isOn);
    } else {
      this.#level.hidden = !isOn;
    }
    await this.#fillPicker(kind);
  }

  /** @param {Kind} kind */
  async #fillPicker(kind) {
    const devices = await this.#parts.media.devices(kind);
    const options = devices.map(({ id, label, isChosen }, index) => {
      const name = label || this.#parts.text("device.unnamed", { number: index + 1 });
      return new Option(name, id, isChosen, isChosen);
    });
    byId(`${kind}-picker`, HTMLSelectElement).replaceChildren(...options);
    this.#part(kind, "[data-role=picker]", HTMLElement).hidden = devices.length < 2;
  }

  /**
   * @param {string} name
   * @param {"state" | "remedy"} role
   * @param {string} words
   */
  #say(name, role, words) {
    const element = this.#part(name, `[data-role=${role}]`, HTMLElement);
    if (element.textContent !== words) element.textContent = words;
    element.hidden = words === "";
  }

  /** @param {string} name */
  #row(name) {
    return query(this.#list, `[data-check="${name}"]`, HTMLElement);
  }

  /**
   * @template {Element} T
   * @param {string} name
   * @param {string} selector
   * @param {new () => T} Type
   */
  #part(name, selector, Type) {
    return query(this.#row(name), selector, Type);
  }
}
