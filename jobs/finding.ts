import { EngineError } from './recovery-points/contract.ts';
import { SourceError } from './sources/source.ts';
import { StoreError } from './stores/store.ts';

/**
 * Turns an error that is an answer into a verdict and a sentence for people. Bad data fail; a store, key or program
 * out of reach leaves the question open. Anything else is a crash and is thrown on, for the queue to try again.
 */
export function findingOf(error: unknown): { verdict: 'failed' | 'inconclusive'; finding: string } {
  if (error instanceof EngineError)
    return { verdict: error.kind === 'data' ? 'failed' : 'inconclusive', finding: error.message };
  if (error instanceof StoreError)
    return { verdict: error.fault === 'not-found' ? 'failed' : 'inconclusive', finding: error.message };
  if (error instanceof SourceError) return { verdict: 'inconclusive', finding: error.message };
  throw error;
}
