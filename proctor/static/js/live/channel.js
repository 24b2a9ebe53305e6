/** The only module that knows Socket.IO: it opens the socket that a `Link` speaks through. */

import { io as openSocket } from "/static/vendor/socket.io/socket.io.esm.min.js";
import { Link } from "./link.js";

export { ChannelError } from "./link.js";

/** @typedef {import("./link.js").ChannelState} ChannelState */

const OPTIONS = {
  path: "/socket.io",
  // Websocket first; where it is refused, long polling in the same attempt.
  transports: ["websocket", "polling"],
  tryAllTransports: true,
  reconnectionDelay: 500,
  reconnectionDelayMax: 5_000,
  randomizationFactor: 0.5,
  timeout: 6_000,
};
const POLLING_FIRST = ["polling", "websocket"];

/**
 * @typedef {import("./link.js").SocketLike & {io?: {opts: {transports?: any[]}}}} ManagedSocket
 */

/** One namespace of the live protocol (docs/protocol.md), connected to the server this page came from. */
export class Channel extends Link {
  /**
   * @param {"/candidate" | "/proctor"} namespace
   * @param {object} [options]
   * @param {Record<string, unknown>} [options.auth] the credentials that docs/protocol.md names for the namespace
   * @param {(namespace: string, options: object) => ManagedSocket} [options.io]
   */
  constructor(namespace, { auth = {}, io = openSocket } = {}) {
    const socket = io(namespace, { ...OPTIONS, auth });
    super(socket);
    // Some proxies accept a websocket and then swallow it. The next attempt begins with what every proxy lets through.
    socket.on("connect_error", () => {
      if (socket.active && socket.io) socket.io.opts.transports = POLLING_FIRST;
    });
  }
}
