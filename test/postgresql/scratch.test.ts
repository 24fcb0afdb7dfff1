import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { dropLeftovers, openScratch } from '#/server/postgresql/scratch.ts';
import { createTestDatabase, sharedPostgresql } from '../support/postgresql.ts';

const DAY_MS = 86_400_000;

describe('a scratch database', () => {
  let superuserUrl: string;

  before(async () => {
    ({ superuserUrl } = await sharedPostgresql());
  });

  it('belongs to a role that can do nothing outside of it', async () => {
    await using scratch = await openScratch(superuserUrl);
    await using other = await openScratch(superuserUrl);
    await using service = await createTestDatabase();

    await run(scratch.url, 'create table mine (id int)');

    for (const elsewhere of [other.url, service.ownerUrl, superuserUrl]) {
      const url = Object.assign(new URL(scratch.url), { pathname: new URL(elsewhere).pathname });
      expect(await refusal(run(url.href, 'select 1')), elsewhere).to.equal('42501');
    }
    for (const sql of [
      'create database more',
      'create role more',
      'copy mine from program $$true$$',
      `select pg_read_file('/etc/passwd')`,
    ]) {
      expect(await refusal(run(scratch.url, sql)), sql).to.equal('42501');
    }
  });

  it('is gone with its role once it is dropped, also while somebody is connected', async () => {
    const scratch = await openScratch(superuserUrl);
    const session = await openSession(scratch.url);

    await scratch.drop();
    await session.end().catch(() => {});

    expect(await refusal(run(scratch.url, 'select 1'))).to.be.oneOf(['28P01', '3D000']);
    expect(await count(superuserUrl)).to.equal(0);
  });

  it('is cleaned away when a test never ended, but not while it may still run', async () => {
    await openScratch(superuserUrl, new Date(Date.now() - 2 * DAY_MS));
    const young = await openScratch(superuserUrl);

    const dropped = await dropLeftovers(superuserUrl, 24);

    expect(dropped).to.equal(1);
    expect(await run(young.url, 'select 1')).to.deep.equal([['1']]);
    await young.drop();
  });
});

describe('a database of a test', () => {
  it('is a copy of one that was migrated once', async () => {
    let times = 0;
    const migrate = async (ownerUrl: string) => {
      times++;
      await run(ownerUrl, 'create table migrated as select 1 as id');
    };

    await using one = await createTestDatabase(migrate);
    await using two = await createTestDatabase(migrate);
    await run(one.ownerUrl, 'insert into migrated values (2)');

    expect(await run(two.ownerUrl, 'select id from migrated')).to.deep.equal([['1']]);
    expect(await refusal(run(two.serviceUrl, 'select id from migrated'))).to.equal('42501');
    expect(times).to.equal(1);
  });
});

async function count(superuserUrl: string): Promise<number> {
  const rows = await run(
    superuserUrl,
    `select datname from pg_database where datname like 'reprise_scratch%' union select rolname from pg_roles where rolname like 'reprise_scratch%'`,
  );
  return rows.length;
}

async function run(url: string, sql: string) {
  await using session = await openSession(url);
  return await session.queryText(sql);
}

async function refusal(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'allowed',
    (error) => error.code,
  );
}
