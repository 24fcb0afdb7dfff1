/** Dependencies: an activity or an asset needs an asset. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { findActivity } from './activities.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { canonical } from './canonical.ts';
import { findClient } from './clients.ts';
import { CONFIDENCES } from './continuity-facts.ts';
import {
  type Group,
  keepRequired,
  lockNeeding,
  refuseLeavingTooFew,
  refuseTooFew,
} from './dependency-groups.ts';
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

/** What may change later. Other ends make another dependency. */
export const DependencyChange = z.object({
  kind: z.enum(DEPENDENCY_KINDS),
  group: OptionalLine(100)
    .default(null)
    .describe('Needs of one activity or asset in one group stand in for each other'),
  requiredK: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('How many of the group are enough; holds for all of it. Null: as the group has it, or one'),
  degradationPercent: z
    .int()
    .min(0)
    .max(100)
    .nullable()
    .default(null)
    .describe('How much of the service is lost without it'),
  confidence: z.enum(CONFIDENCES).default('told'),
  note: OptionalLine(1000).default(null),
});
export type DependencyChange = z.infer<typeof DependencyChange>;

export const NewDependency = z.object({ from: From, to: z.uuid(), ...DependencyChange.shape });
export type NewDependency = z.infer<typeof NewDependency>;

export const Dependency = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    from: Needing,
    fromName: z.string(),
    to: z.uuid(),
    toName: z.string(),
    ...DependencyChange.shape,
    confirmedAt: z.iso.datetime().nullable().describe('When somebody last said that it is still so'),
    confirmedBy: z.string().nullable(),
  })
  .meta({ id: 'Dependency' });
export type Dependency = z.infer<typeof Dependency>;

export async function addDependency(
  work: Work,
  client: string,
  dependency: NewDependency,
): Promise<Dependency> {
  const [added] = await addDependencies(work, client, [dependency]);
  return added!;
}

/** Several at once: whether as many stand in for each other as are needed is judged when all of them are there. */
export async function addDependencies(
  work: Work,
  client: string,
  dependencies: NewDependency[],
): Promise<Dependency[]> {
  allow(work, 'inventory.change');
  await findClient(work, client);
  const ids: string[] = [];
  for (const dependency of dependencies) ids.push(await insert(work, client, dependency));
  for (const { from, group } of dependencies) if (group) await refuseTooFew(work, { client, from, group });

  const added = await select(work, (query) => query.where('dependency.id', 'in', ids));
  for (const one of added)
    await record(work, 'dependency.added', { kind: 'dependency', id: one.id, client }, one);
  return ids.map((id) => added.find((one) => one.id === id)!);
}

/** What was confirmed before was something else: the confirmation falls. */
export async function changeDependency(
  work: Work,
  id: string,
  change: DependencyChange,
): Promise<Dependency> {
  allow(work, 'inventory.change');
  const before = await findDependencyForChange(work, id);
  const { client, from, to } = before;
  if (change.kind !== before.kind) await refuseKnown(work, client, { from, to, kind: change.kind });
  const requiredK = await settleRequired(work, client, { from, ...change });
  if (canonical(DependencyChange.parse(before)) === canonical({ ...change, requiredK })) return before;

  await work.db
    .updateTable('dependencies')
    .set({ ...columns(change), required_k: requiredK, confirmed_at: null, confirmed_by: null })
    .where('id', '=', id)
    .execute();
  if (change.group) await refuseTooFew(work, { client, from, group: change.group });
  if (before.group && before.group !== change.group)
    await refuseLeavingTooFew(work, { client, from, group: before.group });
  const after = await findDependency(work, id);
  await record(work, 'dependency.changed', { kind: 'dependency', id, client }, { before, after });
  return after;
}

/** Somebody says that it is still so, today. */
export async function confirmDependency(work: Work, id: string): Promise<Dependency> {
  allow(work, 'inventory.change');
  const { client, fromName, toName } = await findDependencyForChange(work, id);
  await work.db
    .updateTable('dependencies')
    .set({ confirmed_at: work.now, confirmed_by: work.actor.name })
    .where('id', '=', id)
    .execute();
  await record(work, 'dependency.confirmed', { kind: 'dependency', id, client }, { fromName, toName });
  return findDependency(work, id);
}

export async function removeDependency(work: Work, id: string): Promise<Dependency> {
  allow(work, 'inventory.change');
  const before = await findDependencyForChange(work, id);
  const { client, from, group } = before;
  await work.db.deleteFrom('dependencies').where('id', '=', id).execute();
  if (group) await refuseLeavingTooFew(work, { client, from, group });
  await record(work, 'dependency.removed', { kind: 'dependency', id, client }, before);
  return before;
}

export async function findDependency(work: Work, id: string): Promise<Dependency> {
  const [dependency] = await select(work, (query) => query.where('dependency.id', '=', id));
  if (!dependency) throw notFound('dependency');
  return dependency;
}

/** The same, and nobody else changes it, or others of what needs it, until this work has ended. */
export async function findDependencyForChange(work: Work, id: string): Promise<Dependency> {
  await lockNeeding(work, (await findDependency(work, id)).from);
  return findDependency(work, id);
}

/** What needs what, by names; with `of`, only what that activity or asset needs or is needed by. */
export async function listDependencies(
  work: Work,
  client: string,
  { of = null }: { of?: string | null } = {},
): Promise<Dependency[]> {
  await findClient(work, client);
  return select(work, (query) => {
    const ofClient = query.where('dependency.client_id', '=', client);
    return of
      ? ofClient.where((row) =>
          row.or([
            row('from_activity_id', '=', of),
            row('from_asset_id', '=', of),
            row('to_asset_id', '=', of),
          ]),
        )
      : ofClient;
  });
}

/** Both ends must be of the same client: the key says so as well. */
async function insert(work: Work, client: string, dependency: NewDependency): Promise<string> {
  const { from, to } = dependency;
  await refuseForeignEnds(work, client, dependency);
  await lockNeeding(work, from);
  await refuseKnown(work, client, dependency);
  const { id } = await work.db
    .insertInto('dependencies')
    .values({
      client_id: client,
      from_activity_id: from.kind === 'activity' ? from.id : null,
      from_asset_id: from.kind === 'asset' ? from.id : null,
      to_asset_id: to,
      ...columns(dependency),
      required_k: await settleRequired(work, client, dependency),
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** How many of the group are enough from now on, for all of it. Null: it is in none. */
async function settleRequired(
  work: Work,
  client: string,
  { from, group, requiredK }: Pick<NewDependency, 'from' | 'group' | 'requiredK'>,
): Promise<number | null> {
  if (group === null && requiredK !== null) throw invalid('group', 'dependency.group-missing');
  if (group === null) return null;
  const of: Group = { client, from, group };
  return keepRequired(work, of, requiredK);
}

async function refuseForeignEnds(work: Work, client: string, { from, to }: NewDependency) {
  const needing =
    from.kind === 'activity' ? await findActivity(work, from.id) : await findAsset(work, from.id);
  const needed = await findAsset(work, to);
  if (needing.client !== client) throw notFound(from.kind);
  if (needed.client !== client) throw notFound('asset');
  if (from.id === to) throw invalid('to', 'dependency.itself');
}

async function refuseKnown(
  { db }: Work,
  client: string,
  { from, to, kind }: Pick<NewDependency, 'from' | 'to' | 'kind'>,
) {
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

const selectRows = ({ db }: Work) =>
  db
    .selectFrom('dependencies as dependency')
    .leftJoin('activities as activity', (join) =>
      join
        .onRef('activity.client_id', '=', 'dependency.client_id')
        .onRef('activity.id', '=', 'dependency.from_activity_id'),
    )
    .leftJoin('assets as needing', (join) =>
      join
        .onRef('needing.client_id', '=', 'dependency.client_id')
        .onRef('needing.id', '=', 'dependency.from_asset_id'),
    )
    .innerJoin('assets as needed', (join) =>
      join
        .onRef('needed.client_id', '=', 'dependency.client_id')
        .onRef('needed.id', '=', 'dependency.to_asset_id'),
    )
    .selectAll('dependency')
    .select(['needed.name as to_name', NEEDING_NAME.as('from_name')]);

const NEEDING_NAME = sql<string>`coalesce(activity.name, needing.name)`;

async function select(
  work: Work,
  narrow: (query: ReturnType<typeof selectRows>) => ReturnType<typeof selectRows>,
): Promise<Dependency[]> {
  const rows = await narrow(selectRows(work))
    .orderBy('from_name')
    .orderBy('to_name')
    .orderBy('dependency.id')
    .limit(20_000)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    client: row.client_id,
    from: row.from_activity_id
      ? { kind: 'activity', id: row.from_activity_id }
      : { kind: 'asset', id: row.from_asset_id ?? '' },
    fromName: row.from_name,
    to: row.to_asset_id,
    toName: row.to_name,
    kind: row.kind,
    group: row.group_name,
    requiredK: row.required_k,
    degradationPercent: row.degradation_percent,
    confidence: row.confidence,
    note: row.note,
    confirmedAt: row.confirmed_at?.toISOString() ?? null,
    confirmedBy: row.confirmed_by,
  }));
}

const columns = ({ kind, group, degradationPercent, confidence, note }: DependencyChange) => ({
  kind,
  group_name: group,
  degradation_percent: degradationPercent,
  confidence,
  note,
});
