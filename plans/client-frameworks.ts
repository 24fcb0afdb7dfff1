/** The frameworks that a client is judged by, and on which level of each. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { CATALOGUE } from './coverage/catalogue.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { OptionalLine, OptionalText } from './text.ts';
import type { Work } from './work.ts';

export const NewClientFramework = z.object({
  framework: z.string().min(1).max(60).describe('Id of a framework of the catalogue'),
  level: OptionalLine(60).default(null).describe('Id of one of its levels, where it has some'),
  reason: OptionalText(2000).default(null).describe('Why it is looked at'),
});
export type NewClientFramework = z.infer<typeof NewClientFramework>;

export const ClientFramework = z
  .object({ ...NewClientFramework.shape, id: z.uuid(), client: z.uuid(), name: z.string(), clauses: z.int() })
  .meta({ id: 'ClientFramework' });
export type ClientFramework = z.infer<typeof ClientFramework>;

export async function chooseFramework(
  work: Work,
  client: string,
  chosen: NewClientFramework,
): Promise<ClientFramework> {
  allow(work, 'framework.change');
  await findClient(work, client);
  refuseUnknown(chosen);
  await refuseChosen(work, client, chosen.framework);
  const { id } = await work.db
    .insertInto('client_frameworks')
    .values({ client_id: client, ...chosen, created_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'framework.chosen', { kind: 'client-framework', id, client }, chosen);
  return findClientFramework(work, id);
}

export async function changeFramework(
  work: Work,
  id: string,
  chosen: NewClientFramework,
): Promise<ClientFramework> {
  allow(work, 'framework.change');
  const before = await findClientFrameworkForChange(work, id);
  refuseUnknown(chosen);
  if (chosen.framework !== before.framework) await refuseChosen(work, before.client, chosen.framework);
  await work.db.updateTable('client_frameworks').set(chosen).where('id', '=', id).execute();
  await record(
    work,
    'framework.changed',
    { kind: 'client-framework', id, client: before.client },
    { before, after: chosen },
  );
  return findClientFramework(work, id);
}

export async function dropFramework(work: Work, id: string): Promise<ClientFramework> {
  allow(work, 'framework.change');
  const before = await findClientFrameworkForChange(work, id);
  await work.db.deleteFrom('client_frameworks').where('id', '=', id).execute();
  await record(
    work,
    'framework.dropped',
    { kind: 'client-framework', id, client: before.client },
    { before },
  );
  return before;
}

export async function findClientFramework(work: Work, id: string): Promise<ClientFramework> {
  const row = await work.db
    .selectFrom('client_frameworks')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('framework');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findClientFrameworkForChange({ db }: Work, id: string): Promise<ClientFramework> {
  const row = await db
    .selectFrom('client_frameworks')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('framework');
  return present(row);
}

export async function listClientFrameworks(work: Work, client: string): Promise<ClientFramework[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('client_frameworks')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('framework')
    .limit(100)
    .execute();
  return rows.map(present);
}

function refuseUnknown({ framework, level }: NewClientFramework) {
  const known = CATALOGUE.get(framework);
  if (!known) throw invalid('framework', 'framework.unknown', { framework });
  if (level !== null && !known.levels.some(({ id }) => id === level))
    throw invalid('level', known.levels.length > 0 ? 'framework.no-such-level' : 'framework.no-levels', {
      levels: known.levels.map(({ id }) => id).join(', '),
    });
}

async function refuseChosen({ db }: Work, client: string, framework: string) {
  const chosen = await db
    .selectFrom('client_frameworks')
    .select('id')
    .where('client_id', '=', client)
    .where('framework', '=', framework)
    .executeTakeFirst();
  if (chosen) throw conflict('framework.chosen-already', { framework });
}

const present = (row: {
  id: string;
  client_id: string;
  framework: string;
  level: string | null;
  reason: string | null;
}): ClientFramework => ({
  id: row.id,
  client: row.client_id,
  framework: row.framework,
  level: row.level,
  reason: row.reason,
  name: CATALOGUE.get(row.framework)?.name.en ?? row.framework,
  clauses: CATALOGUE.get(row.framework)?.rows.length ?? 0,
});
