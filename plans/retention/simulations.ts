/** What rules would do, shown before they are saved: why each point stays or may go, and what comes of it in a year. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { type BackupPolicy, findBackupPolicy } from '../backup-policies.ts';
import type { Work } from '../work.ts';
import { bytesByFate } from './bytes.ts';
import { forecast } from './forecast.ts';
import type { Reason } from './keep.ts';
import { judgeAll, loadKeptPoints, type PolicyPoint, zoneOf } from './kept-points.ts';
import { RetentionRules } from './rules.ts';

export const Simulating = z.object({ rules: RetentionRules.nullable() });

const Because = z.object({
  code: z.string(),
  rank: z.int().nullable().describe('Counted from the newest: 1 is the newest'),
  until: z.iso.datetime().nullable(),
});

export const SimulatedPoint = z.object({
  id: z.uuid(),
  point: z.string(),
  dataTime: z.iso.datetime(),
  storedBytes: z.int(),
  because: z.array(Because).describe('Why it stays; empty where it may go'),
  isByRules: z.boolean().describe('False where only a lock, a hold or want of proof keeps it'),
});
export type SimulatedPoint = z.infer<typeof SimulatedPoint>;

export const Simulation = z
  .object({
    points: z.array(SimulatedPoint),
    stay: z.int(),
    go: z.int(),
    bytes: z
      .object({
        stay: z.int(),
        free: z.int(),
        lockedThough: z.int().describe('Of points that the rules let go and only a lock keeps'),
      })
      .nullable()
      .describe('Null until the heads of all points were read for it'),
    forecast: z
      .array(z.object({ at: z.iso.datetime(), points: z.int(), bytes: z.int() }))
      .nullable()
      .describe('Month by month for a year; null where backups come too often for it'),
  })
  .meta({ id: 'RetentionSimulation' });
export type Simulation = z.infer<typeof Simulation>;

/** Runs that say what one usually stores. */
const USUAL = 30;

export async function simulate(
  work: Work,
  policyId: string,
  { rules }: z.infer<typeof Simulating>,
): Promise<Simulation> {
  allow(work, 'protection.read');
  const policy = await findBackupPolicy(work, policyId);
  const points = await loadKeptPoints(work, policy);
  const zone = await zoneOf(work, policy.client);
  const verdicts = judgeAll(points, rules, { zone, now: work.now });
  const stay = verdicts.filter(({ because }) => because.length > 0);
  return {
    points: verdicts.map(({ point, because, isByRules }) => ({
      id: point.id,
      point: point.point,
      dataTime: point.dataTime.toISOString(),
      storedBytes: point.storedBytes,
      because: because.map(presentReason),
      isByRules,
    })),
    stay: stay.length,
    go: verdicts.length - stay.length,
    bytes: points.every(({ isSurveyed }) => isSurveyed) ? bytesByFate(verdicts) : null,
    forecast: foretold(
      stay.map(({ point }) => point),
      rules,
      { policy, zone, now: work.now, usual: points },
    ),
  };
}

/** Points that rules let go and those before them do not, the oldest first. */
export async function goingBy(
  work: Work,
  policy: BackupPolicy,
  { before, after }: { before: RetentionRules | null; after: RetentionRules | null },
): Promise<PolicyPoint[]> {
  const points = await loadKeptPoints(work, policy);
  const when = { zone: await zoneOf(work, policy.client), now: work.now };
  const goes = (rules: RetentionRules | null) =>
    judgeAll(points, rules, when).flatMap(({ point, because }) => (because.length === 0 ? [point] : []));
  const already = new Set(goes(before));
  return goes(after)
    .filter((point) => !already.has(point))
    .toReversed();
}

function foretold(
  stay: PolicyPoint[],
  rules: RetentionRules | null,
  { policy, zone, now, usual }: { policy: BackupPolicy; zone: string; now: Date; usual: PolicyPoint[] },
): Simulation['forecast'] {
  const last = usual.slice(0, USUAL);
  const bytesEach = last.reduce((sum, { storedBytes }) => sum + storedBytes, 0) / Math.max(1, last.length);
  const months = forecast(
    stay.map(({ storedBytes, ...point }) => ({ ...point, bytes: storedBytes })),
    rules,
    { intervalSeconds: policy.intervalSeconds, bytesEach, lockDays: policy.lock?.days ?? null, zone, now },
  );
  return (
    months?.map(({ at, points, bytes }) => ({ at: at.toISOString(), points, bytes: Math.round(bytes) })) ??
    null
  );
}

const presentReason = (reason: Reason): z.infer<typeof Because> => ({
  code: reason.code,
  rank: 'rank' in reason ? reason.rank : null,
  until: 'until' in reason ? reason.until.toISOString() : null,
});
