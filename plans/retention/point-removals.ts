/** Points that are to go: by the rules, or by hand. A lock, a hold and want of proof stand against both. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { type BackupPolicy, findPolicyOf } from '../backup-policies.ts';
import { conflict } from '../errors.ts';
import { findRecoveryPoint } from '../recovery-points.ts';
import { Line } from '../text.ts';
import type { Work } from '../work.ts';
import { queueExpiry } from './expiries.ts';
import { BINDING, isBinding, judgeAll, loadKeptPoints, type PolicyPoint, zoneOf } from './kept-points.ts';
import { markGoing } from './letting-go.ts';
import { askRemoval, type RemovalRequest } from './removal-requests.ts';
import { readRetention } from './retentions.ts';

export const RemovingPoint = z.object({ reason: Line(2000).describe('Why it goes before its time') });

/** Deletes a point by hand. Null: it goes at once; otherwise another person has to grant it. */
export async function removePointByHand(
  work: Work,
  id: string,
  { reason }: z.infer<typeof RemovingPoint>,
): Promise<RemovalRequest | null> {
  allow(work, 'protection.change');
  const { asset, store, expiry, loss } = await findRecoveryPoint(work, id);
  if (loss || (expiry && expiry.state !== 'kept')) throw conflict('recovery-point.not-there');
  const policy = await findPolicyOf(work, { asset: asset.id, store: store.id });
  const point = (await removableByHand(work, policy)).get(id);
  if (!point) throw conflict(`removal.${await whyNot(work, policy, id)}`);

  const { needsSecondPerson } = await readRetention(work, policy);
  if (needsSecondPerson) {
    const request = { kind: 'delete-points', policy: policy.id, hold: null, retention: null } as const;
    return askRemoval(work, policy.client, { ...request, points: [point], reason });
  }
  await markGoing(work, policy, [point], { cause: 'asked', reason, by: work.actor.name });
  await queueExpiry(work, policy);
  return null;
}

/** By id. */
export async function removableByHand(work: Work, policy: BackupPolicy): Promise<Map<string, PolicyPoint>> {
  const verdicts = await judged(work, policy);
  return new Map(
    verdicts.flatMap(({ point, because }) => (because.some(isBinding) ? [] : [[point.id, point]])),
  );
}

async function whyNot(work: Work, policy: BackupPolicy, id: string): Promise<(typeof BINDING)[number]> {
  const verdict = (await judged(work, policy)).find(({ point }) => point.id === id);
  return BINDING.find((code) => verdict?.because.some((reason) => reason.code === code)) ?? 'held';
}

async function judged(work: Work, policy: BackupPolicy) {
  const points = await loadKeptPoints(work, policy);
  return judgeAll(points, null, { zone: await zoneOf(work, policy.client), now: work.now });
}
