/** What must not be done twice, however often it is asked for. */

/**
 * The job, to be called as often as anybody likes: it is begun again only after it has failed.
 * @param {() => Promise<void>} job
 * @returns {() => Promise<void>}
 */
export function once(job) {
  /** @type {Promise<void> | null} */
  let begun = null;
  return () => {
    begun ??= job().catch((error) => {
      begun = null;
      throw error;
    });
    return begun;
  };
}
