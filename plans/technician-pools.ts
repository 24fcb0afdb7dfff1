/** Technician pools: the provider's people who bring things back, shared by the clients that count on them. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { canonical } from './canonical.ts';
import { conflict, notFound } from './errors.ts';
import { Hours } from './hours.ts';
import { Line } from './text.ts';
import type { Work } from './work.ts';

export const NewTechnicianPool = z.object({
  name: Line(200),
  headCount: z.int().min(1).max(1000).describe('Who can work at once'),
  skills: z.array(Line(100)).max(100).default([]),
  hours: Hours.refine((hours) => hours.length > 0, { error: 'technician-pool.no-hours' }).describe(
    'When they are there, in the zone of the client that needs them',
  ),
});
export type NewTechnicianPool = z.infer<typeof NewTechnicianPool>;

export const TechnicianPool = z
  .object({
    ...NewTechnicianPool.shape,
    id: z.uuid(),
    clients: z.int().describe('How many of the clients in sight count on it'),
  })
  .meta({ id: 'TechnicianPool' });
export type TechnicianPool = z.infer<typeof TechnicianPool>;

export async function addTechnicianPool(work: Work, pool: NewTechnicianPool): Promise<TechnicianPool> {
  allow(work, 'pool.change');
  await refuseTakenName(work, pool.name);
  const { id } = await work.db
    .insertInto('technician_pools')
    .values({ ...columns(pool), created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'technician-pool.added', { kind: 'technician-pool', id, client: null }, pool);
  return findTechnicianPool(work, id);
}

export async function changeTechnicianPool(
  work: Work,
  id: string,
  pool: NewTechnicianPool,
): Promise<TechnicianPool> {
  allow(work, 'pool.change');
  const before = await findTechnicianPoolForChange(work, id);
  if (canonical(NewTechnicianPool.parse(before)) === canonical(pool)) return before;
  if (pool.name !== before.name) await refuseTakenName(work, pool.name);
  await work.db
    .updateTable('technician_pools')
    .set({ ...columns(pool), changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'technician-pool.changed',
    { kind: 'technician-pool', id, client: null },
    { before, after: pool },
  );
  return findTechnicianPool(work, id);
}

/** Takes a pool out that no client counts on. Who does not see all clients cannot know. */
export async function removeTechnicianPool(work: Work, id: string): Promise<TechnicianPool> {
  allow(work, 'pool.change');
  const before = await findTechnicianPoolForChange(work, id);
  if (work.clients !== 'all') throw conflict('technician-pool.scope');
  if (before.clients > 0)
    throw conflict('technician-pool.in-use', { name: before.name, count: before.clients });
  await work.db.deleteFrom('technician_pools').where('id', '=', id).execute();
  await record(work, 'technician-pool.removed', { kind: 'technician-pool', id, client: null }, { before });
  return before;
}

export async function findTechnicianPool(work: Work, id: string): Promise<TechnicianPool> {
  allow(work, 'pool.read');
  const row = await select(work).where('pool.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('technician-pool');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findTechnicianPoolForChange(work: Work, id: string): Promise<TechnicianPool> {
  await work.db.selectFrom('technician_pools').select('id').where('id', '=', id).forUpdate().execute();
  return findTechnicianPool(work, id);
}

export async function listTechnicianPools(work: Work): Promise<TechnicianPool[]> {
  allow(work, 'pool.read');
  const rows = await select(work).orderBy('pool.name').limit(1000).execute();
  return rows.map(present);
}

/** Of the clients in sight. */
export function clientsOfPool(work: Work, id: string): Promise<{ id: string; name: string }[]> {
  allow(work, 'client.read');
  return work.db
    .selectFrom('clients')
    .select(['client_id as id', 'name'])
    .where('technician_pool_id', '=', id)
    .orderBy('name')
    .limit(10_000)
    .execute();
}

async function refuseTakenName({ db }: Work, name: string) {
  const taken = await db
    .selectFrom('technician_pools')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('technician-pool.name-taken', { name });
}

const select = ({ db }: Work) =>
  db
    .selectFrom('technician_pools as pool')
    .selectAll('pool')
    .select(({ selectFrom, fn }) =>
      selectFrom('clients')
        .select(fn.countAll<number>().as('count'))
        .whereRef('technician_pool_id', '=', 'pool.id')
        .as('clients'),
    );

const columns = ({ name, headCount, skills, hours }: NewTechnicianPool) => ({
  name,
  head_count: headCount,
  skills,
  hours: JSON.stringify(hours),
});

const present = (
  row: Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>,
): TechnicianPool => ({
  id: row.id,
  name: row.name,
  headCount: row.head_count,
  skills: row.skills,
  hours: row.hours as TechnicianPool['hours'],
  clients: row.clients ?? 0,
});
