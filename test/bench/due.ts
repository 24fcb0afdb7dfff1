/**
 * What is due all at once: `node test/bench/due.ts [--policies 20000] [--workers 3] [--idle 60]`. So many policies become due in one
 * minute; so many processes claim them from one database. Then how much processor time a clock takes that finds nothing due.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { startEmbeddedPostgresql } from '#/server/postgresql/embedded.ts';
import { prepareDatabase } from '#/server/service.ts';

const { values } = parseArgs({
  options: {
    policies: { type: 'string', default: '20000' },
    workers: { type: 'string', default: '3' },
    idle: { type: 'string', default: '60' },
  },
});
const policies = Number(values.policies);
const workers = Number(values.workers);
const CLIENTS = 100;
/** The first round plans two days ahead. */
const SETTLE_MS = 45_000;
const REPRISE = fileURLToPath(new URL('../../server/reprise.mjs', import.meta.url));

const folder = await mkdtemp(join(tmpdir(), 'reprise-due-'));
const database = await startEmbeddedPostgresql({ dataDir: join(folder, 'postgresql') });
/** Above row security, on the service's own database. */
const superuserUrl = Object.assign(new URL(database.superuserUrl), {
  pathname: new URL(database.ownerUrl).pathname,
}).href;
try {
  await prepareDatabase(database.ownerUrl);
  const provider = await fill(superuserUrl);
  const seconds = await claimAll(provider);
  await tellClaims(superuserUrl, seconds);
  await tellIdle();
} finally {
  await database.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Rows as the service writes them, all due in the minute that has just gone by. */
async function fill(url: string): Promise<string> {
  await using session = await openSession(url);
  const [row] = await session.query(`
    with provider as (insert into providers (name, country, locale, created_at)
      values ('Bench', 'FR', 'fr', now()) returning id)
    select id from provider`);
  const provider = String(row!.id);
  await session.query(`
    insert into clients (provider_id, name, country, locale, time_zone, created_at)
      select '${provider}', 'Client ' || n, 'FR', 'fr', 'Europe/Paris', now() from generate_series(1, ${CLIENTS}) as n`);
  await session.query(`
    insert into stores (provider_id, client_id, name, kind, address, is_offsite, created_at)
      select provider_id, client_id, 'Store', 'folder', 'file:///nowhere', false, now() from clients`);
  await session.query(`
    insert into assets (provider_id, client_id, name, label, kind, created_at, changed_at)
      select provider_id, client_id, 'Asset ' || n, 'asset-' || n, 'data-set', now(), now()
      from clients, generate_series(1, ${Math.ceil(policies / CLIENTS)}) as n`);
  await session.query(`
    insert into backup_policies (provider_id, client_id, asset_id, store_id, source_kind, source_address, sealed_source, is_enabled, created_at)
      select asset.provider_id, asset.client_id, asset.id, store.id, 'folder', '/nowhere', '\\x00', true, now()
      from assets as asset join stores as store using (client_id) limit ${policies}`);
  await session.query(`
    insert into schedules (provider_id, client_id, purpose, subject_id, cadence, start_window_seconds, catch_up, longest_gap_seconds, is_enabled, planned_until, plan_at, created_at)
      select provider_id, client_id, 'backup', id, '{"kind":"interval","everySeconds":86400}', 3600, 'once', 86400, true,
        now() + interval '1 day', now() + interval '1 day', now() from backup_policies`);
  await session.query(`
    insert into occurrences (provider_id, client_id, schedule_id, due_at, begin_from, start_by)
      select provider_id, client_id, id, due, due, due + interval '1 hour'
      from (select *, now() - random() * interval '1 minute' as due from schedules) as schedule`);
  await session.query('analyze');
  return provider;
}

async function claimAll(provider: string): Promise<number> {
  const start = performance.now();
  const all = Array.from({ length: workers }, () => startClaimer(provider));
  await Promise.all(all.map((one) => once(one, 'exit')));
  return (performance.now() - start) / 1000;
}

function startClaimer(provider: string): ChildProcess {
  const args = [database.serviceUrl, provider, folder];
  return fork(new URL('./due-claimer.ts', import.meta.url), args, { stdio: 'inherit' });
}

async function tellClaims(url: string, seconds: number) {
  await using session = await openSession(url);
  const [found] = await session.query(`select
    (select count(*) from occurrences where state = 'begun') as begun,
    (select count(*) from occurrences where state = 'planned') as left,
    (select count(*) from backup_runs) as runs,
    (select count(*) from (select policy_id from backup_runs group by 1 having count(*) > 1) as twice) as twice,
    (select count(*) from pgboss.job where name = 'run-backup') as jobs`);
  console.log(
    `${policies} policies due in one minute, ${workers} processes: ${JSON.stringify(found)} in ${seconds.toFixed(1)} s`,
  );
}

/** A whole worker with nothing to do: what is due is due tomorrow. */
async function tellIdle() {
  await using session = await openSession(superuserUrl);
  await session.query(
    `update backup_runs set state = 'failed', finished_at = now(), finding = 'x', finding_code = 'x', finding_params = '{}'`,
  );
  await session.query(`delete from pgboss.job where name = 'run-backup'`);
  const worker = spawn(process.execPath, [REPRISE, 'worker', '--data', folder], {
    stdio: 'inherit',
    env: { ...process.env, DATABASE_URL: database.serviceUrl, LOG_LEVEL: 'error' },
  });
  await sleep(SETTLE_MS);
  const before = processorSeconds(worker.pid!);
  await sleep(Number(values.idle) * 1000);
  const share = (processorSeconds(worker.pid!) - before) / Number(values.idle);
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  console.log(`an idle worker over ${values.idle} s: ${(share * 100).toFixed(1)} % of one processor`);
}

/** Of the process itself; hundredths of a second, fields 14 and 15 of proc(5). */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
