import { findingOf } from '#/jobs/finding.ts';
import type { Finding } from '#/plans/findings.ts';

/** Whatever went wrong, as it is told to the service: also what nobody foresaw. */
export function explain(error: unknown): Finding {
  try {
    return findingOf(error).finding;
  } catch {
    const { message } = error as Error;
    return { code: 'unexpected', params: { original: message }, message };
  }
}
