/** How well the server can be reached. */

const SLOW_MS = 400;
const TIMEOUT_MS = 5000;

/**
 * Ask the server a few times, one after the other, and judge by the middle answer: one slow answer means little.
 * @param {object} [browser]
 * @param {typeof globalThis.fetch} [browser.fetch]
 * @param {() => number} [browser.now]
 * @param {number} [tries]
 * @returns {Promise<{outcome: "passed" | "slow" | "failed", ms: number}>}
 */
export async function measureNetwork({ fetch = globalThis.fetch, now = () => performance.now() } = {}, tries = 3) {
  /** @type {number[]} */
  const answers = [];
  for (let count = 0; count < tries; count += 1) {
    const ms = await oneAnswer(fetch, now);
    if (ms !== null) answers.push(ms);
  }
  if (answers.length <= tries / 2) return { outcome: "failed", ms: 0 };
  const ms = Math.round(median(answers));
  return { outcome: ms > SLOW_MS ? "slow" : "passed", ms };
}

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {() => number} now
 */
async function oneAnswer(fetch, now) {
  const since = now();
  try {
    const response = await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? now() - since : null;
  } catch {
    return null;
  }
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
