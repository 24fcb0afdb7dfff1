/**
 * Whose RTO falls when clients that share something fail together. It takes the facts of all of them; who sees only some of
 * the clients is told of the others how many they are, and nothing else.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { loadFacts } from './client-facts.ts';
import { type Client, presentClient } from './clients.ts';
import { notFound } from './errors.ts';
import { RESTORE_INTERVAL_DAYS } from './readiness/compute-readiness.ts';
import { contentionOf, type LateActivity, type Sharer } from './readiness/contention.ts';
import { loadSharedThings, SHARED_KINDS, type SharedThing } from './shared-things.ts';
import type { Work } from './work.ts';

/** Whoever can bear least comes first; beyond so many the day is lost anyway, and the answer would take too long. */
export const MOST_TOGETHER = 100;

export const Shared = z
  .object({
    kind: z.enum(SHARED_KINDS),
    key: z.string(),
    name: z.string(),
    isByName: z.boolean().describe('A supplier without a registration number, known by its name only'),
    clients: z.int().describe('How many share it'),
    seen: z.int().describe('How many of those the reader sees'),
  })
  .meta({ id: 'Shared' });
export type Shared = z.infer<typeof Shared>;

const Named = z.object({ id: z.uuid(), name: z.string() });
const Late = z.object({
  client: Named,
  activity: Named,
  rtoSeconds: z.int(),
  aloneSeconds: z.int().describe('When its client fails alone, all its activities at once'),
  isDeclared: z.boolean().describe('A time on the way is somebody’s word'),
});

export const Contention = z
  .object({
    shared: Shared,
    considered: z.int().describe(`How many clients fail together here: at most ${MOST_TOGETHER}`),
    lostFrom: z
      .int()
      .nullable()
      .describe('With so many at once the first RTO is lost that its client keeps alone; null: none is'),
    order: z
      .array(z.object({ client: Named.nullable(), untimedActivities: z.int() }))
      .describe('In the order in which they are added; null: one that the reader does not see'),
    losses: z.array(
      Late.extend({
        lostFrom: z.int(),
        togetherSeconds: z.int().describe('With that many at once'),
        allSeconds: z.int().describe('With all of them'),
      }),
    ),
    unseenLosses: z.int(),
    lateAlone: z.array(Late).describe('RTOs that are lost even when the client fails alone'),
    unseenLateAlone: z.int(),
  })
  .meta({ id: 'Contention' });
export type Contention = z.infer<typeof Contention>;

/** What the clients in sight share, with clients out of sight as well. `everything` sees all clients of the provider. */
export async function listShared(work: Work, everything: Work): Promise<Shared[]> {
  allow(work, 'contention.read');
  const things = await loadSharedThings(everything);
  return things.flatMap((thing) => toldOf(work, thing) ?? []);
}

export async function findContention(
  work: Work,
  everything: Work,
  { kind, key }: Pick<Shared, 'kind' | 'key'>,
): Promise<Contention> {
  allow(work, 'contention.read');
  const things = await loadSharedThings(everything);
  const thing = things.find((one) => one.kind === kind && one.key === key);
  const shared = thing && toldOf(work, thing);
  if (!shared) throw notFound('shared-thing');

  return contentionOfThing(work, everything, { thing, shared });
}

/** Of what most clients share: as many as asked for, and how many such things there are. Only who sees all clients asks. */
export async function findMostShared(
  work: Work,
  most: number,
): Promise<{ contentions: Contention[]; total: number }> {
  const things = await loadSharedThings(work);
  const contentions: Contention[] = [];
  for (const thing of things.slice(0, most)) {
    const shared = toldOf(work, thing);
    if (shared) contentions.push(await contentionOfThing(work, work, { thing, shared }));
  }
  return { contentions, total: things.length };
}

async function contentionOfThing(
  work: Work,
  everything: Work,
  { thing, shared }: { thing: SharedThing; shared: Shared },
): Promise<Contention> {
  const sharers = await sharersOf(everything, thing);
  const { clients, lostFrom, losses, lateAlone } = contentionOf(sharers, RESTORE_INTERVAL_DAYS);
  const names = new Map(clients.map(({ id, name }) => [id, name]));
  const late = ({ client, activity, name, rtoSeconds, aloneSeconds, isDeclared }: LateActivity) => ({
    client: { id: client, name: names.get(client)! },
    activity: { id: activity, name },
    rtoSeconds,
    aloneSeconds,
    isDeclared,
  });
  const inSight = ({ client }: { client: string }) => sees(work, client);
  const seenLosses = losses.filter(inSight);
  const seenLate = lateAlone.filter(inSight);
  return {
    shared,
    considered: clients.length,
    lostFrom,
    order: clients.map(({ id, name, untimedActivities }) =>
      sees(work, id) ? { client: { id, name }, untimedActivities } : { client: null, untimedActivities: 0 },
    ),
    losses: seenLosses.map((lost) => ({
      ...late(lost),
      lostFrom: lost.lostFrom,
      togetherSeconds: lost.togetherSeconds,
      allSeconds: lost.allSeconds,
    })),
    unseenLosses: losses.length - seenLosses.length,
    lateAlone: seenLate.map(late),
    unseenLateAlone: lateAlone.length - seenLate.length,
  };
}

const sees = ({ clients }: Work, client: string): boolean => clients === 'all' || clients.includes(client);

/** Called what somebody in sight calls it. Null when nobody in sight has it. */
function toldOf(work: Work, { kind, key, isByName, members }: SharedThing): Shared | null {
  const seen = members.filter(({ client }) => sees(work, client));
  const [first] = seen;
  if (!first) return null;
  return { kind, key, name: first.name, isByName, clients: members.length, seen: seen.length };
}

async function sharersOf(everything: Work, { kind, members }: SharedThing): Promise<Sharer[]> {
  const clients = await whoCanBearLeast(
    everything,
    members.map(({ client }) => client),
  );
  const facts = await loadFacts(everything, clients);
  const headCounts = await everything.db
    .selectFrom('technician_pools')
    .select(['id', 'head_count'])
    .limit(10_000)
    .execute();
  const headCountOf = new Map(headCounts.map(({ id, head_count }) => [id, head_count]));
  const memberOf = new Map(members.map((member) => [member.client, member]));
  return clients.map(({ id, technicianPool }) => ({
    facts: facts.get(id)!,
    pool: technicianPool ? { id: technicianPool, headCount: headCountOf.get(technicianPool)! } : null,
    fails: kind === 'pool' ? null : { kind, id: memberOf.get(id)!.of! },
  }));
}

async function whoCanBearLeast({ db }: Work, ids: string[]): Promise<Client[]> {
  const rows = await db
    .selectFrom('clients as client')
    .selectAll('client')
    .where('client.client_id', 'in', ids)
    .orderBy(
      sql`(select min(coalesce(mtpd_seconds, rto_seconds)) from activities where activities.client_id = client.client_id)`,
      (order) => order.asc().nullsLast(),
    )
    .orderBy('client.name')
    .limit(MOST_TOGETHER)
    .execute();
  return rows.map(presentClient);
}
