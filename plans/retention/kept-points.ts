/** The points of a policy that are there, with all that rules are judged by. */
import { sql } from 'kysely';
import type { BackupPolicy } from '../backup-policies.ts';
import { isSuspect } from '../content-looks.ts';
import { isThere } from '../point-losses.ts';
import type { Work } from '../work.ts';
import type { Pack } from './bytes.ts';
import { judge, type KeptPoint, type Verdict } from './keep.ts';
import type { RetentionRules } from './rules.ts';
import { isHeld } from './standing-holds.ts';

export interface PolicyPoint extends KeptPoint {
  point: string;
  headSha256: string;
  /** What its run stored. */
  storedBytes: number;
  /** Empty until its head was read for it. */
  packs: readonly Pack[];
  isSurveyed: boolean;
}

export const MOST_POINTS = 20_000;
const DAY_MS = 86_400_000;
/** Of its whole content: less says too little of what it would bring back. */
const PROVING = sql`('L3', 'L3x', 'L4')`;

export async function loadKeptPoints(work: Work, policy: BackupPolicy): Promise<PolicyPoint[]> {
  const rows = await work.db
    .selectFrom('recovery_points as point')
    .leftJoin('point_packs as packs', (join) =>
      join.onRef('packs.recovery_point_id', '=', 'point.id').onRef('packs.client_id', '=', 'point.client_id'),
    )
    .select(['point.id', 'point.point', 'point.data_time', 'point.ended_at', 'point.stored_bytes'])
    .select(['point.head_sha256', 'packs.packs'])
    .select(proofBy(work.now).as('proof'))
    .select(isSuspect('point').as('is_suspect'))
    .select(isHeld(work.now).as('is_held'))
    .where('point.client_id', '=', policy.client)
    .where('point.asset_id', '=', policy.asset.id)
    .where('point.store_id', '=', policy.store.id)
    .where(isThere('point'))
    .orderBy('point.data_time', 'desc')
    .limit(MOST_POINTS)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    point: row.point,
    headSha256: row.head_sha256,
    dataTime: row.data_time,
    lockedUntil: policy.lock && new Date(row.ended_at.getTime() + policy.lock.days * DAY_MS),
    isHeld: row.is_held,
    proof: proofOf(row),
    storedBytes: row.stored_bytes,
    packs: ((row.packs ?? []) as [string, number][]).map(([name, bytes]) => ({ name, bytes })),
    isSurveyed: row.packs !== null,
  }));
}

/** What looks damaged or encrypted is nothing to come back to, however well it restores. */
function proofOf({ proof, is_suspect }: { proof: string | null; is_suspect: boolean }): KeptPoint['proof'] {
  if (proof === 'failed') return 'failed';
  if (is_suspect) return 'suspect';
  return proof === 'passed' ? 'proven' : 'none';
}

/** Without rules everything is kept: what may go is then nothing. */
export function judgeAll(
  points: readonly PolicyPoint[],
  rules: RetentionRules | null,
  when: { zone: string; now: Date },
): Verdict<PolicyPoint>[] {
  if (rules) return judge(points, rules, when);
  return judge(points, EVERYTHING, when).map((verdict) => ({ ...verdict, isByRules: true }));
}

const EVERYTHING: RetentionRules = {
  ...{ last: Number.POSITIVE_INFINITY, withinDays: 0 },
  ...{ hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
};

export async function zoneOf({ db }: Work, client: string): Promise<string> {
  const { time_zone } = await db
    .selectFrom('clients')
    .select('time_zone')
    .where('client_id', '=', client)
    .executeTakeFirstOrThrow();
  return time_zone;
}

/** What the rules say does not bind who deletes by hand; all else does. */
export const BINDING = ['locked', 'held', 'last-proven', 'no-proven-successor'] as const;

export const isBinding = ({ code }: { code: string }): boolean =>
  (BINDING as readonly string[]).includes(code);

/** What the last test said that looked at all of it; one that failed at any level stands until another passes, and not in times to come. */
const proofBy = (now: Date) => sql<'passed' | 'failed' | null>`(
  select test.state from restore_tests as test
  where test.client_id = point.client_id and test.recovery_point_id = point.id
    and (test.state = 'failed' or (test.state = 'passed' and test.reached in ${PROVING} and test.finished_at <= ${now}))
  order by test.finished_at desc limit 1)`;
