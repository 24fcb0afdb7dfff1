import { EVIDENCE_CODES } from '#/plans/coverage/evidence-codes.ts';
import { declare, NewDeclaration } from '#/plans/declarations.ts';
import type { Row } from '#/plans/exchange/client-archive.ts';
import type { Work } from '#/plans/work.ts';
import { attempt } from './attempt.ts';

const YEAR_MS = 365 * 86_400_000;

/** The newest proof of each subject that still counts, as the word of whoever imports it: valid for a year at most. Says how many. */
export async function declareProofs(
  work: Work,
  client: string,
  evidence: Row[],
  sha256: string,
): Promise<number> {
  const inAYear = new Date(work.now.getTime() + YEAR_MS).toISOString();
  const newest = [
    ...Map.groupBy(evidence, ({ code, subject_id }) => `${code} ${subject_id}`).values(),
  ].flatMap((own) =>
    own.toSorted((left, right) => (String(left.at) < String(right.at) ? 1 : -1)).slice(0, 1),
  );
  let count = 0;
  for (const { code, finding, subject_name, produced_by, at, valid_until } of newest) {
    const validUntil = [inAYear, ...(valid_until ? [String(valid_until)] : [])].sort()[0]!.slice(0, 10);
    const said = NewDeclaration.safeParse({
      code,
      statement: `${subject_name} (${produced_by}, ${String(at).slice(0, 10)})`.slice(0, 500),
      document: `SHA-256 ${sha256}`,
      validUntil,
    });
    if (finding !== 'supports' || !EVIDENCE_CODES.some((known) => known === code) || !said.success) continue;
    if (
      await attempt(work, async () => {
        await declare(work, client, said.data);
      })
    )
      count += 1;
  }
  return count;
}
