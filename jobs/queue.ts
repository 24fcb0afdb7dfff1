import { setTimeout as sleep } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Tables } from '#/plans/tables.ts';
import type { Job, Log, Tools } from './job.ts';

/** A job that comes back after its last try goes here, so that somebody tells the domain. */
const GAVE_UP = 'gave-up';

/** What was begun once comes before what was not. */
const HANDED_BACK = 9;

/** What is to end at once when the service stops is waited for so long. */
const LET_GO_MS = 15_000;

/** A worker that died is noticed after this time; a live one beats on its own while it works. */
const HEARTBEAT_SECONDS = 30;

// A worker that has been told of several jobs at once remembers only that there was one: without the second figure it would
// look for the rest half a minute later.
const LOOKS = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 };

const RIGHTS = `
  grant usage on schema pgboss to reprise_service;
  grant select, insert, update, delete on all tables in schema pgboss to reprise_service;
  grant usage on all sequences in schema pgboss to reprise_service;
  grant execute on all functions in schema pgboss to reprise_service;`;

const STUCK = `
  select extract(epoch from now() - greatest(min(start_after) filter (where state in ('created', 'retry')), max(started_on)))::float8 as seconds
  from pgboss.job where start_after <= now()
  having count(*) filter (where state in ('created', 'retry')) > 0`;

interface Envelope {
  job: string;
  provider: string;
  payload: object;
}

/** Makes the queue's own tables and queues, as the owner. The service itself creates and owns nothing. */
export async function prepareQueue(ownerUrl: string, jobs: readonly Job[]) {
  const boss = new PgBoss({ connectionString: ownerUrl, supervise: false, schedule: false, max: 2 });
  await boss.start();
  try {
    await boss.createQueue(GAVE_UP, { retryLimit: 100, retryDelay: 5, retryBackoff: true, notify: true });
    for (const { name, retries, longestSeconds } of jobs) {
      const options = {
        retryLimit: retries,
        retryDelay: 2,
        retryBackoff: true,
        retryDelayMax: 300,
        expireInSeconds: longestSeconds,
        heartbeatSeconds: HEARTBEAT_SECONDS,
        notify: true,
      };
      await boss.createQueue(name, { ...options, deadLetter: GAVE_UP });
    }
    await boss.getDb().executeSql(RIGHTS);
  } finally {
    await boss.stop({ graceful: false });
  }
}

/** The queue, in the same database as the data. Only this file knows pg-boss. */
export async function openQueue(
  url: string,
  jobs: readonly Job[],
  { supervise, stopSeconds, log }: { supervise: boolean; stopSeconds: number; log: Log },
) {
  const boss = new PgBoss({
    connectionString: url,
    migrate: false,
    createSchema: false,
    supervise,
    schedule: false,
    reindex: false,
    useListenNotify: true,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    max: 5,
  });
  boss.on('error', (error) => log.error({ err: error }, 'the queue has trouble'));
  await boss.start();
  const byName = new Map(jobs.map((job) => [job.name, job]));

  const stopping = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  const run = async (envelope: Envelope, tools: Tools, taken: AbortSignal) => {
    const { job: name, provider, payload } = envelope;
    const job = jobOf(byName, name);
    try {
      const signal = AbortSignal.any([taken, stopping.signal]);
      await job.run(job.payload.parse(payload), provider, tools, signal);
    } catch (error) {
      if (stopping.signal.aborted && !taken.aborted) {
        // As a new job: another worker begins at once, and being stopped uses up no try.
        await boss.send(name, envelope, { priority: HANDED_BACK });
        log.info({ job: name, payload }, 'a job is handed back: this worker stops');
        return;
      }
      log.error({ err: error, job: name, payload }, 'a job failed; the queue tries again or gives up');
      throw error;
    }
  };
  const counted = (work: Promise<void>) => {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  };
  const giveUp = async ({ job: name, provider, payload }: Envelope, tools: Tools) => {
    const job = jobOf(byName, name);
    await job.giveUp(job.payload.parse(payload), provider, tools);
  };

  return {
    /** Adds a job as part of a transaction: it exists only if the transaction commits. */
    add: async (
      tx: Transaction<Tables>,
      provider: string,
      name: string,
      payload: object,
      { afterSeconds = 0, priority = 0 }: { afterSeconds?: number; priority?: number } = {},
    ) => {
      jobOf(byName, name);
      const options = { db: fromKysely(tx), priority, ...(afterSeconds > 0 && { startAfter: afterSeconds }) };
      await boss.send(name, { job: name, provider, payload } satisfies Envelope, options);
    },

    /** Starts taking jobs. */
    work: async (tools: Tools) => {
      for (const { name, atOnce } of jobs)
        await boss.work<Envelope>(name, { ...LOOKS, localConcurrency: atOnce }, async ([taken]) => {
          if (taken) await counted(run(taken.data, tools, taken.signal));
        });
      await boss.work<Envelope>(GAVE_UP, LOOKS, async ([taken]) => {
        if (taken) await giveUp(taken.data, tools);
      });
    },

    /** Runs everything that waits and returns how many ran. For tests: a failed job is tried until it is given up. */
    drain: async (tools: Tools) => {
      let count = 0;
      for (let quiet = false; !quiet; ) {
        quiet = true;
        for (const name of [...byName.keys(), GAVE_UP]) {
          const [taken] = await boss.fetch<Envelope>(name, { ignoreStartAfter: true });
          if (!taken) continue;
          quiet = false;
          count++;
          try {
            if (name === GAVE_UP) await giveUp(taken.data, tools);
            else await run(taken.data, tools, new AbortController().signal);
            await boss.complete(name, taken.id);
          } catch (error) {
            await boss.fail(name, taken.id, { message: String(error) });
          }
        }
      }
      return count;
    },

    /** Seconds for which something has waited while nothing was begun; null when nothing waits. */
    stuckSeconds: async (): Promise<number | null> => {
      const { rows } = await boss.getDb().executeSql(STUCK);
      return (rows[0] as { seconds: number | null } | undefined)?.seconds ?? null;
    },

    /** Takes no more jobs, lets those end that do in time, and hands the others back. */
    [Symbol.asyncDispose]: async () => {
      const ended = () => Promise.allSettled(underWay);
      await Promise.all([...byName.keys(), GAVE_UP].map((name) => boss.offWork(name, { wait: false })));
      await Promise.race([ended(), sleep(stopSeconds * 1000, null, { ref: false })]);
      stopping.abort(new Error('The service stops.'));
      await Promise.race([ended(), sleep(LET_GO_MS, null, { ref: false })]);
      await boss.stop({ graceful: true, timeout: 5000 });
    },
  };
}

export type Queue = Awaited<ReturnType<typeof openQueue>>;

function jobOf(byName: Map<string, Job>, name: string): Job {
  const job = byName.get(name);
  if (!job) throw new Error(`There is no job ${name}.`);
  return job;
}
