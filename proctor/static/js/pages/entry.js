/** Wires the entry page: either the three steps before the exam, or an exam that comes back after a reload. */

import { Checklist } from "../candidate/checklist.js";
import { Checks } from "../candidate/checks.js";
import { claim, claimIdOf, claimProblem } from "../candidate/claim.js";
import { EntrySteps } from "../candidate/entry-steps.js";
import { Exam } from "../candidate/exam.js";
import { enterFullscreen } from "../candidate/fullscreen.js";
import { Media } from "../candidate/media.js";
import { measureNetwork } from "../candidate/network.js";
import { openOutboxStore } from "../candidate/outbox-store.js";
import { Screen } from "../candidate/screen.js";
import { browserOutcome } from "../candidate/support.js";
import { SystemCheck } from "../candidate/system-check.js";
import { WatchCheck } from "../candidate/watch-check.js";
import { startDetection } from "../detect/start.js";
import { byId, dataset, messages } from "../lib/dom.js";
import { once } from "../lib/once.js";
import { openChunkStore } from "../recording/chunk-store.js";

/**
 * @typedef {object} Page what the server put on the page
 * @property {"start" | "resume"} stage
 * @property {string} exam_title
 * @property {boolean} screen_required
 * @property {string} consent_version
 * @property {string | null} session_id
 * @property {string | null} handle
 * @property {string | null} csrf_token
 * @property {string | null} return_url
 * @property {import("../candidate/exam-content.js").Mode | null} exam_mode
 * @property {string} claim_url
 * @property {string | null} finish_url
 * @property {import("../recording/recording.js").Policy} recording
 * @property {{files: import("../detect/detection.js").Files, limits: import("../detect/limits.js").Limits} | null} detection null where the server does not want it
 */

/** @typedef {{handle: string, csrfToken: string, mode: import("../candidate/exam-content.js").Mode, returnUrl: string | null, finishUrl: string}} Held */

const root = byId("entry", HTMLElement);
/** @type {Page} */
const page = JSON.parse(dataset(root, "page"));
const text = messages(root);

// An insecure origin has no devices at all; the system check says so before anything asks for them.
const mediaDevices = navigator.mediaDevices ?? {};
const permissions = navigator.permissions;
const memory = deviceMemory();
const media = new Media({ mediaDevices, permissions, memory, MediaStream });
const screen = new Screen({ mediaDevices });
const isWatchChecked = page.detection !== null && page.stage === "start";
const names = ["browser", "camera", "microphone", "screen", "network", "watch"].filter(
  (name) => (name !== "screen" || page.screen_required) && (name !== "watch" || isWatchChecked),
);
const checks = new Checks(names, { optional: ["watch"] });
const detection =
  page.detection &&
  startDetection(page.detection.files, page.detection.limits, (done, parts) => watchCheck?.progress(done, parts));
const watchCheck = detection && isWatchChecked ? new WatchCheck({ checks, media, detection }) : null;
const systemCheck = new SystemCheck({
  checks,
  media,
  screen,
  measureNetwork,
  AudioContext,
  browserOutcome: () => browserOutcome(window),
  onLevel: (level) => checklist.showLevel(level),
});
const checklist = new Checklist(
  { checks, media, text },
  {
    onRetry: (name) => void systemCheck.retry(name),
    onShareScreen: () => void systemCheck.shareScreen(),
    onChoose: (kind, deviceId) => void systemCheck.openDevice(kind, deviceId),
  },
);

/** Opens the exam that this browser holds: a second press while it opens, or afterwards, must not open another one. */
const openHeld = once(async () => {
  const { handle, csrf_token: csrfToken, exam_mode: mode, return_url: returnUrl, finish_url: finishUrl } = page;
  if (!handle || !csrfToken || !mode || !finishUrl) throw new Error("the page does not name its exam");
  await openExam({ handle, csrfToken, mode, returnUrl, finishUrl });
});

checks.onChange(() => showMissing());
if (page.stage === "start") start();
else void resume();

function start() {
  const steps = new EntrySteps({ checks, text, onCheck, onStart });

  function onCheck() {
    void systemCheck.run();
    void watchCheck?.load();
  }

  async function onStart() {
    // Fullscreen first: browsers allow it only at the beginning of a click.
    await enterFullscreen(document);
    try {
      const { handle, csrf_token: csrfToken, exam_mode: mode, exam_url, return_url: returnUrl } = await claim({
        url: page.claim_url,
        sessionId: page.session_id ?? "",
        claimId: claimIdOf(page.session_id ?? "", window),
        consentVersion: page.consent_version,
        returnUrl: page.return_url,
      });
      // The session's id was enough to claim it; it leaves the address bar, where a glance could read it.
      history.replaceState(null, "", exam_url);
      await openExam({ handle, csrfToken, mode, returnUrl, finishUrl: `/finish/${encodeURIComponent(handle)}` });
    } catch (error) {
      if (document.fullscreenElement) await document.exitFullscreen();
      steps.showProblem(claimProblem(error, text));
    }
  }
}

/** The camera comes back without a click; only where it does not, the candidate sees the check. */
async function resume() {
  checks.set("browser", browserOutcome(window));
  checks.set("network", "passed", { ms: 0 });
  const outcomes = checks.state("browser") === "passed" ? await media.open() : null;
  if (media.isComplete) return openHeld();
  byId("returning", HTMLElement).hidden = true;
  byId("step-check", HTMLElement).hidden = false;
  byId("check-next", HTMLButtonElement).addEventListener("click", () => void (checks.ready && openHeld()));
  if (outcomes) systemCheck.found(outcomes);
  await systemCheck.measure();
}

/** @param {Held} held */
async function openExam(held) {
  const { recording } = page;
  const store = await openOutboxStore(held.handle, globalThis.indexedDB);
  const chunks = recording === "off" ? null : await openChunkStore(held.handle, globalThis.indexedDB);
  systemCheck.close();
  checklist.close();
  watchCheck?.close();
  // Two windows side by side, and a fullscreen, do not go together.
  if (held.mode === "window" && document.fullscreenElement) await document.exitFullscreen();
  const isResumed = page.stage === "resume";
  const isScreenRequired = page.screen_required;
  new Exam({ ...held, title: page.exam_title, isScreenRequired, isResumed, media, screen, store, recording, chunks, detection, memory, text });
}

function showMissing() {
  const missing = checks.missing.map((name) => text(`check.name.${name}`)).join(", ");
  const isBusy = checks.names.some((name) => checks.state(name) === "running");
  const hasWarning = checks.names.some((name) => checks.state(name) === "warned");
  const ready = text(hasWarning ? "check.ready.warned" : "check.ready");
  const words = checks.ready ? ready : text("check.missing", { names: missing });
  const reason = byId("check-reason", HTMLElement);
  byId("check-next", HTMLButtonElement).setAttribute("aria-disabled", String(!checks.ready));
  // While devices are still being asked, a list of what is missing would only be noise.
  reason.textContent = isBusy && !checks.ready ? "" : words;
}

/** Where chosen devices are remembered; a browser that keeps nothing for this site asks again next time. */
function deviceMemory() {
  try {
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => {} };
  }
}
