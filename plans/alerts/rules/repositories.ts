/** Repositories of other tools that cannot be read, get no new snapshot, or are not looked at and proved when they should be. */
import { sql } from 'kysely';
import type { Finding } from '../../findings.ts';
import { IS_CHOSEN } from '../../repositories/counted.ts';
import { lateSince, selectStanding } from '../../repositories/standing.ts';
import { PURPOSE_OF } from '../../repositories/usual-schedules.ts';
import type { Work } from '../../work.ts';
import type { Found, RecordRule } from './rule.ts';

type Ruled = Found & { client: string };

/** Its tool could not list it the last time: what is known of it is as old as the last list. */
export const repositoryUnread: RecordRule = {
  name: 'repository-unread',
  async find(work) {
    const rows = await withAssets(work).where('repository.finding', 'is not', null).execute();
    return rows.map((row) =>
      told(row, {
        key: 'alert.repository-unread',
        since: row.looked_at ?? row.created_at,
        because: {
          code: row.finding_code!,
          params: row.finding_params as Finding['params'],
          message: row.finding!,
        },
      }),
    );
  },
};

/** One that was never seen with a snapshot is still being set up. */
export const snapshotMissing: RecordRule = {
  name: 'snapshot-missing',
  async find(work) {
    const rows = await withAssets(work).where('repository.looked_at', 'is not', null).execute();
    return rows.flatMap((row) => {
      const since = lateSince(row, work.now);
      return since ? [told(row, { key: 'alert.snapshot-missing', since, because: null })] : [];
    });
  },
};

/**
 * Gone sooner than its tool lets any go, as somebody said. Where nobody did, it stands among the contradictions alone: a tool that
 * thins out as it should would alert every night. It stands until another one is proved.
 */
export const snapshotLost: RecordRule = {
  name: 'snapshot-lost',
  async find(work) {
    const { rows } = await sql<{ repository_id: string; gone_at: Date; count: number }>`
      select one.repository_id, min(one.gone_at) as gone_at, count(*)::int as count
      from repository_snapshots as one
      join repositories as repository on repository.client_id = one.client_id and repository.id = one.repository_id
      where one.gone_at < one.data_time + repository.kept_days * interval '1 day' and ${IS_CHOSEN}
        and one.gone_at > coalesce((select max(proof.finished_at) from repository_proofs as proof
          where proof.client_id = one.client_id and proof.repository_id = one.repository_id
            and proof.state = 'passed' and proof.shown >= 'L2b'), '-infinity')
      group by one.repository_id limit 100000`.execute(work.db);
    const lost = new Map(rows.map((row) => [row.repository_id, row]));
    if (lost.size === 0) return [];
    const repositories = await withAssets(work)
      .where('repository.id', 'in', [...lost.keys()])
      .execute();
    return repositories.map((row) => {
      const { gone_at, count } = lost.get(row.id)!;
      return {
        ...told(row, { key: 'alert.snapshot-lost', since: gone_at, because: null, count }),
        severity: 'critical',
      };
    });
  },
};

/** The clock asks every quarter of a minute: what it has not begun by then, nobody begins. */
const GRACE_MS = 15 * 60_000;

/** The last that should have begun did not. */
export const repositoryMissed: RecordRule = {
  name: 'repository-missed',
  async find(work) {
    const { rows } = await sql<{ repository_id: string; what: string; due_at: Date }>`
      select recurring.repository_id, recurring.what, last.due_at
      from repository_schedules as recurring
      join schedules as schedule on schedule.client_id = recurring.client_id and schedule.subject_id = recurring.id
        and schedule.purpose in (${PURPOSE_OF.look}, ${PURPOSE_OF.proof}) and schedule.is_enabled
      join lateral (
        select due_at, state from occurrences
        where schedule_id = schedule.id and client_id = schedule.client_id
          and begin_from < ${new Date(work.now.getTime() - GRACE_MS)}
        order by due_at desc limit 1) as last on last.state in ('planned', 'missed')
      order by last.due_at limit 100000`.execute(work.db);
    const missed = new Map(rows.map((row) => [row.repository_id, row]));
    if (missed.size === 0) return [];
    const repositories = await withAssets(work)
      .where('repository.id', 'in', [...missed.keys()])
      .execute();
    return repositories.map((row) => {
      const { what, due_at } = missed.get(row.id)!;
      return told(row, { key: `alert.repository-${what}-missed`, since: due_at, because: null });
    });
  },
};

const withAssets = (work: Work) =>
  selectStanding(work)
    .innerJoin('assets as asset', (join) =>
      join
        .onRef('asset.client_id', '=', 'repository.client_id')
        .onRef('asset.id', '=', 'repository.asset_id'),
    )
    .select('asset.name as asset_name')
    .where('asset.retired_at', 'is', null)
    .where('repository.sealed_secrets', 'is not', null)
    .orderBy('repository.id')
    .limit(100_000);

interface Row {
  id: string;
  client_id: string;
  name: string;
  asset_id: string;
  asset_name: string;
}

const told = (
  { id, client_id, name, asset_id, asset_name }: Row,
  { key, since, because, ...more }: { key: string; since: Date; because: Finding | null; count?: number },
): Ruled => ({
  client: client_id,
  key: id,
  severity: 'warning',
  since,
  reason: { key, params: { name, asset: asset_name, ...more } },
  because,
  subjects: [
    { kind: 'repository', id, name },
    { kind: 'asset', id: asset_id, name: asset_name },
  ],
});
