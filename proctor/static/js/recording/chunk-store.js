/**
 * Where recorded chunks wait until the server has them: IndexedDB, so that a reload or a crash loses none. Where the
 * browser offers none (some private windows), the page's memory has to do, within a limit.
 */

import { DatabaseChunkStore, openDatabase } from "./database-chunk-store.js";
import { MemoryChunkStore } from "./memory-chunk-store.js";

/** @typedef {import("./take-recorder.js").Kind} Kind */

/**
 * @typedef {object} Take
 * @property {string} id
 * @property {string} handle
 * @property {Kind} kind
 * @property {number} startedAt by the page's clock, in milliseconds since 1970
 * @property {number | null} endedAt null while it is recorded, and where a crash ended it
 * @property {boolean} isWanted whether it is to be sent
 * @property {number} waitingBytes how many of them the server does not have yet
 */

/** @typedef {{takeId: string, seq: number, offset: number, sha256: string, bytes: ArrayBuffer}} Chunk */

/**
 * @typedef {object} ChunkStore
 * @property {() => Promise<Take[]>} takes the oldest first
 * @property {(take: Take) => Promise<void>} addTake
 * @property {(takeId: string, change: Partial<Pick<Take, "endedAt" | "isWanted">>) => Promise<void>} changeTake
 * @property {(chunk: Chunk) => Promise<void>} addChunk fails with a `QuotaExceededError` where there is no room
 * @property {(takeId: string) => Promise<Chunk | null>} firstChunk the first of a take that waits
 * @property {(takeId: string, seq: number) => Promise<void>} removeChunk
 * @property {(takeId: string) => Promise<void>} dropTake with all its chunks
 */

/** The server takes nothing a day after an exam; what is older, of whatever exam, would only lie here. */
const KEPT_MS = 3 * 86_400_000;

/**
 * The recordings of one exam session.
 * @param {string} handle
 * @param {IDBFactory | undefined} factory
 * @returns {Promise<ChunkStore>}
 */
export async function openChunkStore(handle, factory) {
  try {
    if (!factory) return new MemoryChunkStore();
    const store = new DatabaseChunkStore(handle, await openDatabase(factory));
    await store.forgetOld(Date.now() - KEPT_MS);
    return store;
  } catch {
    return new MemoryChunkStore();
  }
}

/** @param {unknown} error */
export function isFull(error) {
  return error instanceof Error && error.name === "QuotaExceededError";
}
