/** What a shell's last words mean. */
import type { Verdict } from '../contract.ts';
import { type Because, because } from '../finding-codes.ts';
import type { Ran } from './bare-root.ts';

/** What came of one way: null, or why it is not good. */
export interface Outcome {
  because: Because | null;
  verdict: Verdict;
  observed: string;
  where: string | null;
}

export const GOOD: Outcome = {
  because: null,
  verdict: 'passed',
  observed: 'all of it, and nothing else',
  where: null,
};

const NO_END = 'it did not end in time';

/** 3: all is given back, and some of it was not whole when the point was made. */
export function scriptRefused({ status, stdout, stderr }: Ran): Outcome | null {
  if ((status === 0 || status === 3) && stdout.includes('every SHA-256 checked')) return null;
  const original =
    status === null ? NO_END : (stderr.trim() || stdout.trim() || `exit status ${status}`).slice(-500);
  return {
    verdict: 'failed',
    because: because('foreign.script-failed', { original }),
    observed: original,
    where: 'restore.sh',
  };
}

/** Nothing stops by hand: what is wrong is seen by what is there afterwards. Only a shell that did not run at all is seen here. */
export function handRefused({ status, stderr }: Ran): Outcome | null {
  if (status !== 9 && status !== null) return null;
  const original = status === null ? NO_END : stderr.trim().slice(-500);
  return {
    verdict: status === null ? 'failed' : 'inconclusive',
    because: because('foreign.not-run', { original }),
    observed: original,
    where: 'RESTORE.md',
  };
}

export const firstLine = (text: string): string =>
  text.trim() === '' ? '' : ` (${text.trim().split('\n')[0]})`;
