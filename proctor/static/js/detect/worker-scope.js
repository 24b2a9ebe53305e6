/**
 * The global scope of a worker, as far as ours use it: TypeScript's declarations for pages and for workers exclude
 * each other.
 */

/**
 * @typedef {object} WorkerScope
 * @property {(message: unknown, transfer?: Transferable[]) => void} postMessage
 * @property {((event: MessageEvent) => void) | null} onmessage
 * @property {unknown} [ModuleFactory] where MediaPipe's loader keeps what it has loaded
 */

export const scope = /** @type {WorkerScope} */ (/** @type {unknown} */ (globalThis));
