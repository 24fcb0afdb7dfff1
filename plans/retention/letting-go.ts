/** Marks points that are to go. */
import { record } from '../audit.ts';
import type { BackupPolicy } from '../backup-policies.ts';
import type { Work } from '../work.ts';
import type { PolicyPoint } from './kept-points.ts';

export interface LettingGo {
  cause: 'rules' | 'asked';
  reason: string | null;
  by: string;
}

/** From now on nothing counts them as there; the job removes them. */
export async function markGoing(
  work: Work,
  policy: BackupPolicy,
  points: PolicyPoint[],
  { cause, reason, by }: LettingGo,
): Promise<void> {
  if (points.length === 0) return;
  const marked = {
    state: 'going',
    cause,
    decided_at: work.now,
    decided_by: by,
    reason,
    ended_at: null,
  } as const;
  const unsaid = { finding: null, finding_code: null, finding_params: null };
  await work.db
    .insertInto('point_expiries')
    .values(
      points.map(({ id }) => ({ client_id: policy.client, recovery_point_id: id, ...marked, ...unsaid })),
    )
    .onConflict((again) =>
      again.columns(['provider_id', 'client_id', 'recovery_point_id']).doUpdateSet({ ...marked, ...unsaid }),
    )
    .execute();
  const subject = { kind: 'backup-policy', id: policy.id, client: policy.client };
  await record(work, 'recovery-point.let-go', subject, {
    ...{ asset: policy.asset.name, cause, reason, by },
    count: points.length,
    points: points.slice(0, 1000).map(({ point }) => point),
  });
}
