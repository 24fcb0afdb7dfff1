/** Writes `plans/tables.ts` from the migrations, on a database made for it: `npm run tables`. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeTables } from './generate-tables.ts';
import { migrate } from './migrate.ts';
import { startEmbeddedPostgresql } from './postgresql/embedded.ts';

const FILE = 'plans/tables.ts';

await using stack = new AsyncDisposableStack();
const dataDir = await mkdtemp(join(tmpdir(), 'reprise-tables-'));
stack.defer(() => rm(dataDir, { recursive: true, force: true }));
const { ownerUrl } = stack.use(await startEmbeddedPostgresql({ dataDir, settings: { fsync: 'off' } }));
await migrate(ownerUrl);
await writeFile(FILE, await describeTables(ownerUrl));
execFileSync('biome', ['format', '--write', FILE], { stdio: 'inherit' });
