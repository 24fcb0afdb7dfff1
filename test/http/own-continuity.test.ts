import { expect } from 'chai';
import { newIdentity } from '#/jobs/recovery-points/age/keys.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

const { recipient } = newIdentity();
const STORE = 'file:///srv/own';

describe('the service’s own continuity', () => {
  let test: TestService;
  const now = new Date('2026-11-24T12:00:00Z');
  before(async () => {
    test = await startTestService({
      clock: () => now,
      env: {
        OWN_BACKUP_STORE: STORE,
        OWN_BACKUP_RECIPIENTS: recipient,
        OWN_BACKUP_DATABASE_URL: 'postgresql://backup@localhost/reprise',
      },
    });
  });
  after(() => test[Symbol.asyncDispose]());

  const standing = (token = test.acme.tokens.owner) => test.api(token, 'GET', '/api/v1/own-continuity');
  const made = async (hoursAgo: number, state: string) => {
    await using session = await openSession(test.superuserUrl);
    const at = new Date(now.getTime() - hoursAgo * 3_600_000).toISOString();
    await session.query(
      `insert into own_backups (started_at, ended_at, state, database_point, files_point, stored_bytes)
       values ('${at}', '${at}', '${state}', 'one', 'two', 4096)`,
    );
  };

  it('waits for its first proof, is red where that fails, in force once proved and stale after two rhythms', async () => {
    expect((await standing()).body).to.deep.include({ state: 'not-yet', provedAt: null, store: STORE });
    await made(80, 'unproved');
    expect((await standing()).body.state).to.equal('unproved');
    await made(49, 'proved');
    expect((await standing()).body).to.deep.include({ state: 'stale', secondsSinceProved: 49 * 3600 });
    const owner = await visit(test, test.acme.emails.owner);
    const page = await owner.read('/own-continuity');
    expect(page).to.include('role="alert"').and.include(`--restore-from '${STORE}'`);
    expect(await owner.read('/people')).to.include('href="/own-continuity"');
    await made(2, 'proved');
    expect((await standing()).body).to.deep.include({ state: 'proved', secondsSinceProved: 7200 });
    expect(await owner.read('/own-continuity')).to.not.include('role="alert"');
  });

  it('is shown to owners of the provider that runs it alone', async () => {
    expect((await standing(test.acme.tokens.consultant)).status).to.equal(403);
    expect((await standing(test.other.tokens.owner)).status).to.equal(404);
    test.settings.operator = null;
    expect((await standing()).status, 'two share it and none is named').to.equal(404);
  });
});
