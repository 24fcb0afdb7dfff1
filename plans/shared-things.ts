/**
 * What clients of a provider share, so that it fails for all of them at once: a technician pool, the address of a site, a
 * supplier. A pool is the provider's own. Sites are the same by their address. A supplier is known by its number in a public
 * register, and only while it has none by its name: names are written in many ways, and the page says so.
 */
import { sha256 } from './canonical.ts';
import { closedClients } from './open-clients.ts';
import type { Work } from './work.ts';

export const SHARED_KINDS = ['pool', 'site', 'supplier'] as const;
export type SharedKind = (typeof SHARED_KINDS)[number];

export interface SharedThing {
  kind: SharedKind;
  /** The same for all who share it. */
  key: string;
  isByName: boolean;
  /** One for each client. */
  members: SharedMember[];
}

export interface SharedMember {
  client: string;
  /** The site or the supplier, by its id at this client; null for a pool. */
  of: string | null;
  /** What it is called there. */
  name: string;
}

/** All that two clients or more share, of the open clients in sight; what most share comes first. */
export async function loadSharedThings(work: Work): Promise<SharedThing[]> {
  const closed = await closedClients(work);
  const all = [...(await pools(work)), ...(await sites(work)), ...(await suppliers(work))];
  const found = all.filter(({ client }) => !closed.has(client));
  const things = Map.groupBy(found, ({ kind, sameness }) => `${kind} ${sameness}`);
  return [...things.values()]
    .map(thingOf)
    .filter(({ members }) => members.length > 1)
    .sort((left, right) => right.members.length - left.members.length || (left.key < right.key ? -1 : 1));
}

interface Found extends SharedMember {
  kind: SharedKind;
  sameness: string;
  isByName: boolean;
}

function thingOf(found: Found[]): SharedThing {
  const [{ kind, sameness, isByName }] = found as [Found];
  // A client that has two sites at an address, or a supplier twice, counts once.
  const members = new Map(found.map(({ client, of, name }) => [client, { client, of, name }]));
  const key = kind === 'pool' ? sameness : sha256(sameness).slice(0, 16);
  return { kind, key, isByName, members: [...members.values()] };
}

async function pools({ db }: Work): Promise<Found[]> {
  const rows = await db
    .selectFrom('clients as client')
    .innerJoin('technician_pools as pool', 'pool.id', 'client.technician_pool_id')
    .select(['client.client_id as client', 'pool.id', 'pool.name'])
    .orderBy('client.client_id')
    .limit(100_000)
    .execute();
  return rows.map(({ client, id, name }) => ({
    kind: 'pool',
    sameness: id,
    isByName: false,
    client,
    of: null,
    name,
  }));
}

async function sites({ db }: Work): Promise<Found[]> {
  const rows = await db
    .selectFrom('sites')
    .select(['client_id as client', 'id', 'address'])
    .where('address', 'is not', null)
    .orderBy('client_id')
    .orderBy('id')
    .limit(100_000)
    .execute();
  return rows.flatMap(({ client, id, address }): Found[] => {
    const sameness = plain(address ?? '');
    const lines = (address ?? '').split('\n').map((line) => line.trim());
    const name = lines.filter(Boolean).join(', ');
    return sameness === '' ? [] : [{ kind: 'site', sameness, isByName: false, client, of: id, name }];
  });
}

async function suppliers({ db }: Work): Promise<Found[]> {
  const rows = await db
    .selectFrom('assets as asset')
    .leftJoin('supplier_terms as terms', (join) =>
      join.onRef('terms.client_id', '=', 'asset.client_id').onRef('terms.asset_id', '=', 'asset.id'),
    )
    .select(['asset.client_id as client', 'asset.id', 'asset.name', 'terms.registration'])
    .where('asset.kind', '=', 'supplier')
    .where('asset.retired_at', 'is', null)
    .orderBy('asset.client_id')
    .orderBy('asset.id')
    .limit(100_000)
    .execute();
  return rows.map(({ client, id, name, registration }) => {
    const number = plain(registration ?? '').replaceAll(' ', '');
    const sameness = number === '' ? `name ${plain(name)}` : `number ${number}`;
    return { kind: 'supplier', sameness, isByName: number === '', client, of: id, name };
  });
}

/** Without accents, signs and capitals: how it is written is not what it is. */
const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
