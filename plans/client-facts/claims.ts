/** What other backup tools say of the assets of clients. */
import { selectSources } from '../claims/claim-sources.ts';
import { expectedFrom } from '../claims/expected.ts';
import { claimStanding } from '../claims/standing.ts';
import { latestWords } from '../claims/words.ts';
import type { ClaimFacts } from '../facts.ts';
import type { Work } from '../work.ts';
import { byClient } from './rows.ts';

export async function loadClaims(work: Work, ids: string[]) {
  const rows = await selectSources(work)
    .where('source.client_id', 'in', ids)
    .orderBy('source.name')
    .orderBy('source.id')
    .limit(100_000)
    .execute();
  const words = await latestWords(
    work,
    rows.map(({ id }) => id),
  );
  return byClient(rows, (row): ClaimFacts => {
    const { state, lastOkAt } = claimStanding(words.get(row.id) ?? [], expectedFrom(row), work.now);
    return {
      id: row.id,
      asset: row.asset_id,
      name: row.name,
      vendor: row.vendor,
      state,
      lastOkAt: lastOkAt?.toISOString() ?? null,
    };
  });
}
