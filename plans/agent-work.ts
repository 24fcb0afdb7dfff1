/**
 * An agent at work, as the service hears it: what it says of itself, what it is handed, how far it is, how it ended. An agent that
 * lost an order, or fell silent over it, does not get it back: the next attempt has a higher number.
 */
import { allow } from './access.ts';
import { beat, endOrder, findOrder, hand, putBack } from './agent-order-rows.ts';
import { hearTest } from './agent-test-orders.ts';
import type { AgentSource } from './agents.ts';
import { findBackupPolicy } from './backup-policies.ts';
import { failBackup, finishBackup } from './backup-run-ends.ts';
import { findBackupRun } from './backup-runs.ts';
import { queueRoundNow } from './daily-rounds.ts';
import { notFound, Refusal } from './errors.ts';
import type { Finding } from './findings.ts';
import { beginOrdered, failOrderedFor, noteOrderedProgress } from './ordered-work.ts';
import { LOOKS } from './reconciliations.ts';
import type { NewRecoveryPoint } from './recovery-points.ts';
import type { RunProgress } from './run-progress.ts';
import { hearLook, hearSentinel, type ToldLook, type ToldSentinel } from './told-beside-point.ts';
import type { ToldTest } from './told-test.ts';
import type { Work } from './work.ts';

/** The line may be cut while an order is on its way: so long an agent may not know of what it was handed. */
const ON_ITS_WAY_MS = 90_000;
const MOST_LOOKED_AT = 20;
/** Requests are refused whose clock is further off than half of this. */
const CLOCKS_DIFFER_MS = 10 * 60_000;

/** What an agent says of itself with each request for work. */
export interface AgentStanding {
  protocol: number;
  host: object;
  capacity: number;
  running: { order: string; attempt: number }[];
  tasks: string[];
  sources: AgentSource[];
  stores: string[];
}

/** Remembers what the agent said of itself, and answers what it is to let go of and what to begin. */
export async function meetAgent(
  work: Work,
  agent: string,
  standing: AgentStanding,
): Promise<{ stop: string[]; begin: { order: string; attempt: number } | null }> {
  allow(work, 'agent.work');
  await refuseRevoked(work, agent);
  await noteStanding(work, agent, standing);
  const handed = await work.db
    .selectFrom('agent_orders')
    .select(['id', 'attempt', 'handed_at'])
    .where('agent_id', '=', agent)
    .where('state', '=', 'handed')
    .forUpdate()
    .execute();
  const known = new Map(handed.map(({ id, attempt }) => [id, attempt]));
  const has = new Map(standing.running.map(({ order, attempt }) => [order, attempt]));
  for (const { id, attempt, handed_at } of handed) {
    if (has.get(id) === attempt) await beat(work, id);
    else if (work.now.getTime() - handed_at!.getTime() > ON_ITS_WAY_MS) await putBack(work, id);
  }
  const stop = standing.running.filter(({ order, attempt }) => known.get(order) !== attempt);
  const isFull = known.size >= standing.capacity;
  return { stop: stop.map(({ order }) => order), begin: isFull ? null : await handNext(work, agent) };
}

/** Notes how far an order is. False when the agent has to let go of it. */
export async function hearProgress(
  work: Work,
  agent: string,
  { order, attempt, progress }: { order: string; attempt: number; progress: RunProgress | null },
): Promise<boolean> {
  allow(work, 'agent.work');
  const held = await findHeld(work, agent, order);
  if (held?.attempt !== attempt) return false;
  await beat(work, order);
  return noteOrderedProgress(work, held, attempt, progress);
}

export type OrderOutcome =
  | {
      state: 'done';
      attempt: number;
      point: NewRecoveryPoint;
      sentinel: ToldSentinel | null;
      look: ToldLook | null;
    }
  | ({ state: 'tested'; attempt: number } & ToldTest)
  | { state: 'failed'; attempt: number; finding: Finding };

/**
 * Writes down how an order ended. A point that an attempt made which had lost the order is there all the same, and is remembered;
 * whatever else comes too late changes nothing.
 */
export async function hearOutcome(
  work: Work,
  agent: string,
  order: string,
  outcome: OrderOutcome,
): Promise<void> {
  allow(work, 'agent.work');
  const row = await findOrder(work, agent, order);
  if (!row) throw notFound('agent-order');
  const { attempt } = outcome;
  if (row.state === 'handed' && row.attempt === attempt) await endOrder(work, order);
  if (outcome.state === 'failed') return failOrderedFor(work, row, attempt, outcome.finding);
  if (outcome.state === 'tested')
    return row.test_id === null
      ? undefined
      : hearTest(work, { id: row.test_id, attempt, handedAt: row.handed_at }, outcome);
  if (row.run_id !== null) await hearPoint(work, { run: row.run_id, offeredAt: row.offered_at }, outcome);
}

async function hearPoint(
  work: Work,
  { run, offeredAt }: { run: string; offeredAt: Date },
  { attempt, point, sentinel, look }: Extract<OrderOutcome, { state: 'done' }>,
): Promise<void> {
  if (!isOfItsTime(point, offeredAt, work.now))
    return failBackup(work, run, attempt, notOfItsTime(point.point));
  const { policy } = await findBackupRun(work, run);
  const { asset } = await findBackupPolicy(work, policy);
  await hearSentinel(work, { run, asset: asset.id, offeredAt }, sentinel);
  await finishBackup(work, run, attempt, point);
  await hearLook(work, run, look);
  // What it told is held against what lies in the store, by somebody else than it.
  await queueRoundNow(work, LOOKS, policy);
}

/** Made since it was asked for, of data of then, and not in times to come: a point is as new as its agent says. */
function isOfItsTime(point: NewRecoveryPoint, offeredAt: Date, now: Date): boolean {
  const times = [offeredAt.getTime() - CLOCKS_DIFFER_MS]
    .concat([point.startedAt, point.dataTime, point.endedAt].map(Date.parse))
    .concat(now.getTime() + CLOCKS_DIFFER_MS);
  const [least, startedAt, dataTime, endedAt, most] = times as [number, number, number, number, number];
  return (
    [startedAt, dataTime, endedAt].every((time) => time >= least && time <= most) && startedAt <= endedAt
  );
}

const notOfItsTime = (point: string): Finding => ({
  code: 'agent.point-not-of-its-time',
  params: { point },
  message: `The agent says that ${point} was made at a time at which it cannot have been. It is not counted.`,
});

/** The first whose turn it is: one that has to wait, for its store or a blackout, holds back no other. */
async function handNext(work: Work, agent: string) {
  const waiting = await work.db
    .selectFrom('agent_orders')
    .select(['id', 'run_id', 'test_id', 'signed'])
    .where('agent_id', '=', agent)
    .where('state', '=', 'waiting')
    .where('expires_at', '>', work.now)
    .orderBy('offered_at')
    .limit(MOST_LOOKED_AT)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { id, signed, ...ordered } of waiting) {
    const started = await beginOrdered(work, ordered);
    // It asks again by itself.
    if (started === 'waits') continue;
    if (started) {
      await hand(work, id, started.attempt);
      return { order: signed, attempt: started.attempt };
    }
    await endOrder(work, id); // called off meanwhile
  }
  return null;
}

/** Its request may have been held open while somebody revoked it. */
async function refuseRevoked({ db }: Work, agent: string) {
  const row = await db
    .selectFrom('agents')
    .select('revoked_at')
    .where('id', '=', agent)
    .forUpdate()
    .executeTakeFirst();
  if (!row || row.revoked_at) throw new Refusal('forbidden', 'agent.revoked-away');
}

async function noteStanding({ db, now }: Work, agent: string, standing: AgentStanding) {
  const { protocol, host, capacity, tasks, sources, stores } = standing;
  await db
    .updateTable('agents')
    .set({
      protocol,
      capacity,
      tasks,
      stores,
      host: JSON.stringify(host),
      sources: JSON.stringify(sources),
      seen_at: now,
    })
    .where('id', '=', agent)
    .execute();
}

async function findHeld(work: Work, agent: string, order: string) {
  const row = await findOrder(work, agent, order);
  return row?.state === 'handed' ? row : null;
}
