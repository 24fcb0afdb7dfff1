import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { verifyChain } from '#/plans/audit.ts';
import { startTestService, type TestService } from '../support/service.ts';

describe('the audit trail', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
    for (let count = 0; count < 5; count++)
      await test.api(test.acme.tokens.owner, 'POST', `/api/v1/clients/${test.acme.client}/assets`, {
        name: `Asset ${count}`,
        kind: 'server',
      });
  });
  after(() => test[Symbol.asyncDispose]());

  const check = () => test.service.inProvider(test.acme.id, verifyChain);

  /** Does what only somebody above all rules could, looks at what the check says, and puts everything back. */
  const tamper = async (change: string) => {
    await using session = await openSession(test.superuserUrl);
    await session.query(`set session_replication_role = 'replica'`);
    await session.query('create temporary table events as select * from audit_events');
    await session.query(change);
    const found = await check();
    await session.query('delete from audit_events');
    await session.query('insert into audit_events select * from events');
    return found;
  };

  it('is whole as it stands', async () => {
    expect(await check()).to.include({ intact: true });
  });

  const ours = `provider_id = (select provider_id from audit_events where content like '%Asset 1%')`;

  for (const [what, change, expected] of [
    [
      'a changed event',
      `update audit_events set content = replace(content, 'Asset 1', 'Asset 9') where content like '%Asset 1%'`,
      { alteration: 'changed' },
    ],
    [
      'a changed column',
      `update audit_events set actor = 'somebody else' where seq = 4 and ${ours}`,
      { alteration: 'changed', at: 4 },
    ],
    [
      'a removed event',
      `delete from audit_events where seq = 5 and ${ours}`,
      { alteration: 'removed', at: 5 },
    ],
    [
      'a removed end',
      `delete from audit_events where ${ours} and seq = (select max(seq) from audit_events where ${ours})`,
      { alteration: 'cut-off' },
    ],
    [
      'an exchanged order',
      `update audit_events set seq = seq + 1000 where seq in (6, 7) and ${ours};
       update audit_events set seq = 1013 - seq where seq > 1000 and ${ours}`,
      { alteration: 'reordered', at: 6 },
    ],
    [
      'an event before the first',
      `insert into audit_events (provider_id, at, actor, action, object_kind, object_id, content, seq, previous_hash, hash)
       select provider_id, at, actor, action, object_kind, object_id, content, 0, hash, repeat('a', 64)
       from audit_events where seq = 3 and ${ours}`,
      { alteration: 'inserted', at: 1 },
    ],
    [
      'an event without a number',
      `insert into audit_events (provider_id, at, actor, action, object_kind, object_id, content)
       select provider_id, at, actor, action, object_kind, object_id, content
       from audit_events where seq = 3 and ${ours}`,
      { alteration: 'inserted' },
    ],
    [
      'an inserted event',
      `insert into audit_events (provider_id, at, actor, action, object_kind, object_id, content, seq, previous_hash, hash)
       select provider_id, at, actor, action, object_kind, object_id, content, 1000, hash, repeat('a', 64)
       from audit_events where seq = 3 and ${ours}`,
      { alteration: 'inserted' },
    ],
  ] as const)
    it(`shows ${what}`, async () => {
      const found = await tamper(change);
      expect(found).to.include({ intact: false, ...expected });
      expect(await check()).to.include({ intact: true });
    });

  it('keeps its order when many write at once, and each provider has a chain of its own', async () => {
    const before = await check();
    await Promise.all(
      Array.from({ length: 30 }, (_, count) =>
        test.api(test.acme.tokens.owner, 'POST', `/api/v1/clients/${test.acme.client}/assets`, {
          name: `Many ${count}`,
          kind: 'server',
        }),
      ),
    );
    const now = await check();
    expect(now).to.include({ intact: true, events: before.events + 30 });
    expect(await test.service.inProvider(test.other.id, verifyChain)).to.include({ intact: true });
  });
});
