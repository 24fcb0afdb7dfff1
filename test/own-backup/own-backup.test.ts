import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { newIdentity } from '#/jobs/recovery-points/age/keys.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { startService } from '#/server/service.ts';
import { readSettings } from '#/server/settings.ts';
import { found, PASSWORD } from '../support/service.ts';

const PROGRAM = resolve('server/reprise.mjs');

describe('the installation itself', function () {
  this.timeout(180_000);
  let folder: string;
  let store: string;
  const key = newIdentity();
  const strange = newIdentity();
  const place = (name: string) => join(folder, name);
  const env = (name: string) => ({
    PATH: process.env.PATH!,
    HOME: process.env.HOME!,
    DATA_DIR: place(name),
    PORT: '0',
    LOG_LEVEL: 'error',
    OWN_BACKUP_STORE: store,
    OWN_BACKUP_RECIPIENTS: key.recipient,
  });
  const run = (name: string, args: string[], more: Record<string, string> = {}) =>
    spawnSync(PROGRAM, args, { env: { ...env(name), ...more }, encoding: 'utf8', timeout: 120_000 });

  /** Serves until `use` is done. */
  async function serving<T>(name: string, args: string[], use: (url: string) => Promise<T>): Promise<T> {
    const child = spawn(PROGRAM, ['serve', ...args], { env: env(name), stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(child, 'exit');
    let told = '';
    child.stderr.setEncoding('utf8');
    try {
      for await (const text of child.stderr) {
        told += text;
        const [, url] = /listens on (http:\S+)/.exec(told) ?? [];
        if (url) return await use(url);
      }
      throw new Error(`It does not serve:\n${told}`);
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-own-'));
    await mkdir(place('elsewhere'));
    await writeFile(place('identity.txt'), `${key.identity}\n`);
    await writeFile(place('strange.txt'), `${strange.identity}\n`);
    store = pathToFileURL(place('elsewhere')).href;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  let emails: { owner: string };
  let events: number;
  let publicKey: string;

  it('is backed up and proved: database and files come back, and every table has its rows', async () => {
    {
      await using service = await startService(readSettings(env('first'), {}), { web: false, worker: false });
      const acme = await found(service, 'Acme', 'acme.example');
      emails = acme.emails;
      await service.documents.put('reports/one.pdf', Buffer.from('%PDF-1.7 a report'));
    }
    const made = run('first', ['own-backup', 'make', '--json']);
    expect(made.status, made.stderr + made.stdout).to.equal(0);
    expect(JSON.parse(made.stdout)).to.deep.include({ state: 'proved', finding: null });
    const [newest] = JSON.parse(run('first', ['own-backup', 'list', '--json']).stdout).items;
    expect(newest).to.include({ state: 'proved' });
    expect(newest.storedBytes).to.be.greaterThan(10_000);
    publicKey = await readFile(join(place('first'), 'keys/own-backup/signing.pub'), 'utf8');
    events = await countEvents('first');
    expect(events).to.be.greaterThan(0);
  });

  it('is told as failed, with the reason, where its store is not there', async () => {
    await rm(place('gone'), { recursive: true, force: true });
    const failed = run('first', ['own-backup', 'make', '--json'], {
      OWN_BACKUP_STORE: pathToFileURL(place('gone/deeper')).href,
    });
    expect(failed.status).to.equal(1);
    expect(JSON.parse(failed.stdout)).to.include({ state: 'failed', databasePoint: null });
    expect(JSON.parse(failed.stdout).finding.code).to.match(/^store\./);
  });

  it('comes back on an empty machine from its store and one key, and serves', async () => {
    await rm(place('first'), { recursive: true });
    const trust = place('signing.pub');
    await writeFile(trust, publicKey);
    const args = ['--restore-from', store, '--identity', place('identity.txt'), '--trust', trust];
    await serving('second', args, async (url) => {
      const answer = await fetch(`${url}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: url },
        body: new URLSearchParams({ email: emails.owner, password: PASSWORD }),
      });
      expect(answer.status).to.equal(303);
    });
    expect(await readFile(join(place('second'), 'documents/reports/one.pdf'), 'utf8')).to.include('a report');
    expect(await countEvents('second')).to.be.greaterThan(events);
    const audit = run('second', ['audit', 'verify', '--json']);
    // 3 while the daily round has anchored nothing yet.
    expect(audit.status, audit.stdout + audit.stderr).to.be.oneOf([0, 3]);
    expect(JSON.parse(audit.stdout)).to.include({ intact: true });
    expect((await readdir(place('second'))).filter((name) => name.startsWith('restoring-'))).to.deep.equal(
      [],
    );
  });

  it('opens with its master key what it had sealed, and is backed up again where it now is', async () => {
    const made = run('second', ['own-backup', 'make', '--json']);
    expect(made.status, made.stderr + made.stdout).to.equal(0);
    await using service = await startService(readSettings(env('second'), {}), { web: false, worker: false });
    const [provider] = await service.database.providerIds();
    const [sealed] = await service.inProvider(provider!, ({ db }) =>
      db
        .selectFrom('provider_keys')
        .select('sealed_private')
        .where('purpose', '=', 'point-signing')
        .execute(),
    );
    expect(service.vault.open(provider!, 'point-signing', sealed!.sealed_private)).to.include('PRIVATE KEY');
  });

  it('does not come back over an installation, with another key, or from a backup that a stranger signed', async () => {
    const from = (...more: string[]) => ['serve', '--restore-from', store, ...more];
    const over = run('second', from('--identity', place('identity.txt')));
    expect(over.status).to.equal(2);
    expect(over.stderr).to.include('not empty');

    const otherKey = run('third', from('--identity', place('strange.txt')));
    expect(otherKey.status, otherKey.stderr).to.be.oneOf([1, 2, 4]);

    const trust = place('other.pub');
    run('fourth', ['keys', 'new', '--out', place('keys')]);
    await writeFile(trust, await readFile(join(place('keys'), 'signing.pub'), 'utf8'));
    const otherSigner = run('fourth', from('--identity', place('identity.txt'), '--trust', trust));
    expect(otherSigner.status, otherSigner.stderr).to.be.oneOf([1, 4]);
    for (const name of ['third', 'fourth'])
      expect(
        (await readdir(place(name))).filter((one) => one === 'keys' || one === 'documents'),
        name,
      ).to.deep.equal([]);
  });

  async function countEvents(name: string): Promise<number> {
    await using service = await startService(readSettings(env(name), {}), { web: false, worker: false });
    await using session = await openSession(service.ownBackups!.request.databaseUrl);
    const [row] = await session.query<{ count: string }>('select count(*) from audit_events');
    return Number(row!.count);
  }
});
