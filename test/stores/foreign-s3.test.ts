import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { plantDamage } from '#/jobs/repositories/damage.ts';
import { openRepository, openView } from '#/jobs/repositories/open.ts';
import { makeRepositoryInBucket, makeTree, REPOSITORY_PASSWORD } from '../repositories/made.ts';
import { sharedS3Server } from '../support/s3-server.ts';

describe('a repository of restic in a bucket', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'reprise-repository-'));
    makeTree(join(folder, 'tree'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is read with damage in it that its tool notices, and nothing of it is copied', async function () {
    const server = await sharedS3Server(this);
    const bucket = `restic-${process.pid}`;
    await server.createBucket(bucket);
    const { accessKeyId, secretAccessKey, endpoint } = server;
    const keys = { accessKeyId, secretAccessKey };
    makeRepositoryInBucket(`${endpoint}/${bucket}/nas`, keys, join(folder, 'tree'), folder);
    const asked = {
      tool: 'restic' as const,
      address: `s3://${bucket}/nas?endpoint=${encodeURIComponent(endpoint)}`,
      secrets: { password: REPOSITORY_PASSWORD, ...keys },
      scratchDir: mkdtempSync(join(folder, 'scratch-')),
      signal: new AbortController().signal,
    };
    const [newest] = await openRepository(asked).snapshots();
    expect(newest!.endedAt!.getTime()).to.be.at.least(newest!.dataTime.getTime() - 1000);
    await using view = await openView({ ...asked, snapshot: newest!.id });
    expect(await plantDamage(view!)).to.deep.equal([
      { kind: 'byte-changed', caught: true },
      { kind: 'pack-missing', caught: true },
    ]);
  });
});
