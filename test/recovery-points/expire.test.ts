import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '#/jobs/stores/open.ts';
import { storesLetPointsGo } from './expiring.ts';

describe('points that go from a folder', () => {
  const folders: string[] = [];
  after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

  storesLetPointsGo(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'reprise-expire-'));
    folders.push(folder);
    return openStore(`file://${folder}`);
  }, [4, 9, 13, 17, 21]);
});
