/** Removal requests: what makes points go, or lets them, is asked by one person and granted by another. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { conflict, notFound } from '../errors.ts';
import { personOf, type Work } from '../work.ts';
import { RetentionRules } from './rules.ts';

const LAPSES_AFTER_MS = 7 * 86_400_000;

export const REMOVAL_KINDS = ['shorten-retention', 'delete-points', 'lift-hold'] as const;
export const REMOVAL_STATES = ['asked', 'granted', 'refused', 'withdrawn', 'lapsed'] as const;

const WantedRetention = z.object({
  rules: RetentionRules.nullable(),
  needsSecondPerson: z.boolean(),
  damageNoticedDays: z.int().nullable(),
});

export const ShownPoint = z.object({
  id: z.uuid(),
  point: z.string(),
  dataTime: z.iso.datetime(),
  storedBytes: z.int(),
});

export const RemovalRequest = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    kind: z.enum(REMOVAL_KINDS),
    policy: z.uuid().nullable(),
    hold: z.uuid().nullable(),
    about: z.string().describe('The name of the asset, or the reason of the hold'),
    retention: WantedRetention.nullable(),
    points: z.array(ShownPoint).describe('What goes by it, as it was shown'),
    count: z.int(),
    reason: z.string(),
    state: z.enum(REMOVAL_STATES),
    askedAt: z.iso.datetime(),
    askedBy: z.string(),
    askedByPerson: z.uuid(),
    lapsesAt: z.iso.datetime(),
    decidedAt: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
  })
  .meta({ id: 'RemovalRequest' });
export type RemovalRequest = z.infer<typeof RemovalRequest>;

interface Asking {
  kind: RemovalRequest['kind'];
  policy: string | null;
  hold: string | null;
  retention: RemovalRequest['retention'];
  points: { id: string; point: string; dataTime: Date; storedBytes: number }[];
  reason: string;
}

/** Puts it before somebody else. A token is nobody, so what it asks nobody could be the second person of. */
export async function askRemoval(work: Work, client: string, asking: Asking): Promise<RemovalRequest> {
  const person = personOf(work.actor);
  if (person === null) throw conflict('removal.asked-by-nobody');
  await refuseSecond(work, asking);
  const points = asking.points.map(({ id, point, dataTime, storedBytes }) => ({
    ...{ id, point, storedBytes },
    dataTime: dataTime.toISOString(),
  }));
  const { id } = await work.db
    .insertInto('removal_requests')
    .values({
      client_id: client,
      kind: asking.kind,
      policy_id: asking.policy,
      hold_id: asking.hold,
      retention: asking.retention && JSON.stringify(asking.retention),
      points: JSON.stringify(points),
      reason: asking.reason,
      asked_at: work.now,
      asked_by: work.actor.name,
      asked_by_person: person,
      lapses_at: new Date(work.now.getTime() + LAPSES_AFTER_MS),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { kind, reason, retention } = asking;
  const details = { kind, reason, retention, points: points.map(({ point }) => point).slice(0, 1000) };
  await record(work, 'removal.asked', { kind: 'removal-request', id, client }, details);
  return findRemovalRequest(work, id);
}

export async function findRemovalRequest(work: Work, id: string): Promise<RemovalRequest> {
  allow(work, 'removal.read');
  const row = await select(work).where('request.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('removal-request');
  return present(row, work.now);
}

export async function findRemovalRequestForChange(work: Work, id: string): Promise<RemovalRequest> {
  await work.db.selectFrom('removal_requests').select('id').where('id', '=', id).forUpdate().execute();
  return findRemovalRequest(work, id);
}

/** The newest first. */
export async function listRemovalRequests(work: Work, client: string): Promise<RemovalRequest[]> {
  allow(work, 'removal.read');
  await findClient(work, client);
  const rows = await select(work)
    .where('request.client_id', '=', client)
    .orderBy('request.asked_at', 'desc')
    .limit(500)
    .execute();
  return rows.map((row) => present(row, work.now));
}

/** Two at once about the same thing would each show half of what goes. */
async function refuseSecond({ db, now }: Work, { kind, policy, hold }: Asking) {
  const open = await db
    .selectFrom('removal_requests')
    .select('id')
    .where('kind', '=', kind)
    .where((row) => (hold === null ? row('policy_id', '=', policy) : row('hold_id', '=', hold)))
    .where('decision', 'is', null)
    .where('lapses_at', '>', now)
    .executeTakeFirst();
  if (open) throw conflict('removal.asked-already');
}

const select = ({ db }: Work) =>
  db
    .selectFrom('removal_requests as request')
    .leftJoin('backup_policies as policy', (join) =>
      join.onRef('policy.id', '=', 'request.policy_id').onRef('policy.client_id', '=', 'request.client_id'),
    )
    .leftJoin('assets as asset', (join) =>
      join.onRef('asset.id', '=', 'policy.asset_id').onRef('asset.client_id', '=', 'policy.client_id'),
    )
    .leftJoin('legal_holds as hold', (join) =>
      join.onRef('hold.id', '=', 'request.hold_id').onRef('hold.client_id', '=', 'request.client_id'),
    )
    .selectAll('request')
    .select(['asset.name as asset_name', 'hold.reason as hold_reason']);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

function present(row: Row, now: Date): RemovalRequest {
  const points = z.array(ShownPoint).parse(row.points);
  const isOver = row.decision === null && row.lapses_at <= now;
  return {
    id: row.id,
    client: row.client_id,
    kind: row.kind as RemovalRequest['kind'],
    policy: row.policy_id,
    hold: row.hold_id,
    about: row.asset_name ?? row.hold_reason ?? '',
    retention: row.retention === null ? null : WantedRetention.parse(row.retention),
    points,
    count: points.length,
    reason: row.reason,
    state: isOver ? 'lapsed' : ((row.decision ?? 'asked') as RemovalRequest['state']),
    askedAt: row.asked_at.toISOString(),
    askedBy: row.asked_by,
    askedByPerson: row.asked_by_person,
    lapsesAt: row.lapses_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    decidedBy: row.decided_by,
  };
}
