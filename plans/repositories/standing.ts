/** Where a repository stands: what its tool lists of the asset, and the newest of it that was proved. */
import { type RawBuilder, sql } from 'kysely';
import type { Work } from '../work.ts';
import { BACKUPS_AMONG, IS_CHOSEN } from './counted.ts';

/** A proof of ours holds a year. */
export const PROOF_VALID_MS = 365 * 86_400_000;

/** `proved` is the only one that a restore of ours stands behind. */
export const REPOSITORY_STATES = [
  'no-password',
  'never-read',
  'unreadable',
  'empty',
  'mixed',
  'late',
  'listed',
  'proved',
  'proof-failed',
] as const;
export type RepositoryState = (typeof REPOSITORY_STATES)[number];

/** What a wrong clock dated ahead says nothing of how old data are. */
const THERE = (now: Date) => sql`one.client_id = repository.client_id and one.repository_id = repository.id
  and one.gone_at is null and one.data_time <= ${now} and ${IS_CHOSEN}`;

const ofThere = <Value>(value: RawBuilder<Value>, now: Date) =>
  sql<Value>`(select ${value} from repository_snapshots as one where ${THERE(now)})`;

const ofProved = <Value>(value: RawBuilder<Value>, now: Date) =>
  sql<Value | null>`(select ${value} from repository_proofs as proof
    join repository_snapshots as one on one.client_id = proof.client_id and one.id = proof.snapshot_id
    where ${THERE(now)} and proof.state = 'passed' and proof.shown in ('L3', 'L4')
    order by one.data_time desc, proof.finished_at limit 1)`;

const LAST_VERDICT = sql<string | null>`(select proof.state::text from repository_proofs as proof
  where proof.client_id = repository.client_id and proof.repository_id = repository.id and proof.state in ('passed', 'failed')
  order by proof.finished_at desc limit 1)`;

const IS_BEING_READ = sql<boolean>`exists (select from repository_looks as look
  where look.client_id = repository.client_id and look.repository_id = repository.id and look.state in ('queued', 'running'))`;

export const selectStanding = ({ db, now }: Work) =>
  db
    .selectFrom('repositories as repository')
    .selectAll('repository')
    .select([
      ofThere(sql<number>`count(*)::int`, now).as('snapshots'),
      ofThere(sql<Date | null>`max(one.data_time)`, now).as('newest_at'),
      ofProved(sql<Date>`proof.finished_at`, now).as('proved_at'),
      ofProved(sql<Date>`one.data_time`, now).as('proved_data_time'),
      LAST_VERDICT.as('last_verdict'),
      IS_BEING_READ.as('is_being_read'),
      BACKUPS_AMONG.as('backups_among'),
    ]);

export interface StandingRow {
  sealed_secrets: Buffer | null;
  finding: string | null;
  looked_at: Date | null;
  newest_at: Date | null;
  backups_among: number;
  last_verdict: string | null;
  every_seconds: number;
  proved_at: Date | null;
  proved_data_time: Date | null;
}

/** The share of the interval that is forgiven: each backup takes its time. */
const SLACK = 0.1;

/** Since when a snapshot is late; null while none is, or while no list was read since it should have been there. */
export function lateSince(
  { newest_at, every_seconds, looked_at }: Pick<StandingRow, 'newest_at' | 'every_seconds' | 'looked_at'>,
  now: Date,
): Date | null {
  if (newest_at === null || looked_at === null) return null;
  const everyMs = every_seconds * 1000;
  const dueAt = newest_at.getTime() + everyMs * (1 + SLACK);
  // After a whole interval more, that nobody looked is no excuse.
  const isKnown = looked_at.getTime() >= dueAt || now.getTime() >= dueAt + everyMs;
  return now.getTime() >= dueAt && isKnown ? new Date(dueAt) : null;
}

/** The worst first; the newest snapshot counts as proved only when it is the one that was restored, and not too long ago. */
export function stateOf(row: StandingRow, now: Date): RepositoryState {
  if (row.sealed_secrets === null) return 'no-password';
  if (row.finding !== null) return 'unreadable';
  if (row.looked_at === null) return 'never-read';
  if (!row.newest_at) return 'empty';
  if (row.backups_among > 1) return 'mixed';
  if (row.last_verdict === 'failed') return 'proof-failed';
  if (lateSince(row, now)) return 'late';
  const isNewest = row.proved_data_time?.getTime() === row.newest_at.getTime();
  const isFresh = row.proved_at !== null && row.proved_at.getTime() > now.getTime() - PROOF_VALID_MS;
  return isNewest && isFresh ? 'proved' : 'listed';
}
