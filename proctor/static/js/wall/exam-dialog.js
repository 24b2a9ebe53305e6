/** Acting on a whole exam: what to do, the question whether that is meant, and what became of it. */

import { query } from "../lib/dom.js";
import { HttpError, postJson } from "../lib/http.js";
import { OrderId, reached } from "./exam-model.js";

/** @typedef {import("./exam-model.js").ExamOrder} ExamOrder */
/** @typedef {import("./exam-model.js").ExamActionName} ExamActionName */
/** @typedef {import("./exam-model.js").Tally} Tally */
/** @typedef {"choose" | "confirm" | "done"} Step */

/** A thousand sessions are a thousand journaled writes. */
const TIMEOUT_MS = 60_000;
/** @type {ExamActionName[]} */
const WITH_WORDS = ["broadcast", "pause"];

export class ExamDialog {
  #ids = new OrderId();
  #listening = new AbortController();
  #dialog;
  #options;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} options
   * @param {import("../lib/dom.js").Messages} options.say
   * @param {string} options.csrfToken
   * @param {import("../proctor/session-list.js").SessionList} options.list
   * @param {() => string} options.examCode the exam that the list is filtered by, or ""
   */
  constructor(dialog, options) {
    this.#dialog = dialog;
    this.#options = options;
    const { signal } = this.#listening;
    this.#form.addEventListener("change", () => this.#showFields(), { signal });
    this.#form.addEventListener("submit", (event) => this.#submitted(event), { signal });
    query(dialog, "[data-back]", HTMLElement).addEventListener("click", () => this.#show("choose"), { signal });
    for (const closer of dialog.querySelectorAll("[data-closes]")) {
      closer.addEventListener("click", () => dialog.close(), { signal });
    }
  }

  open() {
    const exam = query(this.#form, "[name=exam_code]", HTMLSelectElement);
    const wanted = this.#options.examCode();
    if (wanted) exam.value = wanted;
    this.#showFields();
    this.#show("choose");
    this.#dialog.showModal();
  }

  close() {
    this.#listening.abort();
    this.#dialog.close();
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    event.preventDefault();
    if (this.#dialog.dataset.step === "confirm") return void this.#send();
    const { say, list } = this.#options;
    const { name, examCode, message, minutes } = this.#order;
    const count = reached(name, examCode, list.live.values());
    const values = { count, exam: this.#examTitle, minutes: minutes ?? 0 };
    const number = count === 1 ? "one" : "many";
    query(this.#dialog, "#exam-question", HTMLElement).textContent = say(`exam.ask.${name}.${number}`, values);
    query(this.#dialog, "#exam-words", HTMLElement).textContent = message;
    const button = query(this.#dialog, "#exam-send", HTMLButtonElement);
    button.textContent = say(`exam.do.${name}`);
    button.disabled = count === 0;
    this.#tell("", "ok");
    this.#show("confirm");
    button.focus();
  }

  async #send() {
    const { csrfToken, say } = this.#options;
    const order = this.#order;
    const button = query(this.#dialog, "#exam-send", HTMLButtonElement);
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    this.#tell(say("exam.working"), "ok");
    try {
      const body = { action_id: this.#ids.of(order), ...fieldsOf(order) };
      const url = `/api/proctor/exams/${encodeURIComponent(order.examCode)}/${order.name}`;
      this.#answered(await postJson(url, body, { csrfToken, timeoutMs: TIMEOUT_MS }));
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      this.#failed(error);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  /** @param {Tally} tally */
  #answered({ sessions, skipped, failed }) {
    const { say } = this.#options;
    const words = [say("exam.done", { count: sessions })];
    if (skipped) words.push(say("exam.skipped", { count: skipped }));
    if (failed) words.push(say("exam.failed", { count: failed }));
    this.#tell(words.join(" "), failed ? "bad" : "ok");
    // What could not be done is asked for again by the same button, under the same id.
    if (failed) return;
    this.#ids.settle();
    this.#form.reset();
    this.#show("done");
    query(this.#dialog, "#exam-close", HTMLElement).focus();
  }

  /** @param {HttpError} error */
  #failed({ status, detail }) {
    const isUnknown = status === 0 || status === 429 || status >= 500;
    if (!isUnknown) this.#ids.settle();
    const reason = status === 0 ? "offline" : status === 401 ? "signed_out" : isUnknown ? "busy" : "other";
    this.#tell(this.#options.say(`failed.${reason}`, { detail }), "bad");
  }

  /** @returns {ExamOrder} */
  get #order() {
    const data = new FormData(this.#form);
    const text = (/** @type {string} */ key) => String(data.get(key) ?? "").trim();
    const name = /** @type {ExamActionName} */ (text("action"));
    return {
      name,
      examCode: text("exam_code"),
      message: WITH_WORDS.includes(name) ? text("message") : "",
      minutes: name === "extend" ? Number(text("minutes")) : null,
    };
  }

  get #examTitle() {
    return query(this.#form, "[name=exam_code]", HTMLSelectElement).selectedOptions[0]?.textContent?.trim() ?? "";
  }

  get #form() {
    return query(this.#dialog, "form", HTMLFormElement);
  }

  #showFields() {
    const { name } = this.#order;
    const message = query(this.#form, "[name=message]", HTMLTextAreaElement);
    const minutes = query(this.#form, "[name=minutes]", HTMLInputElement);
    message.required = name === "broadcast";
    minutes.required = name === "extend";
    minutes.disabled = name !== "extend";
    query(this.#form, "[data-for=message]", HTMLElement).hidden = !WITH_WORDS.includes(name);
    query(this.#form, "[data-for=minutes]", HTMLElement).hidden = name !== "extend";
  }

  /** @param {Step} step */
  #show(step) {
    this.#dialog.dataset.step = step;
    for (const part of this.#dialog.querySelectorAll("[data-step-is]")) {
      if (part instanceof HTMLElement) part.hidden = part.dataset.stepIs !== step;
    }
  }

  /**
   * @param {string} words
   * @param {"ok" | "bad"} tone
   */
  #tell(words, tone) {
    const result = query(this.#dialog, "[data-result]", HTMLElement);
    result.dataset.tone = tone;
    result.textContent = words;
  }
}

/** @param {ExamOrder} order */
function fieldsOf({ message, minutes }) {
  return { ...(message ? { message } : {}), ...(minutes === null ? {} : { minutes }) };
}
