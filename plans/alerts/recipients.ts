/** Whom a message can reach: people who sign in here, contacts of clients, and channels; each with what stands in the way. */
import { hasLeft } from '../client-facts/rows.ts';
import type { Work } from '../work.ts';

export interface Reach {
  /** `person:…`, `contact:…` or `channel:…`. */
  to: string;
  name: string;
  /** Of whom it alone may be told; null: of the provider. */
  client: string | null;
  /** Clients that a person sees. */
  sees: 'all' | readonly string[];
  mail: string | null;
  locale: string;
  trouble: 'left' | 'no-access' | 'no-mail' | null;
}

/** Everybody, by how a route names them. */
export async function reachOf(work: Work): Promise<Map<string, Reach>> {
  const all = [...(await people(work)), ...(await contacts(work)), ...(await channels(work))];
  return new Map(all.map((one) => [one.to, one]));
}

/** One of them; null when they are gone. */
export async function findReach(work: Work, to: string): Promise<Reach | null> {
  const [kind, id = ''] = to.split(':');
  const find = { person: people, contact: contacts, channel: channels }[kind ?? ''];
  return (await find?.(work, id))?.[0] ?? null;
}

/** Whether somebody may be told of an alert of this client. */
export const mayBeTold = ({ client, sees, trouble }: Reach, of: string): boolean =>
  trouble === null && (client === null || client === of) && (sees === 'all' || sees.includes(of));

async function people({ db, now }: Work, only?: string): Promise<Reach[]> {
  let query = db
    .selectFrom('memberships as membership')
    .innerJoin('people as person', 'person.id', 'membership.person_id')
    .select(['person.id', 'person.name', 'person.email', 'person.locale'])
    .select(['membership.sees_all_clients', 'membership.ended_at', 'membership.valid_until']);
  if (only !== undefined) query = query.where('person.id', '=', only);
  const rows = await query.orderBy('person.name').limit(10_000).execute();
  let seeing = db.selectFrom('membership_clients').select(['person_id', 'client_id']);
  if (only !== undefined) seeing = seeing.where('person_id', '=', only);
  const sights = await seeing.limit(100_000).execute();
  const seen = Map.groupBy(sights, ({ person_id }) => person_id);
  return rows.map((row) => {
    const sees = row.sees_all_clients
      ? ('all' as const)
      : (seen.get(row.id) ?? []).map(({ client_id }) => client_id);
    const isGone = row.ended_at !== null || (row.valid_until !== null && row.valid_until <= now);
    return {
      to: `person:${row.id}`,
      name: row.name,
      client: null,
      sees,
      mail: row.email,
      locale: row.locale,
      trouble: isGone ? 'left' : sees !== 'all' && sees.length === 0 ? 'no-access' : null,
    };
  });
}

async function contacts({ db, now }: Work, only?: string): Promise<Reach[]> {
  let query = db
    .selectFrom('contacts as contact')
    .innerJoin('clients as client', 'client.client_id', 'contact.client_id')
    .select(['contact.id', 'contact.client_id', 'contact.name', 'client.locale'])
    .select(hasLeft('contact.left_on', now).as('has_left'))
    .select((row) =>
      row
        .selectFrom('contact_points as point')
        .select('point.value')
        .whereRef('point.client_id', '=', 'contact.client_id')
        .whereRef('point.contact_id', '=', 'contact.id')
        .where('point.kind', '=', 'mail')
        .orderBy('point.rank')
        .limit(1)
        .as('mail'),
    );
  if (only !== undefined) query = query.where('contact.id', '=', only);
  const rows = await query.orderBy('contact.name').limit(100_000).execute();
  return rows.map((row) => ({
    to: `contact:${row.id}`,
    name: row.name,
    client: row.client_id,
    sees: [row.client_id],
    mail: row.mail ?? null,
    locale: row.locale,
    trouble: row.has_left ? 'left' : row.mail === null ? 'no-mail' : null,
  }));
}

async function channels({ db }: Work, only?: string): Promise<Reach[]> {
  let query = db.selectFrom('alert_channels').select(['id', 'client_id', 'name', 'locale']);
  if (only !== undefined) query = query.where('id', '=', only);
  const rows = await query.orderBy('name').limit(1000).execute();
  return rows.map((row) => ({
    to: `channel:${row.id}`,
    name: row.name,
    client: row.client_id,
    sees: 'all' as const,
    mail: null,
    locale: row.locale,
    trouble: null,
  }));
}
