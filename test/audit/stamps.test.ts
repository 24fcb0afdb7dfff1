import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { keyOf } from '#/server/audit/anchor.ts';
import { anchorTrails } from '#/server/audit/anchoring.ts';
import { stampKeyOf } from '#/server/audit/stamping.ts';
import { askStamp } from '#/server/audit/time-stamp.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Authority, startAuthority } from '../support/time-stamp-authority.ts';

describe('stamps on anchors of the trail', () => {
  let test: TestService;
  let authority: Authority;
  const cleanUp = new AsyncDisposableStack();
  before(async () => {
    authority = cleanUp.use(await startAuthority());
    test = cleanUp.use(await startTestService({ env: { AUDIT_TSA_URL: authority.url } }));
  });
  after(() => cleanUp.disposeAsync());

  const placeOf = (key: string) => join(test.dataDir, 'documents', key);
  const anchorKey = () => keyOf(test.acme.id, 1);
  const verify = () =>
    spawnSync('openssl', [
      'ts',
      '-verify',
      '-in',
      placeOf(stampKeyOf(anchorKey())),
      '-data',
      placeOf(anchorKey()),
      '-CAfile',
      authority.certificate,
    ]).status;
  const anchor = async () => {
    const told: unknown[] = [];
    const log = { error: (line: unknown) => told.push(line), warn: () => undefined };
    const isWhole = await anchorTrails({ ...(await test.service.anchoring()), log });
    return { isWhole, told };
  };

  it('are asked for again while the authority is away or answers something else, and the anchor stands meanwhile', async () => {
    for (const answer of [
      { status: 503, body: Buffer.from('busy') },
      { status: 200, body: Buffer.from('no stamp at all') },
      { status: 200, body: Buffer.alloc(300_000) },
      { status: 200, body: Buffer.from('30053003020102', 'hex') },
    ]) {
      authority.answer = answer;
      const { isWhole, told } = await anchor();
      expect(isWhole, String(answer.status)).to.equal(false);
      expect(told).to.have.length(2);
    }
    expect((await readFile(placeOf(anchorKey()))).length).to.be.greaterThan(100);
    authority.answer = null;
    expect(await anchor()).to.deep.equal({ isWhole: true, told: [] });
  });

  it('are checked by openssl and the certificate of the authority, without us, and fail for another anchor', async () => {
    expect(verify()).to.equal(0);
    const kept = await readFile(placeOf(anchorKey()));
    await writeFile(placeOf(anchorKey()), kept.toString().replace('"anchor"', '"Anchor"'));
    expect(verify()).to.not.equal(0);
    await writeFile(placeOf(anchorKey()), kept);
    expect(verify()).to.equal(0);
  });

  it('of other bytes, or of an earlier question, are not taken', async () => {
    const stamp = await askStamp(authority.url, Buffer.from('one'));
    expect(Math.abs(stamp.at.getTime() - Date.now())).to.be.lessThan(60_000);
    authority.answer = { status: 200, body: authority.last! };
    for (const body of ['one', 'another']) {
      const refused = await askStamp(authority.url, Buffer.from(body)).catch((error: Error) => error.message);
      expect(refused).to.equal('The time-stamp authority stamped something else.');
    }
    authority.answer = null;
  });
});
