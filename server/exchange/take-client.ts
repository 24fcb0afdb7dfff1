/**
 * Takes a client over from a file, as a new one: by the verbs of each noun, so that the same rules hold. What was written comes as
 * it was; what was proved, approved or lived through under another service is not taken for granted: proofs become declarations of
 * whoever imports them, and the rest stays in the file.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { record } from '#/plans/audit.ts';
import { createClient, NewClient } from '#/plans/clients.ts';
import { EVIDENCE_CODES } from '#/plans/coverage/evidence-codes.ts';
import { declare, NewDeclaration } from '#/plans/declarations.ts';
import { Refusal } from '#/plans/errors.ts';
import type { Row } from '#/plans/exchange/client-archive.ts';
import { draftVersion, NewPlanVersion } from '#/plans/plan-versions.ts';
import type { Work } from '#/plans/work.ts';
import { type AnyNoun, changeInputOf } from '../records/noun.ts';
import { nouns } from '../records/nouns/index.ts';
import type { ClientContent } from './client-file.ts';

/** In this order. A supplier is an asset, and a runbook or call tree a part of a version: they are there when their turn comes. */
const TAKEN = [
  'sites',
  'contacts',
  'assets',
  'suppliers',
  'impact-categories',
  'activities',
  'dependencies',
  'scenarios',
  'strategies',
  'crisis-roles',
  'plans',
  'plan-versions',
  'runbooks',
  'call-trees',
  'service-agreements',
  'client-frameworks',
];

export interface TakenClient {
  id: string;
  taken: Record<string, number>;
  /** What stayed in the file, by noun, with how many. */
  left: Record<string, number>;
}

interface Taking {
  work: Work;
  client: string;
  /** Ids of the file, and what they are here. */
  ids: Map<string, string>;
  /** Every id of a record in the file. */
  known: Set<string>;
}

export async function takeClient(
  work: Work,
  { content, sha256, name }: { content: ClientContent; sha256: string; name: string | null },
): Promise<TakenClient> {
  const { client: told, records, archive } = content;
  const { id: client } = await createClient(
    work,
    NewClient.parse({ ...told, name: name ?? told.name, technicianPool: null }),
  );
  const lists = new Map(nouns.map(({ path }) => [path, records[path] ?? []]));
  lists.set('plan-versions', newestOfEach(lists.get('plan-versions')!));
  const taking: Taking = {
    work,
    client,
    ids: new Map([[told.id, client]]),
    known: new Set([...lists.values()].flat().map(({ id }) => String(id))),
  };
  const taken: Record<string, number> = {};
  for (const path of TAKEN) {
    const noun = nouns.find((one) => one.path === path)!;
    taken[path] = await takeAll(taking, noun, lists.get(path)!);
  }
  taken.evidence = await declareAll(taking, archive.evidence ?? [], sha256);
  const left = Object.entries({ ...records, evidence: archive.evidence ?? [] })
    .map(([path, list]) => [path, list.length - (taken[path] ?? 0)] as const)
    .filter(([, count]) => count > 0);
  await record(work, 'exchange.client-taken', { kind: 'client', id: client, client }, { sha256, taken });
  return { id: client, taken, left: Object.fromEntries(left) };
}

/** Only the last text of each plan is written on: as a draft, which somebody here has to approve. */
function newestOfEach(versions: Row[]): Row[] {
  return [...Map.groupBy(versions, ({ plan }) => plan).values()].flatMap((own) =>
    own.toSorted((left, right) => Number(right.number) - Number(left.number)).slice(0, 1),
  );
}

/** What refers to something that comes later waits for it; what is refused stays in the file. */
async function takeAll(taking: Taking, noun: AnyNoun, items: Row[]): Promise<number> {
  let waiting = items;
  for (;;) {
    const kept: Row[] = [];
    for (const item of waiting) if (!(await takeOne(taking, noun, item))) kept.push(item);
    if (kept.length === 0 || kept.length === waiting.length) return items.length - kept.length;
    waiting = kept;
  }
}

async function takeOne(taking: Taking, noun: AnyNoun, item: Row): Promise<boolean> {
  const own = taking.ids.get(String(item.id));
  const asked = own === undefined ? askedToAdd(noun) : changeInputOf(noun);
  // What the service tells of a record is none of what is asked for it.
  const given = asked?.safeParse(item);
  const input = given?.success ? withIds(given.data, taking) : WAITS;
  if (input === WAITS) return false;
  return attempt(taking.work, async () => {
    const { id } = await write(taking, noun, input, own);
    taking.ids.set(String(item.id), id);
  });
}

const VersionOfPlan = NewPlanVersion.omit({ start: true }).extend({ plan: z.uuid() });

const askedToAdd = ({ path, input }: AnyNoun): z.ZodType | null =>
  path === 'plan-versions' ? VersionOfPlan : input;

function write(
  { work, client }: Taking,
  noun: AnyNoun,
  input: unknown,
  own: string | undefined,
): Promise<{ id: string }> {
  if (own !== undefined) return noun.change!(work, own, input);
  if (noun.path !== 'plan-versions') return noun.add!(work, client, input);
  const { plan, ...version } = input as z.infer<typeof VersionOfPlan>;
  return draftVersion(work, plan, { ...version, start: 'blank' });
}

const WAITS = Symbol('refers to what is not here yet');

/** Ids of records become ours; those of their parts are made anew. */
function withIds(value: unknown, taking: Taking): unknown {
  if (typeof value === 'string') return taking.ids.get(value) ?? (taking.known.has(value) ? WAITS : value);
  if (Array.isArray(value)) {
    const list = value.map((one) => withIds(one, taking));
    return list.includes(WAITS) ? WAITS : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name, id]) => name !== 'id' || taking.ids.has(String(id)) || taking.known.has(String(id)))
    .map(([name, inner]) => [name, withIds(inner, taking)] as const);
  return entries.some(([, inner]) => inner === WAITS) ? WAITS : Object.fromEntries(entries);
}

const YEAR_MS = 365 * 86_400_000;

/** The newest proof of each subject that still counts, as the word of whoever imports it: valid for a year at most. */
async function declareAll({ work, client }: Taking, evidence: Row[], sha256: string): Promise<number> {
  const inAYear = new Date(work.now.getTime() + YEAR_MS).toISOString();
  const newest = [
    ...Map.groupBy(evidence, ({ code, subject_id }) => `${code} ${subject_id}`).values(),
  ].flatMap((own) =>
    own.toSorted((left, right) => (String(left.at) < String(right.at) ? 1 : -1)).slice(0, 1),
  );
  let count = 0;
  for (const { code, finding, subject_name, produced_by, at, valid_until } of newest) {
    const validUntil = [inAYear, ...(valid_until ? [String(valid_until)] : [])].sort()[0]!.slice(0, 10);
    const said = NewDeclaration.safeParse({
      code,
      statement: `${subject_name} (${produced_by}, ${String(at).slice(0, 10)})`.slice(0, 500),
      document: `SHA-256 ${sha256}`,
      validUntil,
    });
    if (finding !== 'supports' || !EVIDENCE_CODES.some((known) => known === code) || !said.success) continue;
    if (
      await attempt(work, async () => {
        await declare(work, client, said.data);
      })
    )
      count += 1;
  }
  return count;
}

/** False when the rules refuse it: then nothing of it stays. All else is a bug, and flies. */
async function attempt({ db }: Work, run: () => Promise<void>): Promise<boolean> {
  await sql`savepoint taking`.execute(db);
  try {
    await run();
    await sql`release savepoint taking`.execute(db);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof z.ZodError)) throw error;
    await sql`rollback to savepoint taking`.execute(db);
    await sql`release savepoint taking`.execute(db);
    return false;
  }
}
