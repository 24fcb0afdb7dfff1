import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { addMasterKey, recipientsOf, retireMasterKeys } from '#/server/master-keys.ts';
import { checkSecrets, resealSecrets, SEALED, SEALED_FOR_DOOR } from '#/server/sealed-secrets.ts';
import { startService } from '#/server/service.ts';
import { readSettings } from '#/server/settings.ts';
import { StartError } from '#/server/start-error.ts';
import { openVault } from '#/server/vault.ts';
import { openSearch } from '../support/search-database.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

describe('secrets in the database', () => {
  let test: TestService;
  let file: string;
  before(async () => {
    test = await startTestService();
    file = `${test.dataDir}/keys/master.key`;
    await test.api(test.acme.tokens.owner, 'POST', `/api/v1/clients/${test.acme.client}/stores`, {
      name: 'S3',
      address: 's3://bucket/p?endpoint=http://127.0.0.1:1&region=eu',
      accessKeyId: 'key',
      secretAccessKey: 'canary-of-the-store',
    });
  });
  after(() => test[Symbol.asyncDispose]());

  it('are all known to the rotation, wherever a table holds one', () => {
    const columns = readFileSync('plans/tables.ts', 'utf8').matchAll(/^ +(sealed_\w+): Buffer/gm);
    const found = [...columns].map(([, column]) => column).sort();
    expect([...SEALED, ...SEALED_FOR_DOOR].map(({ column }) => column).sort()).to.deep.equal(found);
  });

  it('stand in no row of any table in the clear, of ours or of the queue, and in no answer', async () => {
    const { owner } = test.acme.tokens;
    const made = await test.api(owner, 'POST', '/api/v1/api-tokens', {
      name: 'canary',
      role: 'technician',
      scopes: ['read'],
    });
    const secrets = [
      'canary-of-the-store',
      made.body.token,
      test.acme.recoveryIdentity,
      'AGE-SECRET-KEY-',
      'PRIVATE KEY',
    ];
    await using session = await openSession(test.superuserUrl);
    const find = await openSearch(session);
    expect(await find('Atelier Delorme'), 'what is there is found').to.include('public.clients');
    for (const secret of secrets) expect(await find(secret), secret.slice(0, 8)).to.deep.equal([]);
    for (const path of [
      `/clients/${test.acme.client}/stores`,
      '/api-tokens',
      '/audit-events',
      '/jobs-nobody-has',
    ]) {
      const { body } = await test.api(owner, 'GET', `/api/v1${path}`);
      for (const secret of secrets) expect(JSON.stringify(body), path).not.to.include(secret);
    }
  });

  it('come under a new key row by row, while a service that runs opens and seals', async () => {
    const { service } = test;
    const before = await checkSecrets(service);
    expect(before.newest).to.be.greaterThan(8);
    expect(before).to.deep.include({ older: 0, closed: [] });
    const old = service.vault.seal(test.acme.id, 'store', 'sealed before');

    addMasterKey(file);
    expect(await checkSecrets(service)).to.deep.equal({ newest: 0, older: before.newest, closed: [] });
    expect(service.vault.open(test.acme.id, 'store', old)).to.equal('sealed before');
    expect(service.vault.isNewest(service.vault.seal(test.acme.id, 'store', 'x'))).to.equal(true);

    expect(await resealSecrets(service)).to.equal(before.newest);
    expect(await resealSecrets(service)).to.equal(0);
    expect(await checkSecrets(service)).to.deep.equal(before);
    retireMasterKeys(file);
    expect(await checkSecrets(service)).to.deep.equal(before);
    expect(() => service.vault.open(test.acme.id, 'store', old)).to.throw(/does not open/);
  });

  it('are told by their place where no key opens them, and stay as they are', async () => {
    const kept = readFileSync(file);
    const { newest } = await checkSecrets(test.service);
    addMasterKey(file);
    retireMasterKeys(file);
    const seen = await checkSecrets(test.service);
    expect(seen).to.include({ newest: 0, older: 0 });
    expect(seen.closed).to.have.length(newest);
    expect(seen.closed.join()).to.include('stores.sealed_credentials').and.not.include('canary');
    expect(await resealSecrets(test.service)).to.equal(0);
    writeFileSync(file, kept);
    expect(await checkSecrets(test.service)).to.include({ newest });
  });

  it('are opened by no process that was given recipients alone, and no web process takes more than these', async () => {
    const whole = { file };
    const alone = { text: recipientsOf(whole).join(' ') };
    const sealed = openVault(alone).seal('p', 'store', 'secret');
    expect(() => openVault(alone).open('p', 'store', sealed)).to.throw(/does not open/);
    expect(openVault(whole).open('p', 'store', sealed)).to.equal('secret');
    const sealing = { DATA_DIR: test.dataDir, DATABASE_URL: test.serviceUrl, MASTER_KEY: alone.text };
    const worker = await startService(readSettings(sealing, {}), { web: false, worker: true }).catch(String);
    expect(worker).to.include('which only seals');
    const { status, stderr } = spawnSync(resolve('server/reprise.mjs'), ['serve', '--web-only'], {
      env: { PATH: process.env.PATH!, DATA_DIR: test.dataDir, DATABASE_URL: test.serviceUrl },
      encoding: 'utf8',
    });
    expect(status, stderr).to.equal(2);
    expect(stderr).to.include('must not be given').and.include('secrets recipients');
  });

  it('are sealed with keys of the environment or of a command, whose new key is taken up without a restart', async () => {
    const keys = join(test.dataDir, 'told-keys');
    const [older, newer] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
    writeFileSync(keys, older);
    const vault = openVault({ command: `cat '${keys}'`, freshMs: 0 });
    const sealed = vault.seal('p', 'store', 'secret');
    expect(openVault({ text: older }).open('p', 'store', sealed)).to.equal('secret');
    writeFileSync(keys, `${newer}\n${older}\n`);
    await until(
      async () => vault.isNewest(sealed),
      (isNewest) => !isNewest,
    );
    expect(vault.open('p', 'store', sealed)).to.equal('secret');
    expect(openVault({ text: newer }).open('p', 'store', vault.seal('p', 'store', 'x'))).to.equal('x');
  });

  it('are refused where a command tells no key, and nothing of what it wrote is told on', () => {
    for (const command of ['echo canary-of-the-key; exit 3', 'echo canary-of-the-key', 'sleep 0; true'])
      expect(() => openVault({ command, freshMs: 0 }))
        .to.throw(StartError, /MASTER_KEY_COMMAND/)
        .that.satisfies((error: Error) => !inspect(error).includes('canary'));
    const both = { MASTER_KEY: 'canary-of-the-key', MASTER_KEY_FILE: file };
    expect(() => readSettings(both, {}))
      .to.throw(/give one of them/)
      .that.not.match(/canary/);
  });

  it('are rotated by command, and old keys are retired only once what they sealed is settled', () => {
    const run = (...args: string[]) => {
      const { status, stdout } = spawnSync(resolve('server/reprise.mjs'), ['secrets', ...args, '--json'], {
        env: { PATH: process.env.PATH!, DATA_DIR: test.dataDir, DATABASE_URL: test.serviceUrl },
        encoding: 'utf8',
      });
      return { status, ...JSON.parse(stdout) };
    };
    expect(run('rotate')).to.include({ status: 0, older: 0, retired: false });
    expect(run('rotate', '--retire')).to.include({ status: 2, state: 'refused' });
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(file, longAgo, longAgo);
    expect(run('rotate', '--retire')).to.include({ status: 0, resealed: 0, retired: true });
    expect(readFileSync(file, 'utf8').trim().split('\n')).to.have.length(1);
    expect(run('check')).to.include({ status: 0, older: 0 });
    expect(run('recipients').recipients).to.deep.equal(recipientsOf({ file }));
  });
});
