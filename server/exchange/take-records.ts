/**
 * Takes the records of a client's file over by the verbs of their nouns, so that the same rules hold. What refers to something that
 * comes later waits for it. Where two wait for each other, one comes without and is completed in the end.
 */
import { z } from 'zod';
import { canonical } from '#/plans/canonical.ts';
import { type NewAction, takeAction } from '#/plans/corrective-actions.ts';
import type { Row } from '#/plans/exchange/client-archive.ts';
import { draftVersion, NewPlanVersion } from '#/plans/plan-versions.ts';
import type { Work } from '#/plans/work.ts';
import { type AnyNoun, changeInputOf } from '../records/noun.ts';
import { nouns } from '../records/nouns/index.ts';
import { attempt } from './attempt.ts';
import type { ClientContent } from './client-file.ts';

/** In this order. A supplier is an asset, and a runbook or call tree a part of a version: they are there when their turn comes. */
export const TAKEN = [
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
  'exercises',
  'corrective-actions',
];

/** Of these, what is still to be done goes on here; the others were lived there. */
export const GOES_ON: Record<string, (item: Row) => boolean> = {
  exercises: ({ state }) => state === 'planned',
  'corrective-actions': ({ state }) => state === 'open' || state === 'overdue',
};

/** Who signs in there does not sign in here, and a lesson was told. */
const NOT_HERE: Record<string, Row> = {
  contacts: { person: null },
  'corrective-actions': { lesson: null },
};

/**
 * A scale may have become stricter after analyses stood on it, and nobody may add an analysis that contradicts its curve. So it
 * comes as one on which all can be borne, and is completed in the end, as it went there.
 */
const AT_FIRST: Record<string, (item: Row) => Row> = {
  'impact-categories': (item) => ({
    ...item,
    levels: (item.levels as Row[]).map((level) => ({ ...level, isTolerable: true })),
  }),
};

export interface Taking {
  work: Work;
  client: string;
  /** Ids of the file, and what they are here. */
  ids: Map<string, string>;
  /** Ids of their parts, which are made anew. */
  partIds: Map<string, string>;
  /** Ids of the file of what is told, and what they are here. */
  toldIds: Map<string, string>;
  /** Every id of a record in the file. */
  known: Set<string>;
}

/** Ids of the file. */
export interface TakenRecords {
  /** By noun. */
  here: Map<string, Set<string>>;
  /** They could not be completed: what they refer to is not here. */
  lacking: { path: string; id: string }[];
}

interface OfNoun {
  noun: AnyNoun;
  item: Row;
}

export async function takeRecords(taking: Taking, records: ClientContent['records']): Promise<TakenRecords> {
  const here = new Map(TAKEN.map((path) => [path, new Set<string>()]));
  let waiting: OfNoun[] = TAKEN.flatMap((path) => {
    const noun = nouns.find((one) => one.path === path)!;
    return writtenOf(path, records[path] ?? []).map((item) => ({ noun, item }));
  });
  const incomplete: OfNoun[] = [];
  const put = ({ noun, item }: OfNoun) => here.get(noun.path)!.add(String(item.id));
  while (waiting.length > 0) {
    const kept: OfNoun[] = [];
    for (const one of waiting)
      if (await takeOne(taking, atFirst(one), 'whole')) {
        put(one);
        if (AT_FIRST[one.noun.path]) incomplete.push(one);
      } else kept.push(one);
    if (kept.length === waiting.length) {
      const without = await takeOneWithout(taking, kept);
      if (!without) break;
      put(without);
      incomplete.push(without);
      kept.splice(kept.indexOf(without), 1);
    }
    waiting = kept;
  }
  return { here, lacking: await completeAll(taking, incomplete) };
}

const atFirst = ({ noun, item }: OfNoun): OfNoun => ({ noun, item: AT_FIRST[noun.path]?.(item) ?? item });

/** The first that the rules take without what it waits for. */
async function takeOneWithout(taking: Taking, waiting: OfNoun[]): Promise<OfNoun | null> {
  for (const one of waiting)
    if (one.noun.change && (await takeOne(taking, one, 'without what is not here'))) return one;
  return null;
}

async function completeAll(taking: Taking, incomplete: OfNoun[]): Promise<TakenRecords['lacking']> {
  const lacking: TakenRecords['lacking'] = [];
  for (const one of incomplete)
    if (!(await takeOne(taking, one, 'whole')))
      lacking.push({ path: one.noun.path, id: String(one.item.id) });
  return lacking;
}

function writtenOf(path: string, items: Row[]): Row[] {
  if (path === 'plan-versions') return newestOfEach(items);
  if (path === 'dependencies') return lastOfGroupAsks(items);
  return GOES_ON[path] ? items.filter(GOES_ON[path]) : items;
}

/** Only the last text of each plan is written on: as a draft, which somebody here has to approve. */
function newestOfEach(versions: Row[]): Row[] {
  return [...Map.groupBy(versions, ({ plan }) => plan).values()].flatMap((own) =>
    own.toSorted((left, right) => Number(right.number) - Number(left.number)).slice(0, 1),
  );
}

/** While a group fills up it is smaller than the number that it asks for in the end: the last that joins says it. */
function lastOfGroupAsks(items: Row[]): Row[] {
  const groupOf = ({ from, group }: Row) => (group ? canonical({ from, group }) : null);
  const last = new Map(items.map((item) => [groupOf(item), item]));
  return items.map((item) => {
    const group = groupOf(item);
    return group === null || last.get(group) === item ? item : { ...item, requiredK: null };
  });
}

type How = 'whole' | 'without what is not here';

/** What is here already is changed to be as in the file. */
async function takeOne(taking: Taking, { noun, item }: OfNoun, how: How): Promise<boolean> {
  const own = taking.ids.get(String(item.id));
  const asked = own === undefined ? askedToAdd(noun) : changeInputOf(noun);
  // What the service tells of a record is none of what is asked for it.
  const given = asked?.safeParse({ ...item, ...NOT_HERE[noun.path] });
  const input = given?.success ? withIds(given.data, taking, how) : WAITS;
  if (input === WAITS || !asked?.safeParse(input).success) return false;
  return attempt(taking.work, async () => {
    const made = await write(taking, noun, item, input, own);
    taking.ids.set(String(item.id), made.id);
    pairParts(taking.partIds, item, made);
  });
}

const VersionOfPlan = NewPlanVersion.omit({ start: true }).extend({ plan: z.uuid() });

const askedToAdd = ({ path, input }: AnyNoun): z.ZodType | null =>
  path === 'plan-versions' ? VersionOfPlan : input;

function write(
  { work, client, toldIds }: Taking,
  noun: AnyNoun,
  item: Row,
  input: unknown,
  own: string | undefined,
): Promise<{ id: string }> {
  if (own !== undefined) return noun.change!(work, own, input);
  if (noun.path === 'corrective-actions') {
    const lesson = toldIds.get(String(item.lesson ?? item.toldLesson)) ?? null;
    return takeAction(work, client, input as NewAction, lesson);
  }
  if (noun.path !== 'plan-versions') return noun.add!(work, client, input);
  const { plan, ...version } = input as z.infer<typeof VersionOfPlan>;
  return draftVersion(work, plan, { ...version, start: 'blank' });
}

/** Parts are told in the same order, so the id of each here is that of the one in its place. */
function pairParts(partIds: Map<string, string>, there: Row, here: object) {
  for (const [name, made] of Object.entries(here)) {
    const told = there[name];
    if (!Array.isArray(made) || !Array.isArray(told) || made.length !== told.length) continue;
    for (const [place, one] of made.entries())
      if (typeof one?.id === 'string' && typeof told[place]?.id === 'string')
        partIds.set(told[place].id, one.id);
  }
}

const WAITS = Symbol('refers to what is not here yet');

/** Ids of records become ours; those of their parts are made anew. */
function withIds(value: unknown, taking: Taking, how: How): unknown {
  const missing = how === 'whole' ? WAITS : null;
  if (typeof value === 'string') return taking.ids.get(value) ?? (taking.known.has(value) ? missing : value);
  if (Array.isArray(value)) {
    const list = value.map((one) => withIds(one, taking, how));
    return list.includes(WAITS) ? WAITS : list.filter((one) => one !== null);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name, id]) => name !== 'id' || taking.ids.has(String(id)) || taking.known.has(String(id)))
    .map(([name, inner]) => [name, withIds(inner, taking, how)] as const);
  return entries.some(([, inner]) => inner === WAITS) ? WAITS : Object.fromEntries(entries);
}
