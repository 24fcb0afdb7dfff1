/** What is decided on a removal request: another person grants or refuses it, or whoever asked takes it back. */
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { findBackupPolicy } from '../backup-policies.ts';
import { conflict } from '../errors.ts';
import { isSecondPerson, personOf, type Work } from '../work.ts';
import { queueExpiry } from './expiries.ts';
import { liftHold } from './legal-holds.ts';
import { markGoing } from './letting-go.ts';
import { removableByHand } from './point-removals.ts';
import { findRemovalRequest, findRemovalRequestForChange, type RemovalRequest } from './removal-requests.ts';
import { keepRetention, readRetention } from './retentions.ts';
import { goingBy } from './simulations.ts';

/** Nothing goes that was not shown: when more would, the request is stale and has to be asked again. */
export async function grantRemoval(work: Work, id: string): Promise<RemovalRequest> {
  allow(work, 'removal.decide');
  const request = await findOpen(work, id);
  if (!isSecondPerson(work.actor, request.askedByPerson)) throw conflict('removal.same-person');

  await decide(work, request, 'granted');
  if (request.kind === 'lift-hold') await liftHold(work, request.hold!);
  else if (request.kind === 'delete-points') await deleteShown(work, request);
  else await shorten(work, request);
  return findRemovalRequest(work, id);
}

export async function refuseRemoval(work: Work, id: string): Promise<RemovalRequest> {
  allow(work, 'removal.decide');
  await decide(work, await findOpen(work, id), 'refused');
  return findRemovalRequest(work, id);
}

export async function withdrawRemoval(work: Work, id: string): Promise<RemovalRequest> {
  allow(work, 'removal.read');
  const request = await findOpen(work, id);
  if (personOf(work.actor) !== request.askedByPerson) throw conflict('removal.not-yours');
  await decide(work, request, 'withdrawn');
  return findRemovalRequest(work, id);
}

async function shorten(work: Work, request: RemovalRequest) {
  const policy = await findBackupPolicy(asReader(work), request.policy!);
  const before = await readRetention(work, policy);
  const shown = new Set(request.points.map(({ id }) => id));
  const going = await goingBy(work, policy, { before: before.rules, after: request.retention!.rules });
  if (going.some(({ id }) => !shown.has(id))) throw conflict('removal.changed');
  await keepRetention(work, policy, request.retention!, {
    setBy: request.askedBy,
    grantedBy: work.actor.name,
  });
  await queueExpiry(work, policy);
}

async function deleteShown(work: Work, request: RemovalRequest) {
  const policy = await findBackupPolicy(asReader(work), request.policy!);
  const removable = await removableByHand(work, policy);
  const points = request.points.flatMap(({ id }) => removable.get(id) ?? []);
  if (points.length < request.points.length) throw conflict('removal.changed');
  await markGoing(work, policy, points, { cause: 'asked', reason: request.reason, by: work.actor.name });
  await queueExpiry(work, policy);
}

/** Who may decide may not read all else of a policy. */
const asReader = (work: Work): Work => ({ ...work, actor: { ...work.actor, role: 'service' } });

async function findOpen(work: Work, id: string): Promise<RemovalRequest> {
  const request = await findRemovalRequestForChange(work, id);
  if (request.state === 'lapsed') throw conflict('removal.lapsed');
  if (request.state !== 'asked') throw conflict('removal.decided');
  return request;
}

async function decide(
  work: Work,
  { id, client, kind }: RemovalRequest,
  decision: 'granted' | 'refused' | 'withdrawn',
) {
  await work.db
    .updateTable('removal_requests')
    .set({ decision, decided_at: work.now, decided_by: work.actor.name })
    .where('id', '=', id)
    .execute();
  await record(work, `removal.${decision}`, { kind: 'removal-request', id, client }, { kind });
}
