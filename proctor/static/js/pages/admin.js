/** The administration: times in the reader's zone, and the cursor where something is wrong. Pages work without this. */

import { showLocalTimes } from "../lib/times.js";

showLocalTimes(document);
const wrong = document.querySelector("[data-problem]");
if (wrong instanceof HTMLElement) wrong.focus();
