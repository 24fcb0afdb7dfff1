/** Expiries: the daily work of a policy's retention. What may go is decided here; a job removes it and says what came of it. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { type BackupPolicy, findBackupPolicy } from '../backup-policies.ts';
import { type DailyRound, queueDueRounds, queueRoundNow } from '../daily-rounds.ts';
import { Finding, findingColumns, findingOfRow } from '../findings.ts';
import { planReconciliation } from '../reconciliations.ts';
import { RunProgress } from '../run-progress.ts';
import type { Work } from '../work.ts';
import { progressOf } from '../work-progress.ts';
import { isBinding, judgeAll, loadKeptPoints, zoneOf } from './kept-points.ts';
import { type LettingGo, markGoing } from './letting-go.ts';
import { readRetention } from './retentions.ts';

const EXPIRIES: DailyRound = { table: 'expiries', job: 'expire-points' };
const IN_THE_WAY = ['clean-up.backup-running', 'clean-up.under-way', 'clean-up.clock-ahead'];
const AGAIN_AFTER_MS = 6 * 3_600_000;
/** Of one work; the rest goes the next day. */
const MOST_AT_ONCE = 1000;

export const ExpiryRecord = z.object({
  removed: z.int(),
  packs: z.int(),
  bytes: z.int().describe('Freed'),
  kept: z.int().describe('Points that the store did not let go'),
  left: z.object({
    count: z.int(),
    bytes: z.int().describe('Of points that are none any more; billed until the store lets them go'),
  }),
  blocked: Finding.nullable().describe('Why nothing more was removed'),
});
export type ExpiryRecord = z.infer<typeof ExpiryRecord>;

export const Expiry = z
  .object({
    policy: z.uuid(),
    standing: z.enum(['never', 'queued', 'running', 'failed', 'done']),
    progress: RunProgress.nullable().describe('While it goes on'),
    endedAt: z.iso.datetime().nullable(),
    last: ExpiryRecord.nullable(),
    finding: Finding.nullable(),
  })
  .meta({ id: 'Expiry' });
export type Expiry = z.infer<typeof Expiry>;

export async function findExpiry(work: Work, policyId: string): Promise<Expiry> {
  allow(work, 'protection.read');
  await findBackupPolicy(work, policyId);
  const row = await work.db
    .selectFrom('expiries')
    .innerJoin('backup_policies as policy', (join) =>
      join.onRef('policy.id', '=', 'expiries.policy_id').onRef('policy.client_id', '=', 'expiries.client_id'),
    )
    .selectAll('expiries')
    .select(progressOf('expiry', 'policy').as('progress'))
    .where('policy_id', '=', policyId)
    .executeTakeFirst();
  const state = row?.state ?? 'waiting';
  return {
    policy: policyId,
    standing: state === 'waiting' ? (row?.ended_at ? 'done' : 'never') : (state as Expiry['standing']),
    progress: row?.progress ? RunProgress.parse(row.progress) : null,
    endedAt: row?.ended_at?.toISOString() ?? null,
    last: row?.record ? ExpiryRecord.parse(row.record) : null,
    finding: row ? findingOfRow(row) : null,
  };
}

export const queueDueExpiries = (work: Work): Promise<number> => queueDueRounds(work, EXPIRIES);

/** What was granted does not wait for the next day. */
export const queueExpiry = (work: Work, { id }: BackupPolicy): Promise<void> =>
  queueRoundNow(work, EXPIRIES, id);

/** Asks for it now. */
export async function requestExpiry(work: Work, policyId: string): Promise<Expiry> {
  allow(work, 'protection.change');
  const policy = await findBackupPolicy(work, policyId);
  await queueExpiry(work, policy);
  const subject = { kind: 'backup-policy', id: policyId, client: policy.client };
  await record(work, 'retention.expiry-asked', subject, { asset: policy.asset.name });
  return findExpiry(work, policyId);
}

/** Marks it as running and tells where to look, with secrets still sealed. Null when it has ended already. */
export async function startExpiry(work: Work, policyId: string) {
  const started = await work.db
    .updateTable('expiries')
    .set({ state: 'running' })
    .where('policy_id', '=', policyId)
    .where('state', 'in', ['queued', 'running'])
    .returning('policy_id')
    .executeTakeFirst();
  if (!started) return null;
  const { client, asset, store } = await planReconciliation(work, policyId);
  const policy = await findBackupPolicy(work, policyId);
  const unread = (await loadKeptPoints(work, policy)).filter(({ isSurveyed }) => !isSurveyed);
  const begun = await pointsGoing(work, policy);
  return { client, asset, store, toRead: [...unread, ...begun].map(({ point }) => point) };
}

/** Remembers which packs points need. */
export async function notePacks(
  work: Work,
  policyId: string,
  surveyed: { point: string; packs: { sha256: string; bytes: number }[] }[],
): Promise<void> {
  allow(work, 'work.finish');
  const policy = await findBackupPolicy(work, policyId);
  const ids = new Map((await loadKeptPoints(work, policy)).map(({ id, point }) => [point, id]));
  for (const { point, packs } of surveyed) {
    const id = ids.get(point);
    if (!id) continue;
    const short = packs.map(({ sha256, bytes }) => [sha256.slice(0, 24), bytes]);
    await work.db
      .insertInto('point_packs')
      .values({ client_id: policy.client, recovery_point_id: id, packs: JSON.stringify(short) })
      .onConflict((known) => known.doNothing())
      .execute();
  }
}

/**
 * Decides by the rules in force what goes, and what has to stay. What was to go and is whole still is judged anew: a hold
 * may have come, or what was to take its place may be lost. What was begun is ended.
 */
export async function decideExpiry(work: Work, policyId: string, heads: ReadonlySet<string>) {
  allow(work, 'work.finish');
  const policy = await findBackupPolicy(work, policyId);
  const { rules } = await readRetention(work, policy);
  const zone = await zoneOf(work, policy.client);
  const begun = await pointsGoing(work, policy);
  const asked = await takeBack(work, policy, begun, heads);
  const points = await loadKeptPoints(work, policy);
  const verdicts = judgeAll(points, rules, { zone, now: work.now }).toReversed();
  const byRules = verdicts
    .flatMap(({ point, because }) => (because.length === 0 && !asked.has(point.point) ? [point] : []))
    .slice(0, MOST_AT_ONCE);
  await markGoing(work, policy, byRules, { cause: 'rules', reason: null, by: work.actor.name });
  const byHand = verdicts.flatMap(({ point, because }) => {
    const letting = asked.get(point.point);
    return letting && !because.some(isBinding) ? [{ point, letting }] : [];
  });
  for (const { point, letting } of byHand) await markGoing(work, policy, [point], letting);
  const isGoing = new Set([...byRules, ...byHand.map(({ point }) => point)]);
  return {
    decidedAt: work.now.toISOString(),
    going: await pointsGoing(work, policy),
    known: points
      .filter((point) => !isGoing.has(point))
      .map(({ point, headSha256 }) => ({ point, headSha256 })),
  };
}

/** What the engine tells of it. */
export interface Expired {
  blocked: Finding | null;
  removed: string[];
  packs: number;
  bytes: number;
  kept: { point: string; finding: Finding }[];
  left: { bytes: number }[];
}

/** Writes down what went, and what the store did not let go: that is there still, and counts again. */
export async function finishExpiry(work: Work, policyId: string, done: Expired | null): Promise<void> {
  allow(work, 'work.finish');
  const policy = await findBackupPolicy(work, policyId);
  if (done) {
    await endPoints(work, policy, done.removed, { state: 'expired', finding: null });
    for (const { point, finding } of done.kept)
      await endPoints(work, policy, [point], { state: 'kept', finding });
  }
  const kept: ExpiryRecord | null = done && {
    removed: done.removed.length,
    packs: done.packs,
    bytes: done.bytes,
    kept: done.kept.length,
    left: { count: done.left.length, bytes: done.left.reduce((sum, { bytes }) => sum + bytes, 0) },
    blocked: done.blocked,
  };
  await work.db
    .updateTable('expiries')
    .set({ state: 'done', ended_at: work.now, ...findingColumns(null) })
    .set(kept ? { record: JSON.stringify(kept) } : {})
    .where('policy_id', '=', policyId)
    .execute();
  if (!done || !kept) return;
  const subject = { kind: 'backup-policy', id: policyId, client: policy.client };
  await record(
    work,
    kept.blocked && kept.removed === 0 ? 'retention.not-expired' : 'retention.expired',
    subject,
    {
      ...kept,
      points: done.removed.slice(0, 1000),
    },
  );
  if (kept.blocked && IN_THE_WAY.includes(kept.blocked.code)) await tryAgainSoon(work, policyId);
}

/** Writes down why nothing could be done. What was to go still is. */
export async function failExpiry(work: Work, policyId: string, found: Finding): Promise<void> {
  allow(work, 'work.finish');
  const failed = await work.db
    .updateTable('expiries')
    .set({ state: 'failed', ...findingColumns(found) })
    .where('policy_id', '=', policyId)
    .where('state', 'in', ['queued', 'running'])
    .returning('client_id')
    .executeTakeFirst();
  if (!failed) return;
  const subject = { kind: 'backup-policy', id: policyId, client: failed.client_id };
  await record(work, 'retention.not-expired', subject, { finding: found });
}

/** Of those that are whole: answers what people had asked for, which holds against the rules. */
async function takeBack(
  work: Work,
  policy: BackupPolicy,
  begun: Awaited<ReturnType<typeof pointsGoing>>,
  heads: ReadonlySet<string>,
): Promise<Map<string, LettingGo>> {
  const whole = begun.filter(({ point }) => heads.has(point));
  await endPoints(
    work,
    policy,
    whole.map(({ point }) => point),
    { state: 'kept', finding: null },
  );
  return new Map(
    whole.flatMap(({ point, cause, reason, by }) =>
      cause === 'asked' ? [[point, { cause, reason, by }]] : [],
    ),
  );
}

async function pointsGoing({ db }: Work, policy: BackupPolicy) {
  return db
    .selectFrom('point_expiries as expiry')
    .innerJoin('recovery_points as point', (join) =>
      join
        .onRef('point.id', '=', 'expiry.recovery_point_id')
        .onRef('point.client_id', '=', 'expiry.client_id'),
    )
    .select(['point.point', 'point.head_sha256 as headSha256'])
    .select(['expiry.cause', 'expiry.reason', 'expiry.decided_by as by'])
    .where('point.asset_id', '=', policy.asset.id)
    .where('point.store_id', '=', policy.store.id)
    .where('expiry.state', '=', 'going')
    .orderBy('point.data_time')
    .limit(MOST_AT_ONCE)
    .execute();
}

async function endPoints(
  { db, now }: Work,
  { asset, store }: BackupPolicy,
  points: string[],
  { state, finding }: { state: 'expired' | 'kept'; finding: Finding | null },
) {
  if (points.length === 0) return;
  await db
    .updateTable('point_expiries as expiry')
    .from('recovery_points as point')
    .whereRef('point.id', '=', 'expiry.recovery_point_id')
    .whereRef('point.client_id', '=', 'expiry.client_id')
    .set({ state, ended_at: now, ...findingColumns(finding) })
    .where('point.asset_id', '=', asset.id)
    .where('point.store_id', '=', store.id)
    .where('point.point', 'in', points)
    .where('expiry.state', '=', 'going')
    .execute();
}

async function tryAgainSoon({ db, now }: Work, policyId: string) {
  const again = new Date(now.getTime() + AGAIN_AFTER_MS);
  await db
    .updateTable('expiries')
    .set({ next_due_at: again })
    .where('policy_id', '=', policyId)
    .where('next_due_at', '>', again)
    .execute();
}
