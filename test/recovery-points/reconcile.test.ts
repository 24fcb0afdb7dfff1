import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore } from '#/jobs/stores/open.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { storesBearCrashes } from './reconciling.ts';

describe('what a folder holds of an asset', () => {
  const folders: string[] = [];
  after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

  storesBearCrashes(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'reprise-reconcile-'));
    folders.push(folder);
    return openStore(`file://${folder}`);
  }, breakOff);
});

async function breakOff({ address }: Store, key: string): Promise<string> {
  const left = path.join(path.dirname(key), `.reprise-unfinished-${Math.random().toString(16).slice(2)}`);
  const file = path.join(fileURLToPath(address), left);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, 'half of it');
  return left;
}
