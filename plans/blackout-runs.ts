/** What becomes of backups that are under way when a blackout begins, and of those that did not end in their time. */
import { putOffForBlackout } from './backup-run-delays.ts';
import { cancelForBlackout, failBackup } from './backup-run-ends.ts';
import { findClient } from './clients.ts';
import { finding } from './findings.ts';
import { RUNNING, type Stretch, stretchesBetween, whenAllowed } from './schedules/blackouts.ts';
import { listBlackouts } from './schedules/schedules.ts';
import type { Work } from './work.ts';

const DAY = 86_400_000;
const MOST_RUNS = 1000;

const NOT_IN_TIME = finding('backup-run.not-in-time', 'The backup did not end within its completion window.');

/** Stops or calls off what a blackout does not let finish. Runs that began in the blackout were asked for in it, and go on. */
export async function heedBlackouts(work: Work): Promise<void> {
  const runs = await work.db
    .selectFrom('backup_runs as run')
    .innerJoin('backup_policies as policy', (join) =>
      join.onRef('policy.id', '=', 'run.policy_id').onRef('policy.client_id', '=', 'run.client_id'),
    )
    .select(['run.id', 'run.client_id', 'run.started_at', 'policy.agent_id'])
    .where('run.state', '=', 'running')
    .where('run.client_id', 'in', (from) =>
      from.selectFrom('blackouts').select('client_id').where('running', '<>', 'finish'),
    )
    .limit(MOST_RUNS)
    .execute();
  for (const [client, own] of Map.groupBy(runs, ({ client_id }) => client_id)) {
    const stretch = await stretchNow(work, client);
    if (!stretch || stretch.blackout.running === 'finish') continue;
    for (const { id, started_at, agent_id } of own) {
      if (!started_at || started_at >= stretch.from) continue;
      // An agent is given one order for a run: there is none for afterwards.
      if (stretch.blackout.running === 'abort' || agent_id !== null)
        await cancelForBlackout(work, id, stretch.blackout.name);
      else await putOffForBlackout(work, id, stretch.until);
    }
  }
}

/** Puts off a run that is due and whose turn comes in a blackout that began since. True when it has to wait. */
export async function waitForBlackout(work: Work, id: string): Promise<boolean> {
  const run = await work.db
    .selectFrom('backup_runs')
    .select('client_id')
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .where('cause', '=', 'due')
    .executeTakeFirst();
  const stretch = run && (await stretchNow(work, run.client_id));
  if (!stretch) return false;
  await putOffForBlackout(work, id, stretch.until);
  return true;
}

/** A run that goes on past its completion window has failed, as far as its RPO is concerned. */
export async function endRunsOutOfTime(work: Work): Promise<void> {
  const late = await work.db
    .selectFrom('backup_runs')
    .select('id')
    .where('state', 'in', ['queued', 'running'])
    .where('end_by', '<', work.now)
    .limit(MOST_RUNS)
    .execute();
  for (const { id } of late) await failBackup(work, id, null, NOT_IN_TIME);
}

/** Of several that overlap the strictest, until nothing stands in the way any more. */
async function stretchNow(work: Work, client: string): Promise<Stretch | null> {
  const { timeZone } = await findClient(work, client);
  const blackouts = await listBlackouts(work, client);
  const around = stretchesBetween(
    blackouts,
    timeZone,
    new Date(work.now.getTime() - DAY),
    new Date(work.now.getTime() + 8 * DAY),
  );
  const [strictest] = around
    .filter(({ from, until }) => from <= work.now && work.now < until)
    .sort((left, right) => strictness(right) - strictness(left));
  return strictest ? { ...strictest, until: whenAllowed(around, work.now) } : null;
}

const strictness = ({ blackout }: Stretch) => RUNNING.indexOf(blackout.running);
