/** Strategies: how an activity or an asset is to stand a scenario, with the options that were looked at. */
import { z } from 'zod';
import { allow, may } from './access.ts';
import { findActivity } from './activities.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { findScenario } from './scenarios.ts';
import { Line, OptionalText, Text } from './text.ts';
import { isSecondPerson, personOf, type Work } from './work.ts';

export const STRATEGY_STATES = ['proposed', 'chosen', 'in-place', 'refused'] as const;

/** A strategy has to be looked at again after so long: the cycle of the analysis it answers. */
const DECISION_VALID_MS = 365 * 86_400_000;

const Money = z.number().min(0).max(1e12).nullable().default(null);

export const StrategyOption = z.object({
  name: Line(200),
  description: OptionalText(2000).default(null),
  costOnce: Money.describe("In the client's currency"),
  costYearly: Money,
  rtoSeconds: z.int().min(0).nullable().default(null),
  rpoSeconds: z.int().min(0).nullable().default(null),
});

export const NewStrategy = z
  .object({
    name: Line(200),
    activity: z.uuid().nullable().default(null),
    asset: z.uuid().nullable().default(null),
    scenario: z.uuid().nullable().default(null).describe('Null: whatever happens'),
    options: z.array(StrategyOption).max(20).default([]),
    residualRisk: OptionalText(2000).default(null),
  })
  .refine(({ activity, asset }) => (activity === null) !== (asset === null), {
    error: 'strategy.one-target',
    path: ['activity'],
  });
export type NewStrategy = z.infer<typeof NewStrategy>;

export const Strategy = z
  .object({
    ...NewStrategy.shape,
    id: z.uuid(),
    client: z.uuid(),
    state: z.enum(STRATEGY_STATES),
    chosen: z.int().nullable().describe('Place of the chosen option, counted from one'),
    reason: z.string().nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: z.iso.datetime().nullable(),
    proposedBy: z.string(),
  })
  .meta({ id: 'Strategy' });
export type Strategy = z.infer<typeof Strategy>;

export async function addStrategy(work: Work, client: string, strategy: NewStrategy): Promise<Strategy> {
  allow(work, 'continuity.change');
  await findClient(work, client);
  await refuseForeign(work, client, strategy);

  const { id } = await work.db
    .insertInto('strategies')
    .values({
      client_id: client,
      ...columns(strategy),
      state: 'proposed',
      proposed_by: work.actor.name,
      proposed_by_person: personOf(work.actor),
      created_at: work.now,
      changed_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'strategy.added', { kind: 'strategy', id, client }, strategy);
  return findStrategy(work, id);
}

/** Changes what is proposed. What was decided is proposed anew: the decision was on other options. */
export async function changeStrategy(work: Work, id: string, strategy: NewStrategy): Promise<Strategy> {
  allow(work, 'continuity.change');
  const before = await findStrategyForChange(work, id);
  await refuseForeign(work, before.client, strategy);

  await work.db
    .updateTable('strategies')
    .set({
      ...columns(strategy),
      state: 'proposed',
      chosen: null,
      reason: null,
      decided_by: null,
      decided_at: null,
      proposed_by: work.actor.name,
      proposed_by_person: personOf(work.actor),
      changed_at: work.now,
    })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'strategy.changed',
    { kind: 'strategy', id, client: before.client },
    { before, after: strategy },
  );
  return findStrategy(work, id);
}

export const StrategyChoice = z.object({
  option: z.coerce.number().int().min(1).max(20).describe('Place of the option, counted from one'),
  reason: Text(2000).refine((text) => text.trim() !== '', { error: 'strategy.no-reason' }),
});

/**
 * Chooses one of the options. A record stands for it: proven when somebody who may approve an analysis chose what another
 * one had proposed, and else the word of a person.
 */
export async function chooseStrategy(
  work: Work,
  id: string,
  { option, reason }: z.infer<typeof StrategyChoice>,
): Promise<Strategy> {
  allow(work, 'continuity.change');
  const before = await findStrategyForChange(work, id);
  if (before.state === 'in-place') throw conflict('strategy.in-place', { name: before.name });
  const chosen = before.options[option - 1];
  if (!chosen) throw invalid('option', 'strategy.no-such-option', { count: before.options.length });

  await decide(work, before, { state: 'chosen', chosen: option - 1, reason });
  await recordEvidence(work, {
    client: before.client,
    code: 'STR',
    subject: before.activity
      ? { kind: 'activity', id: before.activity, name: (await findActivity(work, before.activity)).name }
      : { kind: 'asset', id: before.asset!, name: (await findAsset(work, before.asset!)).name },
    finding: 'supports',
    assertedBy:
      may(work, 'activity.approve') && isSecondPerson(work.actor, await findProposer(work, id))
        ? 'system'
        : 'person',
    validUntil: new Date(work.now.getTime() + DECISION_VALID_MS),
    content: { strategy: id, name: before.name, scenario: before.scenario, option: chosen, reason },
  });
  return findStrategy(work, id);
}

async function findProposer({ db }: Work, id: string): Promise<string | null> {
  const { proposed_by_person } = await db
    .selectFrom('strategies')
    .select('proposed_by_person')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return proposed_by_person;
}

/** Says that what was chosen is there. */
export async function putStrategyInPlace(work: Work, id: string): Promise<Strategy> {
  allow(work, 'continuity.change');
  const before = await findStrategyForChange(work, id);
  if (before.state !== 'chosen') throw conflict('strategy.not-chosen', { name: before.name });
  await decide(work, before, { state: 'in-place', chosen: before.chosen! - 1, reason: before.reason! });
  return findStrategy(work, id);
}

export const StrategyRefusal = z.object({
  reason: Text(2000).refine((text) => text.trim() !== '', { error: 'strategy.no-reason' }),
});

export async function refuseStrategy(
  work: Work,
  id: string,
  { reason }: z.infer<typeof StrategyRefusal>,
): Promise<Strategy> {
  allow(work, 'continuity.change');
  const before = await findStrategyForChange(work, id);
  if (before.state === 'refused') throw conflict('strategy.refused', { name: before.name });
  await decide(work, before, { state: 'refused', chosen: null, reason });
  return findStrategy(work, id);
}

export async function removeStrategy(work: Work, id: string): Promise<Strategy> {
  allow(work, 'continuity.change');
  const before = await findStrategyForChange(work, id);
  await work.db.deleteFrom('strategies').where('id', '=', id).execute();
  await record(work, 'strategy.removed', { kind: 'strategy', id, client: before.client }, { before });
  return before;
}

export async function findStrategy({ db }: Work, id: string): Promise<Strategy> {
  const row = await db.selectFrom('strategies').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('strategy');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findStrategyForChange({ db }: Work, id: string): Promise<Strategy> {
  const row = await db
    .selectFrom('strategies')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('strategy');
  return present(row);
}

export async function listStrategies(work: Work, client: string): Promise<Strategy[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('strategies')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('name')
    .orderBy('id')
    .limit(5000)
    .execute();
  return rows.map(present);
}

async function decide(
  work: Work,
  { id, client, state: before }: Strategy,
  { state, chosen, reason }: { state: Strategy['state']; chosen: number | null; reason: string },
) {
  await work.db
    .updateTable('strategies')
    .set({ state, chosen, reason, decided_by: work.actor.name, decided_at: work.now, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, `strategy.${state}`, { kind: 'strategy', id, client }, { before, chosen, reason });
}

async function refuseForeign(work: Work, client: string, { activity, asset, scenario }: NewStrategy) {
  if (activity && (await findActivity(work, activity)).client !== client) throw notFound('activity');
  if (asset && (await findAsset(work, asset)).client !== client) throw notFound('asset');
  if (scenario && (await findScenario(work, scenario)).client !== client) throw notFound('scenario');
}

const columns = ({ name, activity, asset, scenario, options, residualRisk }: NewStrategy) => ({
  name,
  activity_id: activity,
  asset_id: asset,
  scenario_id: scenario,
  options: JSON.stringify(options),
  residual_risk: residualRisk,
});

const present = (row: {
  id: string;
  client_id: string;
  name: string;
  activity_id: string | null;
  asset_id: string | null;
  scenario_id: string | null;
  state: Strategy['state'];
  options: unknown;
  chosen: number | null;
  reason: string | null;
  residual_risk: string | null;
  decided_by: string | null;
  decided_at: Date | null;
  proposed_by: string;
}): Strategy => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  activity: row.activity_id,
  asset: row.asset_id,
  scenario: row.scenario_id,
  state: row.state,
  options: row.options as Strategy['options'],
  chosen: row.chosen === null ? null : row.chosen + 1,
  reason: row.reason,
  residualRisk: row.residual_risk,
  decidedBy: row.decided_by,
  decidedAt: row.decided_at?.toISOString() ?? null,
  proposedBy: row.proposed_by,
});
