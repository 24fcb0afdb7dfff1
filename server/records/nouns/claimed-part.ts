/** What other backup tools say of an asset, apart from what is proved of it. */
import { may } from '#/plans/access.ts';
import { listClaimSources } from '#/plans/claims/claim-sources.ts';
import { CLAIM_STATES } from '#/plans/claims/standing.ts';
import type { Work } from '#/plans/work.ts';
import type { Field } from '../field.ts';
import type { SubList } from '../noun.ts';

/** In the colour of what is declared, and never in that of proof. */
export const CLAIMED_STATE: Field = {
  name: 'state',
  kind: 'choice',
  values: CLAIM_STATES,
  words: 'claim-state',
  tones: {
    never: 'open',
    running: 'declared',
    'said-ok': 'declared',
    late: 'warning',
    'said-failed': 'danger',
    missing: 'danger',
    'not-ended': 'danger',
  },
};

export async function claimedPart(
  work: Work,
  { id, client }: { id: string; client: string },
): Promise<SubList[]> {
  if (!may(work, 'protection.read')) return [];
  const sources = (await listClaimSources(work, client)).filter(({ asset }) => asset === id);
  if (sources.length === 0) return [];
  return [
    {
      name: 'claimed',
      columns: [
        { name: 'name', kind: 'line' },
        { name: 'vendor', kind: 'line' },
        CLAIMED_STATE,
        { name: 'lastOkAt', kind: 'moment' },
      ],
      rows: sources.map(({ id: source, name, vendor, state, lastOkAt }) => ({
        href: `/claim-sources/${source}`,
        values: { name, vendor, state, lastOkAt },
      })),
    },
  ];
}
