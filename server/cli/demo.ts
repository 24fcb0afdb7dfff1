import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeErpSource } from '../demo/erp-source.ts';
import { type Founded, foundDemo } from '../demo/found.ts';
import { type MainJob, MainJobFailed, runMainJob } from '../demo/main-job.ts';
import { type DemoSecrets, readOrMakeSecrets } from '../demo/people.ts';
import { findSourceFolder } from '../demo/source-folder.ts';
import { type Service, startService } from '../service.ts';
import { readSettings } from '../settings.ts';
import { StartError } from '../start-error.ts';
import { untilTold } from './run-until-told.ts';

export const usage = `reprise demo [--once] [--json] [--data DIR] [--port N]
  Starts Reprise on embedded parts with a French client, and runs its main job on real data: backup, restore test, report.
  --once ends afterwards; --json prints one object with what was done.`;

export async function run(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    console.error(usage);
    return 2;
  }
  const folder = await findSourceFolder();
  const settings = readSettings({
    DATA_DIR: options.data,
    // Run once, it is nobody's address, so any free port will do.
    PORT: options.port ?? (options.once ? '0' : undefined),
    LOCAL_SOURCES: folder,
    LOG_LEVEL: options.once ? 'warn' : undefined,
  });
  await using service = await startService(settings, { web: true, worker: true });
  const secrets = readOrMakeSecrets(`${settings.dataDir}/demo/secrets.json`);
  const founded = await findOrFound(service, secrets, { dataDir: settings.dataDir, folder });
  const runner = { service, provider: secrets.provider, tell: (line: string) => console.error(line) };
  let done: MainJob;
  try {
    done = await runMainJob(runner, founded, `${settings.dataDir}/demo/reports`);
  } catch (error) {
    if (!(error instanceof MainJobFailed)) throw error;
    console.error(error.message);
    return 1;
  }

  const summary = {
    url: service.url,
    apiToken: secrets.apiToken,
    people: secrets.people.map(({ email, password, role }) => ({ email, password, role })),
    client: founded.client,
    ...done,
  };
  if (options.json) console.log(JSON.stringify(summary));
  else tellPeople(summary);
  if (!options.once) await untilTold();
  return done.restoreTests.every(({ state }) => state === 'passed') ? 0 : 1;
}

/** The demo is founded once. A start that was killed before the end of it begins again, since nothing was committed. */
async function findOrFound(
  service: Service,
  secrets: DemoSecrets,
  { dataDir, folder }: { dataDir: string; folder: string },
): Promise<Founded> {
  const note = `${dataDir}/demo/client.json`;
  const isFounded = (await service.database.providerIds()).includes(secrets.provider);
  if (isFounded && existsSync(note)) return JSON.parse(readFileSync(note, 'utf8'));
  if (!service.scratchUrl)
    throw new StartError('The demo needs the embedded PostgreSQL: unset DATABASE_URL.');

  const sources = {
    'erp-postgresql': await makeErpSource(service.scratchUrl, secrets.erpPassword),
    'documents-partages': folder,
  };
  return service.inProvider(secrets.provider, async (work) => {
    const founded = await foundDemo(work, secrets, { sources, storesFolder: `${dataDir}/stores` });
    mkdirSync(`${dataDir}/demo`, { recursive: true });
    writeFileSync(`${dataDir}/demo/recovery-identity.txt`, `${founded.recoveryIdentity}\n`, { mode: 0o600 });
    writeFileSync(note, JSON.stringify(founded), { mode: 0o600 });
    return founded;
  });
}

function tellPeople({
  url,
  people,
  restoreTests,
  reports,
}: {
  url: string | null;
  people: { email: string; password: string; role: string }[];
  restoreTests: { asset: string; level: string; state: string; seconds: number | null }[];
  reports: { path: string; pages: number }[];
}) {
  for (const { asset, level, state, seconds } of restoreTests)
    console.log(
      `Restore test of ${asset}: ${state}, level ${level}${seconds === null ? '' : `, back in ${seconds.toFixed(1)} s`}`,
    );
  for (const { path, pages } of reports) console.log(`Report: ${path} (${pages} pages)`);
  console.log(`\nReprise is at ${url}. Sign in as:`);
  for (const { email, password, role } of people)
    console.log(`  ${role.padEnd(16)} ${email.padEnd(32)} ${password}`);
}

function readOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        once: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        data: { type: 'string' },
        port: { type: 'string' },
      },
    }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return null;
  }
}
