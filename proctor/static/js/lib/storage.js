/** What a page remembers in this browser. */

/** This browser's storage, or `null` where it is switched off. */
export function storageOrNull() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
