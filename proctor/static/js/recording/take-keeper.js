/** Which of the takes in the browser are to be sent, and which nobody will ask for any more. */

/**
 * @typedef {object} Options
 * @property {"on_flags" | "full"} policy
 * @property {import("./chunk-store.js").ChunkStore} store
 * @property {import("./wanted-times.js").WantedTimes} wanted
 * @property {() => number} now
 */

export class TakeKeeper {
  #options;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
  }

  /** Whatever is here already, an earlier page recorded: where a crash ended it, nobody has noted that yet. */
  async adopt() {
    const { store, now } = this.#options;
    for (const take of await store.takes()) {
      if (take.endedAt === null) await store.changeTake(take.id, { endedAt: now() });
    }
  }

  /**
   * Note what is wanted, and forget what was sent and what never will be.
   * @param {Set<string>} running ids of the takes that are being recorded
   */
  async tidy(running) {
    const { store, wanted } = this.#options;
    await this.mark();
    for (const take of await store.takes()) {
      const isDone = take.isWanted ? take.endedAt !== null && take.waitingBytes === 0 : wanted.isPast(take);
      if (isDone && !running.has(take.id)) await store.dropTake(take.id);
    }
  }

  /** Note which takes the flags want. */
  async mark() {
    const { policy, store, wanted } = this.#options;
    if (policy === "full") return;
    for (const take of await store.takes()) {
      if (!take.isWanted && wanted.wants(take)) await store.changeTake(take.id, { isWanted: true });
    }
  }

  /** Drop what nobody has asked for yet, for what somebody may; true where there was any. */
  async makeRoom() {
    const { store } = this.#options;
    const unwanted = (await store.takes()).filter(({ isWanted, endedAt }) => !isWanted && endedAt !== null);
    for (const take of unwanted) await store.dropTake(take.id);
    return unwanted.length > 0;
  }
}
