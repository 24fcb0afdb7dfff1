/** Clients: the firms whose continuity a provider looks after. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { canonical } from './canonical.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { Hours } from './hours.ts';
import { planAnew } from './schedules/schedules.ts';
import { findTechnicianPool } from './technician-pools.ts';
import { Line, OptionalLine } from './text.ts';
import type { Work } from './work.ts';

export const CLIENT_SIZES = ['micro', 'small', 'medium', 'large'] as const;

/** Terms that people use for different things, so that each client's own word is shown: see the glossary of the field. */
export const CLASHING_TERMS = ['mtpd', 'rto', 'rpo', 'rpo-target', 'bcp', 'drp'] as const;
export type ClashingTerm = (typeof CLASHING_TERMS)[number];

export const NewClient = z.object({
  name: Line(200),
  sector: OptionalLine(200).default(null),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, { error: 'client.country' })
    .default('FR'),
  locale: z.enum(['fr', 'en', 'nl']).default('fr'),
  timeZone: z.string().min(1).max(60).default('Europe/Paris'),
  size: z.enum(CLIENT_SIZES).nullable().default(null),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'client.currency' })
    .default('EUR'),
  businessHours: Hours.refine((hours) => hours.length > 0, { error: 'client.no-hours' })
    .nullable()
    .default(null)
    .describe('When the client works; null: always'),
  labels: z
    .partialRecord(z.enum(CLASHING_TERMS), Line(100))
    .default({})
    .describe("The client's own words for terms whose usage clashes"),
  technicians: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('Who can bring back things at once'),
  links: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('Lines over which backups can come at once'),
  runsAtOnce: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(4)
    .describe('How many backups and restore tests go on at once'),
  technicianPool: z
    .uuid()
    .nullable()
    .default(null)
    .describe("The provider's technicians that it counts on, with other clients"),
});
export type NewClient = z.infer<typeof NewClient>;

export const Client = NewClient.extend({
  id: z.uuid(),
  closedAt: z.iso.datetime().nullable().describe('Since when the service for it has ended'),
}).meta({ id: 'Client' });
export type Client = z.infer<typeof Client>;

/** Takes a client on. Only somebody who sees all clients may: the new one would be out of anybody else's sight. */
export async function createClient(work: Work, client: NewClient): Promise<Client> {
  allow(work, 'client.change');
  if (work.clients !== 'all') throw conflict('client.scope');
  await refuseUnsound(work, client);
  await refuseTakenName(work, client.name);

  const { client_id } = await work.db
    .insertInto('clients')
    .values({ ...columns(client), created_at: work.now })
    .returning('client_id')
    .executeTakeFirstOrThrow();
  await record(
    work,
    'client.created',
    { kind: 'client', id: client_id, client: client_id },
    { name: client.name },
  );
  return findClient(work, client_id);
}

/** A name that somebody else's client has is not seen by who sees only some: they do not rename. */
export async function changeClient(work: Work, id: string, client: NewClient): Promise<Client> {
  allow(work, 'client.change');
  const before = await findClientForChange(work, id);
  if (canonical(NewClient.parse(before)) === canonical(client)) return before;
  if (before.closedAt !== null) throw conflict('client.is-closed');
  await refuseUnsound(work, client);
  if (client.name !== before.name) {
    if (work.clients !== 'all') throw conflict('client.rename-scope');
    await refuseTakenName(work, client.name);
  }

  await work.db.updateTable('clients').set(columns(client)).where('client_id', '=', id).execute();
  if (client.timeZone !== before.timeZone) await planAnew(work, id);
  await record(work, 'client.changed', { kind: 'client', id, client: id }, { before, after: client });
  return findClient(work, id);
}

export async function findClient(work: Work, id: string): Promise<Client> {
  allow(work, 'client.read');
  const row = await work.db.selectFrom('clients').selectAll().where('client_id', '=', id).executeTakeFirst();
  if (!row) throw notFound('client');
  return presentClient(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findClientForChange(work: Work, id: string): Promise<Client> {
  await work.db.selectFrom('clients').select('client_id').where('client_id', '=', id).forUpdate().execute();
  return findClient(work, id);
}

const PAGE = 50;

/** Clients by name, 50 at a time; `after` is the name of the last one already seen. */
export async function listClients(
  work: Work,
  { after, search }: { after: string | null; search: string | null },
): Promise<{ clients: Client[]; next: string | null }> {
  allow(work, 'client.read');
  let query = work.db.selectFrom('clients').selectAll();
  if (after) query = query.where('name', '>', after);
  if (search) query = query.where(bears(search));
  const rows = await query
    .orderBy('name')
    .limit(PAGE + 1)
    .execute();
  const page = rows.slice(0, PAGE);
  return { clients: page.map(presentClient), next: rows.length > PAGE ? (page.at(-1)?.name ?? null) : null };
}

/** All clients in sight, for picking one. */
export async function listClientNames(work: Work): Promise<{ id: string; name: string }[]> {
  allow(work, 'client.read');
  return work.db
    .selectFrom('clients')
    .select(['client_id as id', 'name'])
    .orderBy('name')
    .limit(1000)
    .execute();
}

/** Clients in sight that are closed, the last closed one first. */
export async function listClosedClients(
  work: Work,
): Promise<{ id: string; name: string; closedAt: string }[]> {
  allow(work, 'client.read');
  const rows = await work.db
    .selectFrom('clients')
    .select(['client_id', 'name', 'closed_at'])
    .where('closed_at', 'is not', null)
    .orderBy('closed_at', 'desc')
    .limit(200)
    .execute();
  return rows.flatMap(({ client_id, name, closed_at }) =>
    closed_at ? [{ id: client_id, name, closedAt: closed_at.toISOString() }] : [],
  );
}

const bears = (search: string) => sql<boolean>`strpos(lower(name), lower(${search})) > 0`;

async function refuseUnsound(work: Work, { timeZone, technicianPool }: NewClient) {
  refuseUnknownTimeZone(timeZone);
  if (technicianPool) await findTechnicianPool(work, technicianPool);
}

function refuseUnknownTimeZone(timeZone: string) {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw invalid('timeZone', 'client.time-zone', { timeZone });
  }
}

async function refuseTakenName({ db }: Work, name: string) {
  const taken = await db
    .selectFrom('clients')
    .select('client_id')
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('client.name-taken', { name });
}

const columns = (client: NewClient) => ({
  name: client.name,
  sector: client.sector,
  country: client.country,
  locale: client.locale,
  time_zone: client.timeZone,
  size: client.size,
  currency: client.currency,
  business_hours: client.businessHours && JSON.stringify(client.businessHours),
  labels: JSON.stringify(client.labels),
  technicians: client.technicians,
  link_count: client.links,
  runs_at_once: client.runsAtOnce,
  technician_pool_id: client.technicianPool,
});

/** A client as its row tells it. */
export const presentClient = (row: {
  client_id: string;
  name: string;
  sector: string | null;
  country: string;
  locale: string;
  time_zone: string;
  size: Client['size'];
  currency: string;
  business_hours: unknown;
  labels: unknown;
  technicians: number;
  link_count: number;
  runs_at_once: number;
  technician_pool_id: string | null;
  closed_at: Date | null;
}): Client => ({
  id: row.client_id,
  name: row.name,
  sector: row.sector,
  country: row.country,
  locale: row.locale as Client['locale'],
  timeZone: row.time_zone,
  size: row.size,
  currency: row.currency,
  businessHours: row.business_hours as Client['businessHours'],
  labels: row.labels as Client['labels'],
  technicians: row.technicians,
  links: row.link_count,
  runsAtOnce: row.runs_at_once,
  technicianPool: row.technician_pool_id,
  closedAt: row.closed_at?.toISOString() ?? null,
});
