import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { labelFrom } from '#/plans/asset-labels.ts';
import { makeErpSource } from '../demo/erp-source.ts';
import { type Founded, foundDemo } from '../demo/found.ts';
import { type MainJob, MainJobFailed, runMainJob } from '../demo/main-job.ts';
import { type DemoSecrets, readOrMakeSecrets } from '../demo/people.ts';
import { type SmallSources, writeSmallSources } from '../demo/small-sources.ts';
import { findSourceFolder } from '../demo/source-folder.ts';
import { type Service, startService } from '../service.ts';
import { readSettings } from '../settings.ts';
import { StartError } from '../start-error.ts';
import { untilTold } from './run-until-told.ts';

export const usage = `reprise demo [--once] [--json] [--data DIR] [--port N]
  Starts Reprise on embedded parts with three French clients, one healthy and one neglected, and runs the main job on real data:
  backup, restore tests, a scenario drill, report.
  --once ends afterwards; --json prints one object with what was done.`;

export async function run(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    console.error(usage);
    return 2;
  }
  const folder = await findSourceFolder();
  const dataDir = readSettings({ DATA_DIR: options.data }).dataDir;
  const settings = readSettings({
    DATA_DIR: dataDir,
    // Run once, it is nobody's address, so any free port will do.
    PORT: options.port ?? (options.once ? '0' : undefined),
    LOCAL_SOURCES: `${folder},${dataDir}/demo/sources`,
    LOG_LEVEL: options.once ? 'warn' : undefined,
  });
  await using service = await startService(settings, { web: true, worker: true });
  const secrets = readOrMakeSecrets(`${dataDir}/demo/secrets.json`);
  const small = await writeSmallSources(`${dataDir}/demo/sources`);
  const founded = await findOrFound(service, secrets, { dataDir, folder, small });
  const runner = { service, provider: secrets.provider, tell: (line: string) => console.error(line) };
  let done: MainJob;
  try {
    done = await runMainJob(runner, founded, `${dataDir}/demo/reports`);
  } catch (error) {
    if (!(error instanceof MainJobFailed)) throw error;
    console.error(error.message);
    return 1;
  }

  const summary = {
    url: service.url,
    apiToken: secrets.apiToken,
    people: secrets.people
      .filter(({ left }) => left === null)
      .map(({ email, password, role }) => ({ email, password, role })),
    client: { id: founded.clients[0].id, name: founded.clients[0].name },
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
  { dataDir, folder, small }: { dataDir: string; folder: string; small: SmallSources },
): Promise<Founded> {
  const note = `${dataDir}/demo/clients.json`;
  const isFounded = (await service.database.providerIds()).includes(secrets.provider);
  if (isFounded && existsSync(note)) return JSON.parse(readFileSync(note, 'utf8'));
  if (isFounded)
    throw new StartError(
      'This folder holds the demo of an earlier version: remove it, or name another with --data.',
    );
  if (!service.scratchUrl)
    throw new StartError('The demo needs the embedded PostgreSQL: unset DATABASE_URL.');

  const sources = {
    erp: await makeErpSource(service.scratchUrl, secrets.erpPassword),
    folder,
    ...small,
  };
  return service.inProvider(secrets.provider, async (work) => {
    const founded = await foundDemo(work, secrets, { sources, storesFolder: `${dataDir}/stores` });
    mkdirSync(`${dataDir}/demo`, { recursive: true });
    for (const [place, { name, recoveryIdentity }] of founded.clients.entries()) {
      const file = place === 0 ? 'recovery-identity' : `recovery-identity-${labelFrom(name)}`;
      writeFileSync(`${dataDir}/demo/${file}.txt`, `${recoveryIdentity}\n`, { mode: 0o600 });
    }
    writeFileSync(note, JSON.stringify(founded), { mode: 0o600 });
    return founded;
  });
}

function tellPeople({
  url,
  people,
  clients,
  restoreTests,
  reports,
  drill,
}: {
  url: string | null;
  people: { email: string; password: string; role: string }[];
  clients: { name: string; level: string; contradictions: number }[];
  restoreTests: { asset: string; level: string; state: string; seconds: number | null }[];
  reports: { path: string; pages: number }[];
  drill: MainJob['drill'];
}) {
  for (const { asset, level, state, seconds } of restoreTests)
    console.log(
      `Restore test of ${asset}: ${state}, level ${level}${seconds === null ? '' : `, back in ${seconds.toFixed(1)} s`}`,
    );
  for (const { name, level, contradictions } of clients)
    console.log(`${name}: level ${level}, contradictions: ${contradictions}`);
  console.log(
    `Drill of “${drill.scenario}”: ${drill.state}, ${drill.deviations} deviations, ${drill.seconds.toFixed(1)} s, ${url}${drill.page}`,
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
