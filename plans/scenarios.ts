/** Risk scenarios: what may happen to a client, and what it takes. */
import { z } from 'zod';
import { allow } from './access.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { EFFECT_KINDS, SCENARIO_FAMILIES } from './continuity-facts.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { findSite } from './sites.ts';
import { Line, OptionalText } from './text.ts';
import type { Work } from './work.ts';

export const SCENARIO_STATES = ['proposed', 'retained', 'set-aside'] as const;

/** On an asset (suppliers are assets), or on a site and with it on what stands there. */
const Effect = z
  .object({
    asset: z.uuid().nullable().default(null),
    site: z.uuid().nullable().default(null),
    effect: z.enum(EFFECT_KINDS),
    durationSeconds: z.int().min(0).nullable().default(null).describe('Null: until it is brought back'),
  })
  .refine(({ asset, site }) => (asset === null) !== (site === null), {
    error: 'scenario.one-target',
    path: ['asset'],
  });

export const NewScenario = z.object({
  name: Line(200),
  family: z.enum(SCENARIO_FAMILIES),
  description: OptionalText(4000).default(null),
  likelihood: z.int().min(1).max(5).nullable().default(null).describe('From 1, rare, to 5, expected'),
  state: z.enum(SCENARIO_STATES).default('proposed'),
  reason: OptionalText(2000).default(null).describe('Needed to set a scenario aside'),
  effects: z.array(Effect).max(500).default([]),
});
export type NewScenario = z.infer<typeof NewScenario>;

export const Scenario = z
  .object({ ...NewScenario.shape, id: z.uuid(), client: z.uuid() })
  .meta({ id: 'Scenario' });
export type Scenario = z.infer<typeof Scenario>;

export async function addScenario(work: Work, client: string, scenario: NewScenario): Promise<Scenario> {
  allow(work, 'continuity.change');
  await findClient(work, client);
  await refuseTakenName(work, client, scenario.name);
  await refuseUnsound(work, client, scenario);

  const { id } = await work.db
    .insertInto('risk_scenarios')
    .values({ client_id: client, ...columns(scenario), created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await writeEffects(work, client, id, scenario.effects);
  await record(work, 'scenario.added', { kind: 'scenario', id, client }, scenario);
  return findScenario(work, id);
}

export async function changeScenario(work: Work, id: string, scenario: NewScenario): Promise<Scenario> {
  allow(work, 'continuity.change');
  const before = await findScenarioForChange(work, id);
  if (scenario.name !== before.name) await refuseTakenName(work, before.client, scenario.name);
  await refuseUnsound(work, before.client, scenario);

  await work.db
    .updateTable('risk_scenarios')
    .set({ ...columns(scenario), changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await work.db.deleteFrom('scenario_effects').where('scenario_id', '=', id).execute();
  await writeEffects(work, before.client, id, scenario.effects);
  await record(
    work,
    'scenario.changed',
    { kind: 'scenario', id, client: before.client },
    { before, after: scenario },
  );
  return findScenario(work, id);
}

/** Takes a scenario out. While a plan, a strategy, an exercise or an incident names it, it stays: set it aside instead. */
export async function removeScenario(work: Work, id: string): Promise<Scenario> {
  allow(work, 'continuity.change');
  const before = await findScenarioForChange(work, id);
  const count = await countUses(work, id);
  if (count > 0) throw conflict('scenario.in-use', { name: before.name, count });

  await work.db.deleteFrom('risk_scenarios').where('id', '=', id).execute();
  await record(work, 'scenario.removed', { kind: 'scenario', id, client: before.client }, { before });
  return before;
}

export async function findScenario(work: Work, id: string): Promise<Scenario> {
  const [scenario] = await select(work, (query) => query.where('id', '=', id));
  if (!scenario) throw notFound('scenario');
  return scenario;
}

/** The same, and nobody else changes it until this work has ended. */
export async function findScenarioForChange(work: Work, id: string): Promise<Scenario> {
  const [scenario] = await select(work, (query) => query.where('id', '=', id).forUpdate());
  if (!scenario) throw notFound('scenario');
  return scenario;
}

export async function listScenarios(work: Work, client: string): Promise<Scenario[]> {
  await findClient(work, client);
  return select(work, (query) => query.where('client_id', '=', client).orderBy('name').limit(1000));
}

const selectRows = ({ db }: Work) => db.selectFrom('risk_scenarios').selectAll();

async function select(
  work: Work,
  narrow: (query: ReturnType<typeof selectRows>) => ReturnType<typeof selectRows>,
): Promise<Scenario[]> {
  const rows = await narrow(selectRows(work)).execute();
  if (rows.length === 0) return [];
  const effects = await work.db
    .selectFrom('scenario_effects')
    .selectAll()
    .where(
      'scenario_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('id')
    .limit(100_000)
    .execute();
  const effectsOf = Map.groupBy(effects, ({ scenario_id }) => scenario_id);
  return rows.map(({ id, client_id, name, family, description, likelihood, state, reason }) => ({
    id,
    client: client_id,
    name,
    family,
    description,
    likelihood,
    state,
    reason,
    effects: (effectsOf.get(id) ?? []).map((row) => ({
      asset: row.asset_id,
      site: row.site_id,
      effect: row.effect,
      durationSeconds: row.duration_seconds,
    })),
  }));
}

/** Targets are the client's own, each named once, and what is set aside says why. */
async function refuseUnsound(work: Work, client: string, { state, reason, effects }: NewScenario) {
  if (state === 'set-aside' && !reason) throw invalid('reason', 'scenario.no-reason');
  const named = new Set<string>();
  for (const [place, { asset, site }] of effects.entries()) {
    const target = asset ?? site ?? '';
    if (named.has(target)) throw invalid(`effects.${place}.asset`, 'scenario.target-twice');
    named.add(target);
    const found = asset ? await findAsset(work, asset) : await findSite(work, target);
    if (found.client !== client) throw notFound(asset ? 'asset' : 'site');
  }
}

async function refuseTakenName({ db }: Work, client: string, name: string) {
  const taken = await db
    .selectFrom('risk_scenarios')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('scenario.name-taken', { name });
}

async function countUses({ db }: Work, scenario: string): Promise<number> {
  const tables = [
    'plan_scenarios',
    'strategies',
    'exercises',
    'incidents',
    'drills',
    'scheduled_drills',
  ] as const;
  let uses = 0;
  for (const table of tables) {
    const { count } = await db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('scenario_id', '=', scenario)
      .executeTakeFirstOrThrow();
    uses += count;
  }
  return uses;
}

async function writeEffects({ db }: Work, client: string, scenario: string, effects: NewScenario['effects']) {
  if (effects.length === 0) return;
  await db
    .insertInto('scenario_effects')
    .values(
      effects.map(({ asset, site, effect, durationSeconds }) => ({
        client_id: client,
        scenario_id: scenario,
        asset_id: asset,
        site_id: site,
        effect,
        duration_seconds: durationSeconds,
      })),
    )
    .execute();
}

const columns = ({ name, family, description, likelihood, state, reason }: NewScenario) => ({
  name,
  family,
  description,
  likelihood,
  state,
  reason,
});
