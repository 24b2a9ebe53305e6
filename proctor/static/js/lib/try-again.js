/** Loading a page again once the server says that it works, so that nobody has to press a key for it. */

export const EVERY_MS = 2_000;

/**
 * Ask the server again and again, and reload when it works. Returns a function that stops asking.
 * @param {object} browser
 * @param {(url: string) => Promise<{ok: boolean}>} browser.fetch
 * @param {() => void} browser.reload
 * @param {(callback: () => void, ms: number) => number} browser.setTimeout
 * @param {(timer: number) => void} browser.clearTimeout
 */
export function reloadWhenWorking({ fetch, reload, setTimeout, clearTimeout }) {
  let timer = setTimeout(ask, EVERY_MS);
  let isOver = false;

  async function ask() {
    const works = await fetch("/health").then(
      (answer) => answer.ok,
      () => false,
    );
    if (isOver) return;
    if (works) reload();
    else timer = setTimeout(ask, EVERY_MS);
  }

  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
