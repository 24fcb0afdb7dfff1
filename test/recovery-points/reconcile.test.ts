import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '#/jobs/stores/open.ts';
import { storesBearCrashes } from './reconciling.ts';

describe('what a folder holds of an asset', () => {
  const folders: string[] = [];
  after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

  storesBearCrashes(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'reprise-reconcile-'));
    folders.push(folder);
    return openStore(`file://${folder}`);
  });
});
