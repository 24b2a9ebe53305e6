/** The finish page: the moment it ended, in the reader's own time. */

import { showLocalTimes } from "../lib/times.js";

showLocalTimes(document);
