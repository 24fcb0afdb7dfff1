/** Impact categories: the client's scales, on which it is said how bad a standstill is, and what can still be borne. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { Line, Text } from './text.ts';
import type { Work } from './work.ts';

export const ImpactLevel = z.object({
  level: z.int().min(0).max(9),
  meaning: Text(1000).refine((text) => text.trim() !== '', { error: 'impact-category.no-meaning' }),
  isTolerable: z.boolean(),
});

export const NewImpactCategory = z.object({
  name: Line(100),
  position: z.int().min(0).max(1000).nullable().default(null).describe('Null: after the others'),
  levels: z.array(ImpactLevel).min(2, { error: 'impact-category.too-few-levels' }).max(10),
});
export type NewImpactCategory = z.infer<typeof NewImpactCategory>;

export const ImpactCategory = z
  .object({ ...NewImpactCategory.shape, position: z.int(), id: z.uuid(), client: z.uuid() })
  .meta({ id: 'ImpactCategory' });
export type ImpactCategory = z.infer<typeof ImpactCategory>;

export async function addImpactCategory(
  work: Work,
  client: string,
  category: NewImpactCategory,
): Promise<ImpactCategory> {
  allow(work, 'activity.change');
  await findClient(work, client);
  await refuseTakenName(work, client, category.name);
  refuseUnsoundLevels(category);

  const { id } = await work.db
    .insertInto('impact_categories')
    .values({
      client_id: client,
      ...columns(category),
      position: category.position ?? (await nextPosition(work, client)),
      created_at: work.now,
      changed_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'impact-category.added', { kind: 'impact-category', id, client }, category);
  return findImpactCategory(work, id);
}

/**
 * Changes a scale. The MTPDs that follow from curves may be others now; approvals stand, as nobody changed an analysis,
 * and where one is unlike its curve from now on, that is shown.
 */
export async function changeImpactCategory(
  work: Work,
  id: string,
  category: NewImpactCategory,
): Promise<ImpactCategory> {
  allow(work, 'activity.change');
  const before = await findImpactCategoryForChange(work, id);
  if (category.name !== before.name) await refuseTakenName(work, before.client, category.name);
  refuseUnsoundLevels(category);
  await refuseMissingLevelInUse(work, id, category);

  await work.db
    .updateTable('impact_categories')
    .set({ ...columns(category), position: category.position ?? before.position, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'impact-category.changed',
    { kind: 'impact-category', id, client: before.client },
    { before, after: category },
  );
  return findImpactCategory(work, id);
}

/** Takes a scale out. While a curve stands on it, it stays. */
export async function removeImpactCategory(work: Work, id: string): Promise<ImpactCategory> {
  allow(work, 'activity.change');
  const before = await findImpactCategoryForChange(work, id);
  const count = await countUsers(work, id);
  if (count > 0) throw conflict('impact-category.in-use', { name: before.name, count });

  await work.db.deleteFrom('impact_categories').where('id', '=', id).execute();
  await record(
    work,
    'impact-category.removed',
    { kind: 'impact-category', id, client: before.client },
    { before },
  );
  return before;
}

export async function findImpactCategory({ db }: Work, id: string): Promise<ImpactCategory> {
  const row = await db.selectFrom('impact_categories').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('impact-category');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findImpactCategoryForChange({ db }: Work, id: string): Promise<ImpactCategory> {
  const row = await db
    .selectFrom('impact_categories')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('impact-category');
  return present(row);
}

/** In the client's order. */
export async function listImpactCategories(work: Work, client: string): Promise<ImpactCategory[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('impact_categories')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('position')
    .orderBy('name')
    .limit(1000)
    .execute();
  return rows.map(present);
}

/** Each level once, from the lightest on; past one that cannot be borne, none can. */
function refuseUnsoundLevels({ levels }: NewImpactCategory) {
  for (const [place, { level, isTolerable }] of levels.entries()) {
    if (levels.findIndex((one) => one.level === level) < place)
      throw invalid(`levels.${place}.level`, 'impact-category.level-twice', { level });
    const lighter = levels.find((one) => one.level < level && !one.isTolerable);
    if (isTolerable && lighter)
      throw invalid(`levels.${place}.isTolerable`, 'impact-category.tolerable-above', {
        level,
        lighter: lighter.level,
      });
  }
}

async function refuseTakenName({ db }: Work, client: string, name: string) {
  const taken = await db
    .selectFrom('impact_categories')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('impact-category.name-taken', { name });
}

async function refuseMissingLevelInUse({ db }: Work, id: string, { levels }: NewImpactCategory) {
  const used = await db
    .selectFrom('impact_points')
    .select('level')
    .distinct()
    .where('category_id', '=', id)
    .orderBy('level')
    .limit(10)
    .execute();
  const missing = used.find(({ level }) => !levels.some((one) => one.level === level));
  if (missing) throw invalid('levels', 'impact-category.level-in-use', { level: missing.level });
}

async function countUsers({ db }: Work, id: string): Promise<number> {
  const { count } = await db
    .selectFrom('impact_points')
    .select(sql<number>`count(distinct activity_id)`.as('count'))
    .where('category_id', '=', id)
    .executeTakeFirstOrThrow();
  return count;
}

async function nextPosition({ db }: Work, client: string): Promise<number> {
  const { last } = await db
    .selectFrom('impact_categories')
    .select(({ fn }) => fn.max('position').as('last'))
    .where('client_id', '=', client)
    .executeTakeFirstOrThrow();
  return (last ?? 0) + 1;
}

const columns = ({ name, levels }: NewImpactCategory) => ({
  name,
  levels: JSON.stringify(levels.toSorted((left, right) => left.level - right.level)),
});

const present = (row: {
  id: string;
  client_id: string;
  name: string;
  position: number;
  levels: unknown;
}): ImpactCategory => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  position: row.position,
  levels: row.levels as ImpactCategory['levels'],
});
