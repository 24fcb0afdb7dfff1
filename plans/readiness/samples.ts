/** What a few measured times say, and what they do not. Every number here is one that was measured. */

/** Of an even number, the slower of the two in the middle: nothing is made up in between. */
export const median = (seconds: readonly number[]): number =>
  inOrder(seconds)[Math.floor(seconds.length / 2)]!;

export const slowest = (seconds: readonly number[]): number => Math.max(...seconds);

const CONFIDENCE = 0.9;
const SHARE = 0.9;

/**
 * The smallest measured time of which one can say with a confidence of 90 % that nine of ten are no longer, whatever their
 * distribution. Null below 22 measures: then not even the slowest bears it out.
 */
export function p90(seconds: readonly number[]): number | null {
  const count = seconds.length;
  // How likely it is that all, then all but one, and so on, are among the nine of ten.
  let likelihood = SHARE ** count;
  let doubt = likelihood;
  let rank = count + 1;
  for (let within = count; within > 0 && doubt <= 1 - CONFIDENCE; within -= 1) {
    rank = within;
    likelihood *= (within / (count - within + 1)) * ((1 - SHARE) / SHARE);
    doubt += likelihood;
  }
  return inOrder(seconds)[rank - 1] ?? null;
}

const inOrder = (seconds: readonly number[]) => seconds.toSorted((left, right) => left - right);
