/** What other backup tools say of the assets of clients. */
import { claimStanding } from '../claims/standing.ts';
import { latestWords } from '../claims/words.ts';
import type { ClaimFacts } from '../facts.ts';
import type { Work } from '../work.ts';
import { byClient } from './rows.ts';

export async function loadClaims(work: Work, ids: string[]) {
  const rows = await work.db
    .selectFrom('claim_sources')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('name')
    .orderBy('id')
    .limit(100_000)
    .execute();
  const words = await latestWords(
    work,
    rows.map(({ id }) => id),
  );
  return byClient(rows, (row): ClaimFacts => {
    const expected = {
      everySeconds: row.every_seconds,
      graceSeconds: row.grace_seconds,
      longestSeconds: row.longest_seconds,
    };
    const { state, lastOkAt } = claimStanding(words.get(row.id) ?? [], expected, work.now);
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
