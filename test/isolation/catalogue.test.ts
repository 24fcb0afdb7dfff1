import { expect } from 'chai';
import { sql } from 'kysely';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { startTestService, type TestService } from '../support/service.ts';

/** Tables without a provider, each with its reason. A new one must be argued for here. */
const WITHOUT_PROVIDER = {
  clock_rounds: 'when the clock of the installation ended a round; nothing of a tenant',
  door_steps: 'what a browser has begun at the door; seen by whoever shows its cookie',
  own_backups: 'when the installation backed itself up, and whether that was proved; nothing of a tenant',
  passkeys: 'of a person; row security by person, and seen by who works with them',
  password_resets: 'of a person, seen by whoever shows the link',
  people: 'one mail address over the whole installation; row security by membership',
  person_passwords: 'opened by its own person only; row security by person',
  providers: 'the provider itself; row security by its id',
  recovery_codes: 'opened by their own person only; row security by person',
  throttles: 'hashed keys and counts; nothing of a tenant',
};

/** Tables that people still write while their client is closed, each with its reason. */
const WHILE_CLOSED = {
  audit_events: 'every download and every look that is refused is on record',
  client_changes: 'counts those events',
  client_closings: 'it can be opened again',
  clients: 'it can be opened again; its settings refuse by themselves',
  evidence: 'written by what may still be done',
  expiries: 'points are let go as their retention says',
  legal_holds: 'what a court wants is kept',
  membership_clients: 'who may look is changed, an auditor for one',
  point_expiries: 'points are let go as their retention says',
  reconciliations: 'what the store holds is looked at',
  removal_requests: 'points are let go before their time, by two people',
  report_downloads: 'whoever downloads what is on record is written down',
  reports: 'what is on record is reported',
  retentions: 'how long points are kept is changed',
};

describe('the wall between tenants', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const ask = async <Row>(text: string) => {
    await using session = await openSession(test.ownerUrl);
    return await session.query<Row>(text);
  };

  it('every table belongs to a provider, save a few that are argued for', async () => {
    const rows = await ask<{ relname: string }>(`
      select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
        and relname not like 'kysely%'
        and not exists (select from pg_attribute where attrelid = pg_class.oid and attname = 'provider_id' and attnotnull)
      order by relname`);
    expect(rows.map(({ relname }) => relname)).to.deep.equal(Object.keys(WITHOUT_PROVIDER));
  });

  it('every table but the throttles forces row security and has a policy', async () => {
    const open = await ask<{ relname: string }>(`
      select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
        and relname not like 'kysely%'
        and not (relrowsecurity and relforcerowsecurity and exists (select from pg_policy where polrelid = pg_class.oid))`);
    expect(open).to.deep.equal([{ relname: 'throttles' }]);
  });

  it('every table with a client compares the client in its policies', async () => {
    const open = await ask(`
      select relname from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'client_id'
      where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and relname <> 'membership_clients'
        and not exists (select from pg_policy where polrelid = pg_class.oid and polcmd in ('*', 'r')
                        and pg_get_expr(polqual, polrelid) like '%seen_clients%')`);
    expect(open).to.deep.equal([]);
  });

  it('every foreign key between tables of a provider carries the provider, and the client where both have one', async () => {
    const loose = await ask(`
      with keyed as (
        select conname, conrelid, confrelid, array(select attname from pg_attribute where attrelid = conrelid and attnum = any (conkey)) as names
        from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace),
      having_columns as (
        select attrelid, bool_or(attname = 'provider_id') as of_provider, bool_or(attname = 'client_id') as of_client
        from pg_attribute where attnum > 0 group by attrelid)
      select conname from keyed
      join having_columns source on source.attrelid = conrelid
      join having_columns target on target.attrelid = confrelid
      where (source.of_provider and target.of_provider and not 'provider_id' = any (names))
         or (source.of_client and target.of_client and not 'client_id' = any (names))`);
    expect(loose).to.deep.equal([]);
  });

  it('every table with a client is closed to hands while the client is, save a few that are argued for', async () => {
    const open = await ask<{ relname: string }>(`
      select relname from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'client_id'
      where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
        and not exists (select from pg_trigger where tgrelid = pg_class.oid and tgname = 'client_is_open' and tgenabled = 'O')
      order by relname`);
    expect(open.map(({ relname }) => relname)).to.deep.equal(Object.keys(WHILE_CLOSED));
  });

  it('views run with the rights of whoever asks, and functions that do not are counted', async () => {
    const views = await ask(`
      select relname from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace
        and not coalesce('security_invoker=true' = any (reloptions), false)`);
    expect(views).to.deep.equal([]);
    const definers = await ask<{ proname: string }>(`
      select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by proname`);
    expect(definers.map(({ proname }) => proname)).to.deep.equal([
      'agents_with_orders',
      'chain_audit_event',
      'forget_door',
      'forget_sessions',
      'mark_standing_stale',
      'provider_ids',
    ]);
  });

  it('the service owns nothing and cannot step around row security', async () => {
    expect(await test.service.database.dangerousRights()).to.deep.equal([]);
    const owned = await ask(
      `select relname from pg_class join pg_roles on pg_roles.oid = relowner where rolname = 'reprise'`,
    );
    expect(owned).to.deep.equal([]);
  });

  it('the trail, evidence and approvals cannot be rewritten by the service', async () => {
    for (const table of ['audit_events', 'evidence', 'approvals', 'audit_heads', 'recovery_points'])
      for (const change of [`delete from ${table}`, `update ${table} set provider_id = provider_id`]) {
        const error = await test.service
          .inProvider(test.acme.id, (work) => sql.raw(change).execute(work.db))
          .then(() => null, String);
        expect(error, change).to.match(/permission denied/);
      }
  });

  it('the trail cannot be rewritten by its owner either, short of taking the trigger away', async () => {
    await using session = await openSession(test.ownerUrl);
    await session.query(
      `select set_config('app.provider_id', $1, false), set_config('app.client_scope', 'all', false)`,
      [test.acme.id],
    );
    for (const change of ['delete from audit_events', `update audit_events set actor = 'x'`])
      expect(await session.query(change).then(() => null, String), change).to.match(/only grow/);
  });

  it('a row cannot be written for another provider, nor for a client out of scope', async () => {
    const asset = {
      client_id: test.acme.client,
      name: 'x',
      label: 'x',
      kind: 'server',
      created_at: new Date(),
    } as const;
    const { database } = test.service;
    const foreign = database.inProvider(test.other.id, 'all', (db) =>
      db
        .insertInto('assets')
        .values({ ...asset, provider_id: test.acme.id })
        .execute(),
    );
    expect(await foreign.then(() => null, String)).to.match(/row-level security/);
    const outOfScope = database.inProvider(test.acme.id, [test.acme.otherClient], (db) =>
      db.insertInto('assets').values(asset).execute(),
    );
    expect(await outOfScope.then(() => null, String)).to.match(/row-level security/);
    const pointing = database.inProvider(test.other.id, 'all', (db) =>
      db.insertInto('assets').values(asset).execute(),
    );
    expect(await pointing.then(() => null, String)).to.match(/foreign key/);
  });

  it('a connection that served one provider shows nothing without a provider', async () => {
    const { database } = test.service;
    const seen = await database.inProvider(test.acme.id, 'all', (db) =>
      db.selectFrom('clients').selectAll().execute(),
    );
    expect(seen).to.have.length(2);
    for (let tries = 0; tries < 20; tries++) {
      const bare = await database.atDoor({}, async (db) => [
        ...(await db.selectFrom('clients').select('name').execute()),
        ...(await db.selectFrom('people').select('email').execute()),
        ...(await db.selectFrom('sessions').select('hash').execute()),
      ]);
      expect(bare).to.deep.equal([]);
    }
  });

  it('nobody lists passwords, not even of their own provider', async () => {
    const rows = await test.service.inProvider(test.acme.id, ({ db }) =>
      db.selectFrom('person_passwords').selectAll().execute(),
    );
    expect(rows).to.deep.equal([]);
  });
});
