import { spawnSync } from 'node:child_process';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { newSigningKey, parseSigningKey, signerOf } from '#/jobs/recovery-points/signing.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { verifyChain } from '#/plans/audit.ts';
import { keyOf, openAnchor, sealAnchor } from '#/server/audit/anchor.ts';
import { anchorTrails } from '#/server/audit/anchoring.ts';
import { writeExport } from '#/server/audit/export.ts';
import { readAnchors } from '#/server/audit/read-anchors.ts';
import { sharedS3Server } from '../support/s3-server.ts';
import { startTestService, type TestService } from '../support/service.ts';

const PROGRAM = resolve('server/reprise.mjs');
const ROUNDS = 60;
const DAY_MS = 86_400_000;

/** Computes the whole chain again, as somebody with the rights of the owner could, and moves its head. */
const CHAIN_ANEW = `
  create temporary table anew as
    with recursive numbered as (
      select id, content, row_number() over (order by seq) as place from audit_events where provider_id = $1
    ), chained as (
      select id, content, place, repeat('0', 64) as previous,
        encode(sha256(convert_to(repeat('0', 64) || E'\\n' || place || E'\\n' || content, 'UTF8')), 'hex') as hash
      from numbered where place = 1
      union all
      select numbered.id, numbered.content, numbered.place, chained.hash,
        encode(sha256(convert_to(chained.hash || E'\\n' || numbered.place || E'\\n' || numbered.content, 'UTF8')), 'hex')
      from chained join numbered on numbered.place = chained.place + 1
    ) select * from chained;
  update audit_events set seq = -seq where provider_id = $1;
  update audit_events set seq = place, previous_hash = previous, hash = anew.hash
    from anew where anew.id = audit_events.id and provider_id = $1;
  update audit_heads set (seq, hash) = (select place, hash from anew order by place desc limit 1) where provider_id = $1`;

describe('anchors of the audit trail', function () {
  this.timeout(120_000);
  let test: TestService;
  let folder: string;
  let publicKey: string;
  let now = new Date('2026-03-02T08:00:00Z');
  before(async () => {
    test = await startTestService({ clock: () => now });
    folder = join(test.dataDir, 'documents');
    for (let count = 0; count < 10; count++) await act(`Asset ${count}`);
    const anchoring = await test.service.anchoring();
    publicKey = signerOf(parseSigningKey(anchoring.signingKey));
    await anchorTrails(anchoring);
  });
  after(() => test[Symbol.asyncDispose]());

  const act = (name: string) =>
    test.api(test.acme.tokens.owner, 'POST', `/api/v1/clients/${test.acme.client}/assets`, {
      name,
      kind: 'server',
    });
  const anchorAgain = async () => anchorTrails(await test.service.anchoring());
  const read = async (expected: number[] = []) => {
    const { store } = await test.service.anchoring();
    return readAnchors(store, test.acme.id, [publicKey], expected);
  };
  const verify = async () => {
    const anchors = await read();
    return test.service.inProvider(test.acme.id, (work) => verifyChain(work, anchors));
  };
  const files = () => readdir(join(folder, 'audit', test.acme.id));

  it('are made once a day, each from where the last one ended', async () => {
    const first = await read();
    expect(first).to.deep.include({ fault: null });
    await act('One more');
    await anchorAgain();
    expect(await files()).to.have.length(1);
    now = new Date(now.getTime() + DAY_MS);
    await anchorAgain();
    expect(await files()).to.have.length(2);
    const second = await read();
    expect(second.contents.length).to.equal(first.contents.length + 1);
    expect(await verify()).to.include({ intact: true, anchored: second.contents.length });
  });

  it(`find ${ROUNDS} alterations by whoever has the rights of the owner, who computes the chain again half of the time`, async () => {
    await using session = await openSession(test.superuserUrl);
    await session.query(`set session_replication_role = 'replica'`);
    await session.query('create table kept as select * from audit_events');
    await session.query('create table kept_heads as select * from audit_heads');
    const { acme } = test;
    const length = (await read()).contents.length;
    const where = `provider_id = '${acme.id}'`;
    const alterations = [
      [
        'changed',
        (at: number) =>
          `update audit_events set content = replace(content, '"at":"2026', '"at":"2025'), at = at - interval '1 year' where seq = ${at} and ${where}`,
      ],
      ['removed', (at: number) => `delete from audit_events where seq = ${at} and ${where}`],
      [
        'inserted',
        (at: number) => `update audit_events set seq = -seq where seq >= ${at} and ${where};
          update audit_events set seq = 1 - seq where seq < 0 and ${where};
          insert into audit_events (provider_id, at, actor, action, object_kind, object_id, content, seq, previous_hash, hash)
            select provider_id, at, 'nobody', action, object_kind, object_id, replace(content, actor, 'nobody'), ${at}, previous_hash, hash
            from audit_events where seq = ${at + 1} and ${where}`,
      ],
      [
        'reordered',
        (at: number) => `update audit_events set seq = -seq where seq in (${at}, ${at + 1}) and ${where};
          update audit_events set seq = ${2 * at + 1} + seq where seq < 0 and ${where}`,
      ],
      ['cut-off', (at: number) => `delete from audit_events where seq >= ${at} and ${where}`],
    ] as const;
    for (let round = 0; round < ROUNDS; round++) {
      const [alteration, alter] = alterations[round % alterations.length]!;
      const isAnew = round % 2 === 0;
      const at = 2 + Math.floor(Math.random() * (length - 4));
      await session.query(alter(at));
      if (isAnew) await session.query(CHAIN_ANEW.replaceAll('$1', `'${acme.id}'`));
      expect(await verify(), `${alteration}, ${isAnew ? 'computed again' : 'as it was left'}`).to.include({
        intact: false,
        at,
        alteration,
      });
      await session.query(`drop table if exists anew; delete from audit_events; insert into audit_events select * from kept;
        delete from audit_heads; insert into audit_heads select * from kept_heads`);
    }
    await session.query('drop table kept, kept_heads');
    expect(await verify()).to.include({ intact: true });
  });

  it('are missed when they are gone, and refused when another key has signed them', async () => {
    const file = join(folder, keyOf(test.acme.id, 1));
    const kept = await readFile(file);
    const { store } = await test.service.anchoring();
    await rm(file);
    expect((await read()).fault).to.deep.equal({ key: keyOf(test.acme.id, 1), fault: 'missing' });
    const anchor = openAnchor(kept, [publicKey]);
    if (typeof anchor === 'string') throw new Error(anchor);
    const { format: _format, version: _version, signer: _signer, ...told } = anchor;
    await store.put(keyOf(test.acme.id, 1), sealAnchor(told, parseSigningKey(newSigningKey().privateKey)));
    expect((await read()).fault).to.include({ fault: 'not-trusted' });
    await writeFile(file, kept.toString().replace('2026', '2025'));
    expect((await read()).fault).to.include({ fault: 'not-signed' });
    await writeFile(file, kept);
    expect((await read([1, 9999])).fault).to.deep.equal({ key: keyOf(test.acme.id, 9999), fault: 'missing' });
    expect(await read()).to.include({ fault: null });
  });

  it('are not made of a trail that was altered', async () => {
    await using session = await openSession(test.superuserUrl);
    await session.query(`set session_replication_role = 'replica'`);
    await act('Before');
    await act('Altered');
    const altered = `where content like '%Altered%' and provider_id = '${test.acme.id}'`;
    await session.query(
      `update audit_events set content = replace(content, 'Altered', 'Another') ${altered}`,
    );
    now = new Date(now.getTime() + DAY_MS);
    const before = await files();
    const { log: _log, ...anchoring } = await test.service.anchoring();
    const told: unknown[] = [];
    const log = { error: (line: unknown) => told.push(line), warn: () => undefined };
    expect(await anchorTrails({ ...anchoring, log })).to.equal(false);
    expect(told).to.have.length(1);
    expect(await files()).to.deep.equal(before);
    await session.query(
      `update audit_events set content = replace(content, 'Another', 'Altered') ${altered.replace('Altered', 'Another')}`,
    );
    expect(await anchorAgain()).to.equal(true);
  });

  it('check an export without service or database', async () => {
    const file = join(test.dataDir, 'trail.jsonl');
    const lines = await test.service.inProvider(test.acme.id, (work) => Array.fromAsync(writeExport(work)));
    await writeFile(file, lines.join(''));
    const copy = join(test.dataDir, 'copy');
    await cp(folder, copy, { recursive: true });
    const check = (...args: string[]) =>
      spawnSync(PROGRAM, ['audit', 'verify', '--file', file, '--json', ...args], {
        env: { PATH: process.env.PATH! },
        encoding: 'utf8',
      });
    const anchors = ['--anchors', pathToFileURL(copy).href, '--trust', publicKey];
    const whole = check(...anchors);
    expect(whole.status, whole.stderr).to.equal(0);
    expect(JSON.parse(whole.stdout)).to.deep.include({ intact: true });
    expect(check().status).to.equal(3);
    expect(check('--anchors', anchors[1]!).status).to.equal(2);

    await writeFile(file, lines.toSpliced(4, 1).join(''));
    const removed = check(...anchors);
    expect(removed.status).to.equal(1);
    expect(JSON.parse(removed.stdout).chains[0]).to.include({ alteration: 'removed', at: 4 });
    await writeFile(file, lines.slice(0, 8).join(''));
    expect(JSON.parse(check(...anchors).stdout).chains[0]).to.include({ alteration: 'cut-off', at: 8 });
    await writeFile(file, 'something else');
    expect(check(...anchors).status).to.equal(2);
  });

  it('are locked where the store can, and made without a lock where it cannot', async function () {
    const server = await sharedS3Server(this);
    for (const objectLock of [true, false]) {
      const bucket = `anchors-${process.pid}-${objectLock ? 'held' : 'free'}`;
      await server.createBucket(bucket, { objectLock });
      await using cleanUp = new AsyncDisposableStack();
      const store = await openStore(`s3://${bucket}/p?endpoint=${server.endpoint}&region=${server.region}`, {
        credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
      });
      cleanUp.defer(() => store.close());
      await using session = await openSession(test.superuserUrl);
      await session.query('delete from audit_anchors');
      const clock = () => new Date();
      expect(await anchorTrails({ ...(await test.service.anchoring()), store, clock, lockDays: 1 })).to.equal(
        true,
      );
      const held = await store.locks?.retention(keyOf(test.acme.id, 1)).catch(() => null);
      expect(held?.mode ?? null).to.equal(objectLock ? 'compliance' : null);
      const [row] = await session.query<{ locked: boolean }>(
        `select locked_until is not null as locked from audit_anchors where provider_id = '${test.acme.id}'`,
      );
      expect(row?.locked).to.equal(objectLock);
    }
  });
});
