/** For pages of the console that have no live channel of their own: says what was handed over to their reader. */

import { byId } from "../lib/dom.js";
import { Channel } from "../live/channel.js";
import { HandoverNotice } from "../proctor/handover-notice.js";

const channel = new Channel("/proctor");
const notice = new HandoverNotice(byId("handover-notices", HTMLElement), channel);

addEventListener("pagehide", () => {
  notice.close();
  channel.close();
});
// A page that comes back from the browser's cache has nothing live left in it.
addEventListener("pageshow", (event) => event.persisted && location.reload());
