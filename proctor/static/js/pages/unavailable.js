/** The page that is shown while the server is not ready. */

import { reloadWhenWorking } from "../lib/try-again.js";

const stop = reloadWhenWorking({
  fetch: (url) => fetch(url, { cache: "no-store" }),
  reload: () => location.reload(),
  setTimeout: (callback, ms) => window.setTimeout(callback, ms),
  clearTimeout: (timer) => window.clearTimeout(timer),
});
window.addEventListener("pagehide", stop, { once: true });
