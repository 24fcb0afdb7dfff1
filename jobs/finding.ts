import type { Finding } from '#/plans/findings.ts';
import { EngineError } from './recovery-points/contract.ts';
import { SourceError } from './sources/source.ts';
import { StoreError } from './stores/store.ts';

/**
 * Turns an error that is an answer into a verdict and a finding for people. Bad data fail; a store, key or program
 * out of reach leaves the question open. Anything else is a crash and is thrown on, for the queue to try again.
 */
export function findingOf(error: unknown): { verdict: 'failed' | 'inconclusive'; finding: Finding } {
  if (error instanceof EngineError) return answer(error, error.kind === 'data');
  if (error instanceof StoreError) return answer(error, ['not-found', 'damaged'].includes(error.fault));
  if (error instanceof SourceError) return answer(error, false);
  throw error;
}

/** Whether it may well go by itself: a line that is cut, a server that restarts. Wrong keys and full disks do not. */
export const mayPass = (error: unknown): boolean =>
  (error instanceof StoreError || error instanceof SourceError) && error.fault === 'unreachable';

const answer = ({ because, message }: EngineError | StoreError | SourceError, isBad: boolean) => ({
  verdict: isBad ? ('failed' as const) : ('inconclusive' as const),
  finding: { ...because, message },
});
