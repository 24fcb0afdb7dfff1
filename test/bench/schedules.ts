/**
 * How long the clock takes when much is due at once: `node test/bench/schedules.ts [--policies 20000] [--workers 3]`. Each worker is a process
 * of its own; all tick at the same moment, on a PostgreSQL of this run. Then what a clock costs that finds nothing due. Fails
 * when one occurrence was begun twice or not at all.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { queueDueWork } from '#/plans/scheduled-work.ts';
import { startEmbeddedPostgresql } from '#/server/postgresql/embedded.ts';
import { prepareDatabase, type Service, startService } from '#/server/service.ts';
import { readSettings } from '#/server/settings.ts';

const PROVIDER = '00000000-0000-4000-8000-000000000001';
const CLIENTS = 100;
const IDLE_TICKS = 60;
/** Between two of a clock that is left alone. */
const TICK_SECONDS = 60;

const { values } = parseArgs({
  options: {
    policies: { type: 'string', default: '20000' },
    workers: { type: 'string', default: '3' },
  },
});

async function lead(policies: number, workers: number) {
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), 'reprise-bench-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const postgresql = stack.use(await startEmbeddedPostgresql({ dataDir: join(dataDir, 'postgresql') }));
  await prepareDatabase(postgresql.ownerUrl);
  const env = { DATA_DIR: dataDir, DATABASE_URL: postgresql.serviceUrl, LOG_LEVEL: 'error' };
  const service = stack.use(await serviceOn(env));
  const asSuperuser = new URL(postgresql.superuserUrl);
  asSuperuser.pathname = new URL(postgresql.ownerUrl).pathname;
  await using session = await openSession(asSuperuser.href);
  const dueAt = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 3_600_000);
  await fill(session, { policies, dueAt });

  const others = Array.from({ length: workers }, () =>
    fork(fileURLToPath(import.meta.url), { env: { ...process.env, ...env } }),
  );
  stack.defer(() => {
    for (const other of others) other.kill();
  });
  await Promise.all(others.map((other) => told(other)));

  const planned = await timed(() => tick(service, PROVIDER, new Date(dueAt.getTime() - 60_000)));
  const claimed = await timed(() =>
    Promise.all(
      others.map((other) => told(other, { provider: PROVIDER, at: new Date(dueAt.getTime() + 1000) })),
    ),
  );
  const [found] =
    await session.query(`select count(*)::int as runs, count(distinct policy_id)::int as policies,
    (select count(*)::int from occurrences where state = 'begun') as begun from backup_runs`);

  const before = process.cpuUsage();
  const idle = await timed(async () => {
    for (let round = 1; round <= IDLE_TICKS; round++)
      await tick(service, PROVIDER, new Date(dueAt.getTime() + 60_000 + round));
  });
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000 / IDLE_TICKS;
  console.log(`${policies} policies planned by one clock: ${seconds(planned.ms)}`);
  console.log(`claimed by ${workers} processes (${claimed.result.join(' + ')}): ${seconds(claimed.ms)}`);
  console.log(
    `a tick with nothing due: ${(idle.ms / IDLE_TICKS).toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of CPU, ${((cpuMs / (TICK_SECONDS * 1000)) * 100).toFixed(3)} % of a core once a minute`,
  );
  if (found?.runs === policies && found.policies === policies && found.begun === policies) return;
  console.error(`Not each once: ${JSON.stringify(found)}`);
  process.exitCode = 1;
}

/** Ticks when it is told to, and tells how many it began. */
async function work() {
  const service = await serviceOn(process.env);
  process.on('message', async ({ provider, at }: { provider: string; at: string }) => {
    process.send!(await tick(service, provider, new Date(at)));
  });
  process.send!(0);
}

const serviceOn = (env: NodeJS.ProcessEnv): Promise<Service> =>
  startService(readSettings(env, { PATH: process.env.PATH }), { web: false, worker: false });

const tick = (service: Service, provider: string, now: Date): Promise<number> =>
  queueDueWork((run) => service.inProvider(provider, (work) => run({ ...work, now })));

async function told(worker: ChildProcess, order?: object): Promise<number> {
  if (order) worker.send(order);
  const [answer] = await once(worker, 'message');
  return Number(answer);
}

async function timed<Result>(run: () => Promise<Result>): Promise<{ ms: number; result: Result }> {
  const start = performance.now();
  const result = await run();
  return { ms: performance.now() - start, result };
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

type Session = Awaited<ReturnType<typeof openSession>>;

/** As many clients' policies as asked for, all due in the same minute of each day. */
async function fill(session: Session, { policies, dueAt }: { policies: number; dueAt: Date }) {
  const cadence = JSON.stringify({
    kind: 'daily',
    at: [dueAt.toISOString().slice(11, 16)],
    spreadSeconds: 0,
  });
  for (const statement of [
    `insert into providers (id, name, country, locale, created_at) values ('${PROVIDER}', 'Bench', 'FR', 'fr', now())`,
    `insert into clients (provider_id, name, country, locale, time_zone, created_at)
      select '${PROVIDER}', 'Client ' || n, 'FR', 'fr', 'UTC', now() from generate_series(1, ${CLIENTS}) n`,
    `insert into stores (provider_id, client_id, name, kind, address, is_offsite, created_at)
      select provider_id, client_id, 'Store', 'folder', 'file:///nowhere', false, now() from clients`,
    `insert into assets (provider_id, client_id, name, label, kind, created_at)
      select provider_id, client_id, 'Asset ' || n, 'asset-' || n, 'data-set', now()
      from clients, generate_series(1, ${Math.ceil(policies / CLIENTS)}) n limit ${policies}`,
    `insert into backup_policies (provider_id, client_id, asset_id, store_id, source_kind, source_address, sealed_source, is_enabled, created_at)
      select asset.provider_id, asset.client_id, asset.id, store.id, 'folder', '/nowhere', '\\x00', true, now()
      from assets asset join stores store using (provider_id, client_id)`,
    `insert into schedules (provider_id, client_id, purpose, subject_id, cadence, start_window_seconds, catch_up, longest_gap_seconds,
        is_enabled, planned_until, plan_at, created_at)
      select provider_id, client_id, 'backup', id, '${cadence}', 3600, 'once', 86400, true, now(), now(), now() from backup_policies`,
    'analyze',
  ])
    await session.query(statement);
}

if (process.send) await work();
else await lead(Number(values.policies), Number(values.workers));
