/** Impacts over time and resources of activities, as rows, and the scales that the impacts stand on. */
import type { ActivityImpact, ResourceNeed, Scale } from './activity-analysis.ts';
import type { Work } from './work.ts';

const MOST_ROWS = 100_000;

interface Parts {
  impacts: ActivityImpact[];
  resources: ResourceNeed[];
}

/** Of each activity: impacts in the order of the scale and of time, resources in the order of time. */
export async function readParts(work: Work, activities: string[]): Promise<Map<string, Parts>> {
  const impacts = Map.groupBy(await readImpacts(work, activities), ({ activity_id }) => activity_id);
  const resources = Map.groupBy(await readResources(work, activities), ({ activity_id }) => activity_id);
  return new Map(
    activities.map((id) => [
      id,
      {
        impacts: (impacts.get(id) ?? []).map((row) => ({
          category: row.category_id,
          afterSeconds: row.after_seconds,
          level: row.level,
          amount: row.amount,
          justification: row.justification,
        })),
        resources: (resources.get(id) ?? []).map((row) => ({
          afterSeconds: row.after_seconds,
          kind: row.kind,
          name: row.name,
          quantity: row.quantity,
        })),
      },
    ]),
  );
}

/** Puts these in the place of those that are there. */
export async function replaceParts(
  { db }: Work,
  { id, client }: { id: string; client: string },
  { impacts, resources }: Parts,
): Promise<void> {
  const own = { client_id: client, activity_id: id };
  await db.deleteFrom('impact_points').where('activity_id', '=', id).execute();
  await db.deleteFrom('resource_needs').where('activity_id', '=', id).execute();
  if (impacts.length > 0)
    await db
      .insertInto('impact_points')
      .values(
        impacts.map(({ category, afterSeconds, level, amount, justification }) => ({
          ...own,
          category_id: category,
          after_seconds: afterSeconds,
          level,
          amount,
          justification,
        })),
      )
      .execute();
  if (resources.length > 0)
    await db
      .insertInto('resource_needs')
      .values(
        resources.map(({ afterSeconds, kind, name, quantity }) => ({
          ...own,
          after_seconds: afterSeconds,
          kind,
          name,
          quantity,
        })),
      )
      .execute();
}

export async function readScales(work: Work, clients: string[]): Promise<Scale[]> {
  const rows = await selectScales(work).where('client_id', 'in', clients).limit(MOST_ROWS).execute();
  return rows.map(scale);
}

/** The scales that a curve stands on; they stay as they are until this work has ended. */
export async function lockScales(work: Work, client: string, impacts: ActivityImpact[]): Promise<Scale[]> {
  if (impacts.length === 0) return [];
  const rows = await selectScales(work)
    .where('client_id', '=', client)
    .where('id', 'in', [...new Set(impacts.map(({ category }) => category))])
    .orderBy('id')
    .forShare()
    .execute();
  return rows.map(scale);
}

const selectScales = ({ db }: Work) => db.selectFrom('impact_categories').select(['id', 'name', 'levels']);

const scale = (row: { id: string; name: string; levels: unknown }): Scale => ({
  id: row.id,
  name: row.name,
  levels: row.levels as Scale['levels'],
});

const readImpacts = ({ db }: Work, activities: string[]) =>
  db
    .selectFrom('impact_points as point')
    .innerJoin('impact_categories as category', (join) =>
      join.onRef('category.client_id', '=', 'point.client_id').onRef('category.id', '=', 'point.category_id'),
    )
    .selectAll('point')
    .where('point.activity_id', 'in', activities)
    .orderBy('category.position')
    .orderBy('category.name')
    .orderBy('point.after_seconds')
    .limit(MOST_ROWS)
    .execute();

const readResources = ({ db }: Work, activities: string[]) =>
  db
    .selectFrom('resource_needs')
    .selectAll()
    .where('activity_id', 'in', activities)
    .orderBy('after_seconds')
    .orderBy('kind')
    .orderBy('name')
    .limit(MOST_ROWS)
    .execute();
