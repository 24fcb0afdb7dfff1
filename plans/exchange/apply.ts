/** Takes the steps of a draft by the client's own verbs: the same rules, rights and trail as on any page. */
import { sql } from 'kysely';
import { z } from 'zod';
import {
  addActivity,
  changeActivity,
  findActivityForChange,
  NewActivity,
  removeActivity,
} from '../activities.ts';
import { AssetChange, addAsset, changeAsset, findAssetForChange, NewAsset, retireAsset } from '../assets.ts';
import {
  addDependencies,
  changeDependency,
  DependencyChange,
  findDependencyForChange,
  NewDependency,
  removeDependency,
} from '../dependencies.ts';
import { Refusal } from '../errors.ts';
import { addSite, changeSite, findSiteForChange, NewSite, removeSite } from '../sites.ts';
import type { Work } from '../work.ts';
import type { Problem } from './cell.ts';
import type { Step } from './drafted.ts';
import type { Known } from './known.ts';
import { inOrder, tokensIn } from './order.ts';
import { isToken } from './resolve.ts';

/** A step that the client's rules refuse: where, and why. */
export type Refused = Problem | { where: string; issue: z.core.$ZodIssue };

/**
 * Takes all steps and tells what was refused. Whoever calls lets the transaction stand only when nothing was; a step that
 * refers to what could not be added is passed over, as the reason is told there.
 */
export async function takeSteps(work: Work, client: string, steps: Step[], known: Known): Promise<Refused[]> {
  const taking: Taking = {
    work,
    client,
    ids: new Map(),
  };
  const ordered = inOrder(steps, known);
  const refused: Refused[] = [];
  for (const step of ordered.filter(({ of, what }) => of !== 'dependencies' && what !== 'remove'))
    refused.push(...(await attempt(taking, [step])));
  const needs = ordered.filter(({ of }) => of === 'dependencies');
  refused.push(...(await removeAll(taking, needs)));
  for (const batch of together(needs.filter(({ what }) => what === 'add')))
    refused.push(...(await attempt(taking, batch)));
  for (const step of needs.filter(({ what }) => what === 'change'))
    refused.push(...(await attempt(taking, [step])));
  refused.push(
    ...(await removeAll(
      taking,
      ordered.filter(({ of }) => of !== 'dependencies'),
    )),
  );
  return refused;
}

interface Taking {
  work: Work;
  client: string;
  /** What the steps added, by token. */
  ids: Map<string, string>;
}

/** Needs that stand in for each other are added at once: each alone would be too few. */
const together = (steps: Step[]): Step[][] => [
  ...Map.groupBy(steps, (step) =>
    step.input.group ? `${step.input.from} ${step.input.group}` : step,
  ).values(),
];

/** One may have to go before another may: as long as any goes, the rest is asked again. */
async function removeAll(taking: Taking, steps: Step[]): Promise<Refused[]> {
  let waiting = steps.filter(({ what }) => what === 'remove');
  for (;;) {
    const refused: Refused[] = [];
    const kept: Step[] = [];
    for (const step of waiting) {
      const reasons = await attempt(taking, [step]);
      refused.push(...reasons);
      if (reasons.length > 0) kept.push(step);
    }
    if (kept.length === 0 || kept.length === waiting.length) return refused;
    waiting = kept;
  }
}

/** Nothing of a step that is refused stays, and the steps after it can still be tried. */
async function attempt(taking: Taking, steps: Step[]): Promise<Refused[]> {
  const isWaiting = steps.some(({ input }) => tokensIn(input).some((token) => !taking.ids.has(token)));
  if (isWaiting) return [];
  const { db } = taking.work;
  await sql`savepoint step`.execute(db);
  try {
    await take(taking, steps);
    await sql`release savepoint step`.execute(db);
    return [];
  } catch (error) {
    await sql`rollback to savepoint step`.execute(db);
    await sql`release savepoint step`.execute(db);
    return reasonsOf(error, steps);
  }
}

async function take(taking: Taking, steps: Step[]): Promise<void> {
  const [step] = steps as [Step];
  if (step.what === 'add' && step.of === 'dependencies') return addNeeds(taking, steps);
  if (step.what === 'add') {
    const { id } = await add(taking, step);
    taking.ids.set(step.token!, id);
  } else if (step.what === 'change') await change(taking, step);
  else await remove(taking.work, step);
}

async function addNeeds({ work, client, ids }: Taking, steps: Step[]): Promise<void> {
  const needs = steps.map(({ input }) => {
    const { from, fromKind, ...given } = withIds(input, ids);
    return NewDependency.parse({ ...given, from: { kind: fromKind, id: from } });
  });
  await addDependencies(work, client, needs);
}

function add({ work, client, ids }: Taking, { of, input }: Step): Promise<{ id: string }> {
  const given = withIds(input, ids);
  switch (of) {
    case 'sites':
      return addSite(work, client, NewSite.parse(given));
    case 'assets':
      return addAsset(work, client, NewAsset.parse(given));
    case 'activities':
      return addActivity(work, client, NewActivity.parse(given));
    default:
      throw new Error(`Nothing adds ${of} one by one.`);
  }
}

/** What the step does not say stays as it is at this moment. */
async function change({ work, ids }: Taking, { of, id, input }: Step): Promise<void> {
  const given = withIds(input, ids);
  switch (of) {
    case 'sites':
      await changeSite(work, id!, NewSite.parse({ ...(await findSiteForChange(work, id!)), ...given }));
      return;
    case 'assets':
      await changeAsset(work, id!, AssetChange.parse({ ...(await findAssetForChange(work, id!)), ...given }));
      return;
    case 'activities':
      await changeActivity(
        work,
        id!,
        NewActivity.parse({ ...(await findActivityForChange(work, id!)), ...given }),
      );
      return;
    case 'dependencies':
      await changeDependency(
        work,
        id!,
        DependencyChange.parse({ ...(await findDependencyForChange(work, id!)), ...given }),
      );
  }
}

const remove = (work: Work, { of, id }: Step): Promise<unknown> =>
  ({ sites: removeSite, assets: retireAsset, activities: removeActivity, dependencies: removeDependency })[
    of
  ](work, id!);

const withIds = (input: Record<string, unknown>, ids: Map<string, string>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, isToken(value) ? ids.get(value) : value]),
  );

/** Refusals and what a schema finds are for people; all else is a bug, and flies. */
function reasonsOf(error: unknown, steps: Step[]): Refused[] {
  const step = steps.at(-1)!;
  if (error instanceof Refusal)
    return [{ where: placeIn(step, error.field), key: error.key, params: error.params }];
  if (error instanceof z.ZodError)
    return error.issues.map((issue) => ({ where: placeIn(step, issue.path.join('.')), issue }));
  throw error;
}

/** The cell of a field; of `impacts.3.level`, the row of that point. */
function placeIn({ places, where }: Step, field: string | null): string {
  const known =
    field === null ? undefined : (places[field] ?? places[field.split('.').slice(0, 2).join('.')]);
  return known ?? where;
}
