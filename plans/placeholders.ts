/** Questions that a starting text leaves open: `[[name of the crisis director]]`. */

/** A placeholder stands on one line, and never one inside another. */
const PLACEHOLDER = /\[\[[^[\]\n]+\]\]/g;

/** How many are open in these texts. */
export const countPlaceholders = (texts: readonly (string | null)[]): number =>
  texts.reduce((count, text) => count + (text?.match(PLACEHOLDER)?.length ?? 0), 0);
