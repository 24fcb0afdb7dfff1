/** Other backup tools that say that a job failed, or say nothing any more. */
import { selectSources } from '../../claims/claim-sources.ts';
import { expectedFrom } from '../../claims/expected.ts';
import { type CLAIM_STATES, claimStanding } from '../../claims/standing.ts';
import { latestWords } from '../../claims/words.ts';
import type { Work } from '../../work.ts';
import type { Found, RecordRule } from './rule.ts';

type Ruled = Found & { client: string };

export const claimFailed: RecordRule = {
  name: 'claim-failed',
  find: (work) => find(work, ['said-failed'], 'alert.claim-failed'),
};

/** It said that all was well once: one that was never heard of is still being set up. */
export const claimMissing: RecordRule = {
  name: 'claim-missing',
  find: (work) => find(work, ['missing', 'not-ended'], 'alert.claim-missing'),
};

async function find(work: Work, states: (typeof CLAIM_STATES)[number][], key: string): Promise<Ruled[]> {
  const rows = await selectSources(work)
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.client_id', '=', 'source.client_id').onRef('asset.id', '=', 'source.asset_id'),
    )
    .select('asset.name as asset_name')
    .orderBy('source.id')
    .limit(100_000)
    .execute();
  const words = await latestWords(
    work,
    rows.map(({ id }) => id),
  );
  return rows.flatMap((row): Ruled[] => {
    const said = words.get(row.id) ?? [];
    const { state, missingAt } = claimStanding(said, expectedFrom(row), work.now);
    if (!states.includes(state)) return [];
    const since = state === 'missing' ? missingAt! : (said[0]?.at ?? work.now);
    return [
      {
        client: row.client_id,
        key: row.id,
        severity: 'warning',
        since,
        reason: { key, params: { name: row.name, vendor: row.vendor, asset: row.asset_name } },
        because: null,
        subjects: [
          { kind: 'claim-source', id: row.id, name: row.name },
          { kind: 'asset', id: row.asset_id, name: row.asset_name },
        ],
      },
    ];
  });
}
