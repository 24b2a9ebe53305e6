/** The queue of reviews: the server makes the page; times are shown in the reader's zone, and filters work at once. */

import { byId } from "../lib/dom.js";
import { showLocalTimes } from "../lib/times.js";

const filters = byId("filters", HTMLFormElement);

showLocalTimes(document);
filters.addEventListener("change", () => filters.requestSubmit());
// A page that comes back from the browser's cache may show what somebody has decided since.
addEventListener("pageshow", (event) => event.persisted && location.reload());
