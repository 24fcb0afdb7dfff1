/** What the words of another tool amount to now. It is computed each time: nothing is good because it once was. */

export const CLAIM_STATES = [
  'never',
  'running',
  'said-ok',
  'said-failed',
  'late',
  'missing',
  'not-ended',
] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

export interface Word {
  kind: 'start' | 'ok' | 'fail';
  run: string | null;
  at: Date;
}

export interface Expected {
  /** When the next good end is expected after a moment; null when never. */
  nextAfter(moment: Date): Date | null;
  graceSeconds: number;
  longestSeconds: number | null;
}

export interface ClaimStanding {
  state: ClaimState;
  /** Of the newest good end. */
  lastOkAt: Date | null;
  /** When the next good end is expected, and when it is missing. Null before the first. */
  expectedAt: Date | null;
  missingAt: Date | null;
}

/** `words` newest first; when they were heard counts, not what their sender's clock says. */
export function claimStanding(words: readonly Word[], expected: Expected, now: Date): ClaimStanding {
  const lastOkAt = words.find(({ kind }) => kind === 'ok')?.at ?? null;
  const expectedAt = lastOkAt && expected.nextAfter(lastOkAt);
  const missingAt = expectedAt && after(expectedAt, expected.graceSeconds);
  return { state: stateOf(words, expected, { missingAt, expectedAt, now }), lastOkAt, expectedAt, missingAt };
}

function stateOf(
  words: readonly Word[],
  { nextAfter, graceSeconds, longestSeconds }: Expected,
  { expectedAt, missingAt, now }: { expectedAt: Date | null; missingAt: Date | null; now: Date },
): ClaimState {
  const [newest] = words;
  if (!newest) return 'never';
  const open = openRun(words);
  // Without a longest time of its own, a run is over at the latest when the next is missing.
  const next = open && nextAfter(open.at);
  const over =
    open && longestSeconds !== null ? after(open.at, longestSeconds) : next && after(next, graceSeconds);
  if (over && now > over) return 'not-ended';
  const lastEnd = words.find(({ kind }) => kind !== 'start');
  if (lastEnd?.kind === 'fail') return 'said-failed';
  if (missingAt && now > missingAt) return 'missing';
  if (open) return 'running';
  if (expectedAt && now > expectedAt) return 'late';
  return 'said-ok';
}

/** The newest start, while nothing has ended it: an end of the same run, or any later end where runs are not told apart. */
function openRun(words: readonly Word[]): Word | null {
  const start = words.find(({ kind }) => kind === 'start');
  if (!start) return null;
  const isEnded = words.some(
    ({ kind, run, at }) =>
      kind !== 'start' && (run !== null && start.run !== null ? run === start.run : at >= start.at),
  );
  return isEnded ? null : start;
}

const after = (moment: Date, seconds: number) => new Date(moment.getTime() + seconds * 1000);
