import { z } from 'zod';
import type { ServiceLog } from '../log.ts';
import { openProvider, type Registered } from './client.ts';

/** What stands in the way, as far as it shows without anybody signing in. */
const GAPS = ['unreachable', 'no-code-flow', 'no-pkce', 'no-group-claim'] as const;

export const Tried = z
  .object({
    isReached: z.boolean(),
    gaps: z.array(z.enum(GAPS)),
    authorization: z.string().nullable().describe('Where people are sent to'),
  })
  .meta({ id: 'SingleSignOnTry' });
export type Tried = z.infer<typeof Tried>;

/** Reads what the OpenID provider publishes. Whether it knows this service shows only when somebody signs in. */
export async function trySignOn(
  registered: Registered & { signOn: { groupClaim: string | null } },
  log: Pick<ServiceLog, 'warn'>,
): Promise<Tried> {
  try {
    const told = (await openProvider(registered)).serverMetadata();
    const { groupClaim } = registered.signOn;
    const lacks = (known: readonly string[] | undefined, one: string) =>
      known !== undefined && !known.includes(one);
    const gaps: Tried['gaps'] = [
      ...(lacks(told.response_types_supported, 'code') ? ['no-code-flow' as const] : []),
      ...(lacks(told.code_challenge_methods_supported, 'S256') ? ['no-pkce' as const] : []),
      ...(groupClaim !== null && lacks(told.claims_supported, groupClaim) ? ['no-group-claim' as const] : []),
    ];
    return { isReached: true, gaps, authorization: told.authorization_endpoint ?? null };
  } catch (error) {
    log.warn({ err: error }, 'an OpenID provider was tried in vain');
    return { isReached: false, gaps: ['unreachable'], authorization: null };
  }
}
