/** Evidence: the records behind every figure. Their content is kept as it was hashed, and the trail keeps the hash. */
import { z } from 'zod';
import { record } from './audit.ts';
import { canonical, sha256 } from './canonical.ts';
import { notFound } from './errors.ts';
import type { EvidenceFacts } from './facts.ts';
import type { Work } from './work.ts';

export interface NewEvidence {
  client: string;
  code: string;
  subject: EvidenceFacts['subject'];
  finding: EvidenceFacts['finding'];
  assertedBy: EvidenceFacts['assertedBy'];
  validUntil: Date | null;
  /** The facts themselves, for example a restore test's levels and checks. No secrets. */
  content: object;
}

export const Evidence = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    code: z.string(),
    subject: z.object({ kind: z.string(), id: z.uuid(), name: z.string() }),
    finding: z.enum(['supports', 'contradicts']),
    assertedBy: z.enum(['system', 'person', 'vendor']),
    by: z.string(),
    at: z.iso.datetime(),
    validUntil: z.iso.datetime().nullable(),
    content: z.string().describe('Canonical JSON; its SHA-256 is `sha256`'),
    sha256: z.string(),
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof Evidence>;

/** Writes one record and its hash into the trail. Records are never changed: a later one may say something else. */
export async function recordEvidence(work: Work, evidence: NewEvidence): Promise<string> {
  const { client, code, subject, finding, assertedBy, validUntil } = evidence;
  const content = canonical({
    code,
    subject,
    finding,
    assertedBy,
    at: work.now,
    validUntil,
    facts: evidence.content,
  });
  const hash = sha256(content);
  const { id } = await work.db
    .insertInto('evidence')
    .values({
      client_id: client,
      code,
      subject_kind: subject.kind,
      subject_id: subject.id,
      subject_name: subject.name,
      finding,
      asserted_by: assertedBy,
      produced_by: work.actor.name,
      at: work.now,
      valid_until: validUntil,
      content,
      sha256: hash,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'evidence.recorded', { kind: 'evidence', id, client }, { code, sha256: hash });
  return id;
}

export async function findEvidence({ db }: Work, id: string): Promise<Evidence> {
  const row = await db.selectFrom('evidence').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('evidence');
  return {
    id: row.id,
    client: row.client_id,
    code: row.code,
    subject: { kind: row.subject_kind, id: row.subject_id, name: row.subject_name },
    finding: row.finding,
    assertedBy: row.asserted_by,
    by: row.produced_by,
    at: row.at.toISOString(),
    validUntil: row.valid_until?.toISOString() ?? null,
    content: row.content,
    sha256: row.sha256,
  };
}

/** Evidence of one subject, newest first. */
export async function listEvidenceOf({ db }: Work, client: string, subject: string) {
  const rows = await db
    .selectFrom('evidence')
    .select(['id', 'code', 'sha256', 'at', 'finding'])
    .where('client_id', '=', client)
    .where('subject_id', '=', subject)
    .orderBy('at', 'desc')
    .limit(100)
    .execute();
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
