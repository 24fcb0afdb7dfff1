import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { envExample } from '#/server/generate-env-example.ts';
import { describeTables } from '#/server/generate-tables.ts';
import { migrate } from '#/server/migrate.ts';
import { readSettings, SettingsError } from '#/server/settings.ts';
import { openVault } from '#/server/vault.ts';
import { createTestDatabase } from '../support/postgresql.ts';

describe('settings', () => {
  it('work without any', () => {
    expect(readSettings({}, {})).to.include({ logLevel: 'info', database: null });
  });

  it('of the environment stand where the command line says nothing', () => {
    expect(
      readSettings({ DATA_DIR: undefined, PORT: '' }, { DATA_DIR: '/srv/a', PORT: '80' }),
    ).to.deep.include({ dataDir: '/srv/a' });
    expect(readSettings({ DATA_DIR: '/srv/b' }, { DATA_DIR: '/srv/a' })).to.include({ dataDir: '/srv/b' });
  });

  it('that are wrong are all told at once, by name, with what to put, and without their value', () => {
    const wrong = { PORT: 'eighty', DATABASE_URL: 'mysql://root:hunter2@db/x', LOG_LEVEL: 'loud' };
    expect(() => readSettings({}, wrong))
      .to.throw(SettingsError)
      .with.property('message')
      .that.includes('PORT')
      .and.includes('DATABASE_URL')
      .and.includes('postgresql://')
      .and.includes('LOG_LEVEL')
      .and.not.includes('hunter2');
  });

  it('are described in .env.example', () => {
    expect(readFileSync('.env.example', 'utf8')).to.equal(envExample());
  });
});

describe('the types of the tables', () => {
  it('are those of the migrated database', async () => {
    await using database = await createTestDatabase(migrate);
    const described = await describeTables(database.ownerUrl);
    const format = ['format', '--stdin-file-path=plans/tables.ts'];
    const formatted = execFileSync('node_modules/.bin/biome', format, { input: described, encoding: 'utf8' });
    expect(readFileSync('plans/tables.ts', 'utf8')).to.equal(formatted);
  });
});

describe('the vault', () => {
  it('opens what it sealed, for the same provider and purpose only, and makes a key nobody else reads', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'vault-')), 'keys/master.key');
    const vault = openVault({ file });
    const sealed = vault.seal('p', 'store', 'secret');
    expect(sealed.includes(Buffer.from('secret'))).to.equal(false);
    expect(openVault({ file }).open('p', 'store', sealed)).to.equal('secret');
    expect(() => vault.open('q', 'store', sealed)).to.throw(/does not open/);
    expect(() => vault.open('p', 'source', sealed)).to.throw(/does not open/);
    sealed[20] = (sealed[20] ?? 0) ^ 1;
    expect(() => vault.open('p', 'store', sealed)).to.throw(/does not open/);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect(Buffer.from(await readFile(file, 'utf8'), 'base64')).to.have.length(32);
  });
});
