/** Declarations: what somebody says of a client, with the document that shows it. Never more than declared. */
import { z } from 'zod';
import { allow } from './access.ts';
import { findClient } from './clients.ts';
import { EVIDENCE_CODES, type KnownCode } from './coverage/evidence-codes.ts';
import { invalid, notFound } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { Line } from './text.ts';
import type { Work } from './work.ts';

export const NewDeclaration = z.object({
  code: z.enum(EVIDENCE_CODES as readonly [KnownCode, ...KnownCode[]]).describe('Kind of evidence'),
  statement: Line(500),
  document: Line(500).describe('Title of the document, and where it lies'),
  validUntil: z.iso.date().describe('A statement without an end is one that nobody looks at again'),
});
export type NewDeclaration = z.infer<typeof NewDeclaration>;

export const Declaration = z
  .object({
    ...NewDeclaration.shape,
    id: z.uuid(),
    client: z.uuid(),
    by: z.string(),
    at: z.iso.datetime(),
    isExpired: z.boolean(),
  })
  .meta({ id: 'Declaration' });
export type Declaration = z.infer<typeof Declaration>;

export async function declare(work: Work, client: string, declaration: NewDeclaration): Promise<Declaration> {
  allow(work, 'declaration.add');
  const { name } = await findClient(work, client);
  const { code, validUntil, ...said } = declaration;
  if (validUntil <= work.now.toISOString().slice(0, 10)) throw invalid('validUntil', 'declaration.expired');
  const id = await recordEvidence(work, {
    client,
    code,
    subject: { kind: 'client', id: client, name },
    finding: 'supports',
    assertedBy: 'person',
    validUntil: new Date(`${validUntil}T23:59:59Z`),
    content: { declaration: said },
  });
  return findDeclaration(work, id);
}

export async function findDeclaration(work: Work, id: string): Promise<Declaration> {
  const row = await select(work).where('id', '=', id).executeTakeFirst();
  const told = row && present(row, work);
  if (!told) throw notFound('declaration');
  return told;
}

/** Newest first. */
export async function listDeclarations(work: Work, client: string): Promise<Declaration[]> {
  await findClient(work, client);
  const rows = await select(work)
    .where('client_id', '=', client)
    .where('subject_kind', '=', 'client')
    .orderBy('at', 'desc')
    .limit(2000)
    .execute();
  return rows.flatMap((row) => present(row, work) ?? []);
}

const select = ({ db }: Work) => db.selectFrom('evidence').selectAll().where('asserted_by', '=', 'person');

/** Null for a person's word that is no declaration, such as a contact test. */
function present(
  row: {
    id: string;
    client_id: string;
    code: string;
    produced_by: string;
    at: Date;
    valid_until: Date | null;
    content: string;
  },
  { now }: Work,
): Declaration | null {
  const said = JSON.parse(row.content).facts?.declaration;
  if (!said) return null;
  return {
    id: row.id,
    client: row.client_id,
    code: row.code as KnownCode,
    statement: said.statement,
    document: said.document,
    validUntil: row.valid_until?.toISOString().slice(0, 10) ?? '',
    by: row.produced_by,
    at: row.at.toISOString(),
    isExpired: row.valid_until !== null && row.valid_until < now,
  };
}
