/** Clients: the firms whose continuity a provider looks after. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { Hours } from './hours.ts';
import { Line } from './text.ts';
import type { Work } from './work.ts';

export const NewClient = z.object({
  name: Line(200),
  sector: Line(200).nullable().default(null),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .default('FR'),
  locale: z.enum(['fr', 'en', 'nl']).default('fr'),
  timeZone: z.string().min(1).max(60).default('Europe/Paris'),
  size: z.enum(['micro', 'small', 'medium', 'large']).nullable().default(null),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('EUR'),
  businessHours: Hours.nullable().default(null).describe('When the client works; null: always'),
  labels: z
    .record(z.string().max(40), Line(100))
    .default({})
    .describe("The client's own words for terms whose usage clashes: key of the glossary to label"),
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
});
export type NewClient = z.infer<typeof NewClient>;

export const Client = NewClient.extend({ id: z.uuid(), sector: z.string().nullable() }).meta({
  id: 'Client',
});
export type Client = z.infer<typeof Client>;

/** Takes a client on. Only somebody who sees all clients may: the new one would be out of anybody else's sight. */
export async function createClient(work: Work, client: NewClient): Promise<Client> {
  allow(work, 'client.change');
  if (work.clients !== 'all') throw conflict('client.scope');
  refuseUnknownTimeZone(client.timeZone);
  await refuseTakenName(work, client.name);

  const { client_id } = await work.db
    .insertInto('clients')
    .values({
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
      created_at: work.now,
    })
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

export async function findClient(work: Work, id: string): Promise<Client> {
  allow(work, 'client.read');
  const row = await work.db.selectFrom('clients').selectAll().where('client_id', '=', id).executeTakeFirst();
  if (!row) throw notFound('client');
  return presentClient(row);
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

const bears = (search: string) => sql<boolean>`strpos(lower(name), lower(${search})) > 0`;

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
});
