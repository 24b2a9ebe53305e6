/** Says in words when the console's own connection is lost or its login is over. */

/** @typedef {import("../live/link.js").ChannelState} ChannelState */

/** A reconnect within this is nobody's concern. */
const QUIET_MS = 1_500;

export class ConnectionBanner {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #root;
  #stopListening;

  /**
   * @param {HTMLElement} root holds one banner for each of `offline`, `signed_out`, `not_allowed`
   * @param {Pick<import("../live/link.js").Link, "on" | "onState">} channel
   */
  constructor(root, channel) {
    this.#root = root;
    this.#stopListening = [
      channel.onState((state, refusal) => this.#changed(state, refusal)),
      channel.on("signed_out", () => this.#show("signed_out")),
    ];
  }

  close() {
    clearTimeout(this.#timer);
    for (const stop of this.#stopListening) stop();
  }

  /**
   * @param {ChannelState} state
   * @param {string | null} refusal
   */
  #changed(state, refusal) {
    clearTimeout(this.#timer);
    if (state === "online") this.#show(null);
    if (state === "offline") this.#timer = setTimeout(() => this.#show("offline"), QUIET_MS);
    if (state === "refused") this.#show(refusal === "forbidden" ? "not_allowed" : "signed_out");
  }

  /** @param {string | null} name */
  #show(name) {
    for (const banner of this.#root.querySelectorAll("[data-connection]")) {
      if (banner instanceof HTMLElement) banner.hidden = banner.dataset.connection !== name;
    }
  }
}
