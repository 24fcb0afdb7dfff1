/** Blackouts of a client: times in which nothing that is due may begin, and what becomes of what is under way. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { type BackupPolicy, listBackupPolicies } from './backup-policies.ts';
import { standingOf } from './backup-standing.ts';
import { loadFacts } from './client-facts.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { Hours } from './hours.ts';
import { assetObjectives } from './readiness/asset-objectives.ts';
import { RUNNING, Blackout as Rule } from './schedules/blackouts.ts';
import { impossibleBlackouts } from './schedules/data-age.ts';
import { listBlackouts as listRules, planAnew } from './schedules/schedules.ts';
import { Line, OptionalLine } from './text.ts';
import type { Work } from './work.ts';

export const NewBlackout = z
  .object({
    name: Line(100),
    hours: z
      .preprocess((hours) => hours ?? [], Hours)
      .default([])
      .describe('Each week; or `from` and `until` for one time'),
    from: OptionalLine(16)
      .default(null)
      .describe('In the local time of the client, such as 2026-12-24T18:00'),
    until: OptionalLine(16).default(null),
    running: z
      .enum(RUNNING)
      .describe(
        'What is under way may `finish`, is stopped and begun again after it (`pause`), or called off (`abort`)',
      ),
  })
  .meta({ id: 'NewBlackout' });
export type NewBlackout = z.infer<typeof NewBlackout>;

export const Blackout = z
  .object({ ...NewBlackout.shape, id: z.uuid(), client: z.uuid() })
  .meta({ id: 'Blackout' });
export type Blackout = z.infer<typeof Blackout>;

export async function addBlackout(work: Work, client: string, blackout: NewBlackout): Promise<Blackout> {
  allow(work, 'protection.change');
  await findClient(work, client);
  const rule = ruleOf(blackout);
  await refuseTakenName(work, client, blackout.name);
  await refuseImpossible(work, client, rule, await listRules(work, client));
  const { id } = await work.db
    .insertInto('blackouts')
    .values({ client_id: client, ...columns(rule), created_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await planAnew(work, client);
  await record(work, 'blackout.added', { kind: 'blackout', id, client }, blackout);
  return findBlackout(work, id);
}

export async function changeBlackout(work: Work, id: string, blackout: NewBlackout): Promise<Blackout> {
  allow(work, 'protection.change');
  const before = await findBlackoutForChange(work, id);
  const rule = ruleOf(blackout);
  if (blackout.name !== before.name) await refuseTakenName(work, before.client, blackout.name);
  const others = (await listRules(work, before.client)).filter(({ name }) => name !== before.name);
  await refuseImpossible(work, before.client, rule, others);
  await work.db.updateTable('blackouts').set(columns(rule)).where('id', '=', id).execute();
  await planAnew(work, before.client);
  const subject = { kind: 'blackout', id, client: before.client };
  await record(work, 'blackout.changed', subject, { before, after: blackout });
  return findBlackout(work, id);
}

export async function removeBlackout(work: Work, id: string): Promise<Blackout> {
  allow(work, 'protection.change');
  const before = await findBlackoutForChange(work, id);
  await work.db.deleteFrom('blackouts').where('id', '=', id).execute();
  await planAnew(work, before.client);
  await record(work, 'blackout.removed', { kind: 'blackout', id, client: before.client }, { before });
  return before;
}

export async function findBlackout(work: Work, id: string): Promise<Blackout> {
  allow(work, 'protection.read');
  const row = await work.db.selectFrom('blackouts').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('blackout');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findBlackoutForChange(work: Work, id: string): Promise<Blackout> {
  await work.db.selectFrom('blackouts').select('id').where('id', '=', id).forUpdate().execute();
  return findBlackout(work, id);
}

export async function listBlackouts(work: Work, client: string): Promise<Blackout[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('blackouts')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('name')
    .limit(1000)
    .execute();
  return rows.map(present);
}

/** Either hours of a week or one time. */
function ruleOf({ name, hours, from, until, running }: NewBlackout): Rule {
  const isOnce = from !== null || until !== null;
  if (isOnce && hours.length > 0) throw invalid('hours', 'blackout.both');
  if (!isOnce && hours.length === 0) throw invalid('hours', 'blackout.never');
  const read = Rule.safeParse({ name, running, when: isOnce ? { from, until } : { hours } });
  if (read.success) return read.data;
  const sentences = JSON.stringify(read.error.issues);
  if (sentences.includes('schedule.always-black')) throw invalid('hours', 'schedule.always-black');
  throw invalid(
    'until',
    sentences.includes('schedule.backwards') ? 'schedule.backwards' : 'schedule.local-time',
  );
}

/**
 * No blackout in which data must grow older than the plan allows, whatever is done before and after it. What another one broke already is
 * not held against this one: somebody is about to mend them.
 */
async function refuseImpossible(work: Work, clientId: string, added: Rule, others: Rule[]) {
  const client = await findClient(work, clientId);
  const facts = (await loadFacts(work, [client])).get(clientId);
  const objectives = facts && assetObjectives(facts);
  for (const policy of await listBackupPolicies(work, clientId)) {
    const rpoSeconds = rpoOf(policy, objectives?.get(policy.asset.id)?.rpoSeconds ?? null);
    if (!policy.isEnabled || rpoSeconds === null) continue;
    const { durationSeconds } = await standingOf(work, policy.id);
    const brokenBy = (blackouts: Rule[]) =>
      impossibleBlackouts(
        { blackouts, zone: client.timeZone },
        { rpoSeconds, durationSeconds, now: work.now },
      );
    const known = new Map(brokenBy(others).map(({ from, seconds }) => [from.getTime(), seconds]));
    const worst = brokenBy([...others, added]).find(
      ({ from, seconds }) => seconds > (known.get(from.getTime()) ?? 0),
    );
    if (!worst) continue;
    throw conflict('blackout.rpo-impossible', {
      asset: policy.asset.name,
      blackout: worst.name,
      blackSeconds: worst.seconds,
      durationSeconds,
      rpoSeconds,
    });
  }
}

/** The smaller of what the plan asks and what the policy itself goes by. */
function rpoOf({ schedule: { cadence } }: BackupPolicy, ofPlan: number | null): number | null {
  if (cadence.kind !== 'objective') return ofPlan;
  return Math.min(cadence.rpoSeconds, ofPlan ?? Number.POSITIVE_INFINITY);
}

async function refuseTakenName({ db }: Work, client: string, name: string) {
  const taken = await db
    .selectFrom('blackouts')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('blackout.name-taken', { name });
}

const columns = ({ name, when, running }: Rule) => ({ name, during: JSON.stringify(when), running });

function present(row: {
  id: string;
  client_id: string;
  name: string;
  during: unknown;
  running: string;
}): Blackout {
  const when = row.during as Rule['when'];
  return {
    id: row.id,
    client: row.client_id,
    name: row.name,
    hours: 'hours' in when ? when.hours : [],
    from: 'from' in when ? when.from : null,
    until: 'until' in when ? when.until : null,
    running: row.running as Blackout['running'],
  };
}
