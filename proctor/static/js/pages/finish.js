/** The finish page: the moment it ended, in the reader's own time, and what is left of the recording and the events on its way. */

import { sendLeftovers } from "../candidate/leftovers.js";
import { byId, dataset, messages } from "../lib/dom.js";
import { showLocalTimes } from "../lib/times.js";
import { openChunkStore } from "../recording/chunk-store.js";
import { Farewell } from "../recording/farewell.js";
import { recordingApi } from "../recording/sending.js";
import { UploadView } from "../recording/upload-view.js";

showLocalTimes(document);
const upload = document.getElementById("upload");
if (upload) void sendRest(upload);

const main = byId("main", HTMLElement);
if (main.dataset.handle) void sendEvents();

async function sendEvents() {
  const outbox = await sendLeftovers({ handle: dataset(main, "handle"), csrfToken: dataset(main, "csrfToken") });
  addEventListener("online", () => void outbox.flush());
  addEventListener("pagehide", () => outbox.close());
}

/** @param {HTMLElement} root */
async function sendRest(root) {
  const handle = dataset(root, "handle");
  const { send, complete } = recordingApi(handle, dataset(root, "csrfToken"));
  const view = new UploadView(root, messages(root));
  const store = await openChunkStore(handle, globalThis.indexedDB);
  const farewell = new Farewell({ store, send, complete, onProgress: (progress) => view.show(progress) });
  addEventListener("beforeunload", (event) => farewell.isNeeded && event.preventDefault());
  addEventListener("online", () => farewell.flush());
  addEventListener("pagehide", () => farewell.close());
  await farewell.start();
}

// A page that comes back from the browser's cache sends nothing any more.
addEventListener("pageshow", (event) => event.persisted && location.reload());
