/** Sites: where a client works, and where its assets stand. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { SITE_KINDS } from './continuity-facts.ts';
import { conflict, notFound } from './errors.ts';
import { Line, OptionalText } from './text.ts';
import type { Work } from './work.ts';

export const NewSite = z
  .object({
    name: Line(200),
    kind: z.enum(SITE_KINDS),
    address: OptionalText(1000).default(null),
    latitude: z.number().min(-90).max(90).nullable().default(null),
    longitude: z.number().min(-180).max(180).nullable().default(null),
    power: OptionalText(2000).default(null),
    telecom: OptionalText(2000).default(null),
  })
  .refine(({ latitude, longitude }) => (latitude === null) === (longitude === null), {
    error: 'site.half-a-place',
    path: ['latitude'],
  });
export type NewSite = z.infer<typeof NewSite>;

export const Site = z.object({ ...NewSite.shape, id: z.uuid(), client: z.uuid() }).meta({ id: 'Site' });
export type Site = z.infer<typeof Site>;

export async function addSite(work: Work, client: string, site: NewSite): Promise<Site> {
  allow(work, 'inventory.change');
  await findClient(work, client);
  await refuseTakenName(work, client, site.name);

  const { id } = await work.db
    .insertInto('sites')
    .values({ client_id: client, ...site, created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'site.added', { kind: 'site', id, client }, site);
  return findSite(work, id);
}

export async function changeSite(work: Work, id: string, site: NewSite): Promise<Site> {
  allow(work, 'inventory.change');
  const before = await findSiteForChange(work, id);
  if (site.name !== before.name) await refuseTakenName(work, before.client, site.name);

  await work.db
    .updateTable('sites')
    .set({ ...site, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, 'site.changed', { kind: 'site', id, client: before.client }, { before, after: site });
  return findSite(work, id);
}

/** Takes a site out. While something stands there or may hit it, it stays. */
export async function removeSite(work: Work, id: string): Promise<Site> {
  allow(work, 'inventory.change');
  const before = await findSiteForChange(work, id);
  const count = await countUses(work, id);
  if (count > 0) throw conflict('site.in-use', { name: before.name, count });

  await work.db.deleteFrom('sites').where('id', '=', id).execute();
  await record(work, 'site.removed', { kind: 'site', id, client: before.client }, { before });
  return before;
}

export async function findSite({ db }: Work, id: string): Promise<Site> {
  const row = await db.selectFrom('sites').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('site');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findSiteForChange({ db }: Work, id: string): Promise<Site> {
  const row = await db.selectFrom('sites').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw notFound('site');
  return present(row);
}

export async function listSites(work: Work, client: string): Promise<Site[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('sites')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('name')
    .limit(5000)
    .execute();
  return rows.map(present);
}

async function refuseTakenName({ db }: Work, client: string, name: string) {
  const taken = await db
    .selectFrom('sites')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('site.name-taken', { name });
}

async function countUses({ db }: Work, site: string): Promise<number> {
  const { uses } = await db
    .selectNoFrom(({ selectFrom, fn }) => [
      selectFrom('assets').select(fn.countAll<number>().as('n')).where('site_id', '=', site).as('assets'),
      selectFrom('stores').select(fn.countAll<number>().as('n')).where('site_id', '=', site).as('stores'),
      selectFrom('scenario_effects')
        .select(fn.countAll<number>().as('n'))
        .where('site_id', '=', site)
        .as('effects'),
    ])
    .executeTakeFirstOrThrow()
    .then(({ assets, stores, effects }) => ({ uses: (assets ?? 0) + (stores ?? 0) + (effects ?? 0) }));
  return uses;
}

const present = (row: {
  id: string;
  client_id: string;
  name: string;
  kind: Site['kind'];
  address: string | null;
  latitude: number | null;
  longitude: number | null;
  power: string | null;
  telecom: string | null;
}): Site => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  kind: row.kind,
  address: row.address,
  latitude: row.latitude,
  longitude: row.longitude,
  power: row.power,
  telecom: row.telecom,
});
