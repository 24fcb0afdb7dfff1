/** Records of evidence of clients. */
import type { EvidenceFacts } from '../facts.ts';
import type { Work } from '../work.ts';
import { byClient } from './rows.ts';

/** The newest record of each code, subject and kind of assertor: what a person says never hides what was proved. */
export async function loadEvidence({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('evidence')
    .distinctOn(['client_id', 'code', 'subject_id', 'asserted_by'])
    .select([
      'client_id',
      'id',
      'code',
      'subject_kind',
      'subject_id',
      'subject_name',
      'finding',
      'asserted_by',
    ])
    .select(['produced_by', 'at', 'valid_until', 'sha256'])
    .where('client_id', 'in', ids)
    .orderBy('client_id')
    .orderBy('code')
    .orderBy('subject_id')
    .orderBy('asserted_by')
    .orderBy('at', 'desc')
    .limit(200_000)
    .execute();
  return byClient(
    rows,
    (row): EvidenceFacts => ({
      id: row.id,
      code: row.code,
      subject: {
        kind: row.subject_kind as EvidenceFacts['subject']['kind'],
        id: row.subject_id,
        name: row.subject_name,
      },
      finding: row.finding,
      assertedBy: row.asserted_by,
      by: row.produced_by,
      at: row.at.toISOString(),
      validUntil: row.valid_until?.toISOString() ?? null,
      sha256: row.sha256,
    }),
  );
}
