/** Dependencies: an activity or an asset needs an asset. */
import { z } from 'zod';
import { allow } from './access.ts';
import { findActivity } from './activities.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { DEPENDENCY_KINDS } from './facts.ts';
import { OptionalLine } from './text.ts';
import type { Work } from './work.ts';

const Needing = z.object({ kind: z.enum(['activity', 'asset']), id: z.uuid() });

/** In a form both come as one field, for example `activity:3f…`. */
const From = z.preprocess((value) => {
  if (typeof value !== 'string') return value;
  const [kind, id] = value.split(':');
  return { kind, id };
}, Needing);

export const NewDependency = z.object({
  from: From,
  to: z.uuid(),
  kind: z.enum(DEPENDENCY_KINDS),
  note: OptionalLine(1000).default(null),
});
export type NewDependency = z.infer<typeof NewDependency>;

export const Dependency = z
  .object({
    id: z.uuid(),
    from: Needing,
    to: z.uuid(),
    kind: z.enum(DEPENDENCY_KINDS),
    note: z.string().nullable(),
  })
  .meta({ id: 'Dependency' });
export type Dependency = z.infer<typeof Dependency>;

/** Both ends must be of the same client: the key says so as well. */
export async function addDependency(
  work: Work,
  client: string,
  dependency: NewDependency,
): Promise<Dependency> {
  allow(work, 'inventory.change');
  await findClient(work, client);
  await refuseForeignEnds(work, client, dependency);
  await refuseKnown(work, client, dependency);

  const { from, to, kind, note } = dependency;
  const { id } = await work.db
    .insertInto('dependencies')
    .values({
      client_id: client,
      from_activity_id: from.kind === 'activity' ? from.id : null,
      from_asset_id: from.kind === 'asset' ? from.id : null,
      to_asset_id: to,
      kind,
      note,
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'dependency.added', { kind: 'dependency', id, client }, { from, to, kind });
  return { id, from, to, kind, note };
}

export async function removeDependency(work: Work, id: string): Promise<{ client: string }> {
  allow(work, 'inventory.change');
  const row = await work.db.selectFrom('dependencies').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('dependency');
  await work.db.deleteFrom('dependencies').where('id', '=', id).execute();
  await record(work, 'dependency.removed', { kind: 'dependency', id, client: row.client_id }, row);
  return { client: row.client_id };
}

/** What needs what; with `of`, only what that activity or asset needs or is needed by. */
export async function listDependencies(
  work: Work,
  client: string,
  { of = null }: { of?: string | null } = {},
): Promise<Dependency[]> {
  await findClient(work, client);
  let query = work.db.selectFrom('dependencies').selectAll().where('client_id', '=', client);
  if (of)
    query = query.where((row) =>
      row.or([row('from_activity_id', '=', of), row('from_asset_id', '=', of), row('to_asset_id', '=', of)]),
    );
  const rows = await query.orderBy('created_at').orderBy('id').limit(20_000).execute();
  return rows.map((row) => ({
    id: row.id,
    from: row.from_activity_id
      ? { kind: 'activity', id: row.from_activity_id }
      : { kind: 'asset', id: row.from_asset_id ?? '' },
    to: row.to_asset_id,
    kind: row.kind,
    note: row.note,
  }));
}

async function refuseForeignEnds(work: Work, client: string, { from, to }: NewDependency) {
  const needing =
    from.kind === 'activity' ? await findActivity(work, from.id) : await findAsset(work, from.id);
  const needed = await findAsset(work, to);
  if (needing.client !== client) throw notFound(from.kind);
  if (needed.client !== client) throw notFound('asset');
  if (from.id === to) throw invalid('to', 'dependency.itself');
}

async function refuseKnown({ db }: Work, client: string, { from, to, kind }: NewDependency) {
  const known = await db
    .selectFrom('dependencies')
    .select('id')
    .where('client_id', '=', client)
    .where(from.kind === 'activity' ? 'from_activity_id' : 'from_asset_id', '=', from.id)
    .where('to_asset_id', '=', to)
    .where('kind', '=', kind)
    .executeTakeFirst();
  if (known) throw conflict('dependency.known');
}
