/** Runbooks: the steps of a plan version, who does each, how long it takes, how one sees that it worked, and what it waits for. */
import { z } from 'zod';
import { record } from './audit.ts';
import { canonical, sha256 } from './canonical.ts';
import { invalid } from './errors.ts';
import { circleOf, OptionalKey, repeatedKey, unknownKeys, withKeys } from './keyed.ts';
import { refuseForeign } from './own.ts';
import { countPlaceholders } from './placeholders.ts';
import { type Draft, lockDraft, signDraft } from './plan-drafts.ts';
import { StepWaits } from './step-waits.ts';
import { Line, OptionalLine, OptionalText } from './text.ts';
import type { Work } from './work.ts';

export const STEP_RESOURCES = ['technician', 'link', 'none'] as const;

const LONGEST = 31_536_000;
const Seconds = z.int().min(0).max(LONGEST).nullable().default(null);

export const NewStep = z
  .object({
    key: OptionalKey.default(null).describe('The same over all versions; made from the action when left out'),
    action: Line(500),
    detail: OptionalText(10_000).default(null),
    crisisRole: z.uuid().nullable().default(null).describe('Who does it'),
    role: OptionalLine(200).default(null).describe('Who does it, where that is no crisis role'),
    skill: OptionalLine(200).default(null),
    resource: z.enum(STEP_RESOURCES).default('technician').describe('What it keeps busy'),
    p50Seconds: Seconds.describe('In the usual case'),
    p90Seconds: Seconds.describe('Nine times of ten it takes no longer'),
    successTest: OptionalText(2000).default(null),
    rollback: OptionalText(2000).default(null),
    asset: z.uuid().nullable().default(null).describe('What it brings back'),
    link: OptionalLine(1000).default(null),
    after: StepWaits.default([]).describe('Steps that must be done before'),
  })
  .refine(
    ({ p50Seconds, p90Seconds }) => p90Seconds === null || (p50Seconds !== null && p90Seconds >= p50Seconds),
    {
      error: 'runbook.shorter-than-usual',
      path: ['p90Seconds'],
    },
  );
export type NewStep = z.infer<typeof NewStep>;

export const Step = z.object({ ...NewStep.shape, key: z.string() }).meta({ id: 'RunbookStep' });
export type Step = z.infer<typeof Step>;

export const MOST_STEPS = 1000;

export const RunbookChange = z.object({ steps: z.array(NewStep).max(MOST_STEPS) });
export type RunbookChange = z.infer<typeof RunbookChange>;

/** Writes the whole runbook of a draft, in this order. */
export async function writeRunbook(work: Work, version: string, { steps }: RunbookChange): Promise<Step[]> {
  const draft = await lockDraft(work, version);
  const keyed = withKeys(steps, ({ action }) => action);
  refuseUnsound(keyed);
  await refuseForeign(
    work,
    draft.client,
    'asset',
    keyed.map(({ asset }) => asset),
  );
  await refuseForeign(
    work,
    draft.client,
    'crisis-role',
    keyed.map(({ crisisRole }) => crisisRole),
  );

  await work.db.deleteFrom('runbook_steps').where('plan_version_id', '=', version).execute();
  await insertSteps(work, draft, keyed);
  await signDraft(work, draft);
  await record(
    work,
    'runbook.written',
    { kind: 'plan-version', id: version, client: draft.client },
    { steps: keyed.map(({ key }) => key), sha256: sha256(canonical(keyed)) },
  );
  return readSteps(work, version);
}

/** In the order in which they are written. */
export async function readSteps({ db }: Work, version: string): Promise<Step[]> {
  const rows = await db
    .selectFrom('runbook_steps')
    .selectAll()
    .where('plan_version_id', '=', version)
    .orderBy('position')
    .limit(MOST_STEPS)
    .execute();
  return rows.map((row) => ({
    key: row.key,
    action: row.action,
    detail: row.detail,
    crisisRole: row.role_id,
    role: row.role,
    skill: row.skill,
    resource: row.resource as Step['resource'],
    p50Seconds: row.p50_seconds,
    p90Seconds: row.p90_seconds,
    successTest: row.success_test,
    rollback: row.rollback,
    asset: row.asset_id,
    link: row.link,
    after: row.after as Step['after'],
  }));
}

export async function insertSteps(
  { db }: Work,
  { id, client }: Draft,
  steps: readonly Step[],
): Promise<void> {
  if (steps.length === 0) return;
  await db
    .insertInto('runbook_steps')
    .values(
      steps.map((step, position) => ({
        client_id: client,
        plan_version_id: id,
        key: step.key,
        position,
        action: step.action,
        detail: step.detail,
        role_id: step.crisisRole,
        role: step.role,
        skill: step.skill,
        resource: step.resource,
        p50_seconds: step.p50Seconds,
        p90_seconds: step.p90Seconds,
        success_test: step.successTest,
        rollback: step.rollback,
        asset_id: step.asset,
        link: step.link,
        after: JSON.stringify(step.after),
      })),
    )
    .execute();
}

/** Questions of a starting text that are still open. */
export const placeholdersIn = (steps: readonly Step[]): number =>
  countPlaceholders(
    steps.flatMap(({ action, detail, role, skill, successTest, rollback, link }) => [
      action,
      detail,
      role,
      skill,
      successTest,
      rollback,
      link,
    ]),
  );

/** Keys are there once, known, and in no circle. */
function refuseUnsound(steps: readonly Step[]): void {
  const keys = steps.map(({ key }) => key);
  const twice = repeatedKey(keys);
  if (twice !== null)
    throw invalid(`steps.${keys.lastIndexOf(twice)}.key`, 'runbook.key-twice', { key: twice });
  for (const [place, { action, after }] of steps.entries()) {
    const unknown = unknownKeys(
      keys,
      after.map(({ key }) => key),
    );
    if (unknown.length > 0)
      throw invalid(`steps.${place}.after`, 'runbook.unknown-key', {
        step: action,
        keys: unknown.join(', '),
      });
  }
  const circle = circleOf(new Map(steps.map(({ key, after }) => [key, after.map((wait) => wait.key)])));
  if (circle) {
    const place = keys.indexOf(circle[0]!);
    throw invalid(`steps.${place}.after`, 'runbook.circle', { keys: [...circle, circle[0]!].join(' → ') });
  }
}
