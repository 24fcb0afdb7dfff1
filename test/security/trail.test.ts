import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { bodyFor, fill, makeOneOfEach } from '../support/one-of-each.ts';
import { namedRoutes } from '../support/routes.ts';
import { startTestService, type TestService } from '../support/service.ts';

/** Kept for the service itself, and nothing that somebody did. */
const OF_THE_SERVICE = ['audit_events', 'audit_heads', 'idempotency_keys'];
/** What a file that was kept would do is computed again, and stays with it. */
const COMPUTED = /\/uploads\/[^/]+\/outlook 200: exchange_uploads$/;
/** Of what is done one in so many is looked at, of what is refused and rolled back fewer; `TRAIL=all` looks at each. */
const PART = process.env.TRAIL === 'all' ? { done: 1, refused: 1 } : { done: 3, refused: 10 };

describe('every address that changes something', function () {
  this.timeout(60_000);
  let test: TestService;
  let session: Awaited<ReturnType<typeof openSession>>;
  const cleanUp = new AsyncDisposableStack();
  const silent: string[] = [];
  const counted = { changed: 0, unchanged: 0 };
  before(async () => {
    test = cleanUp.use(await startTestService());
    session = cleanUp.use(await openSession(test.superuserUrl));
    const tables = await session.query<{ name: string }>(
      `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
    const watched = tables.map(({ name }) => name).filter((name) => !OF_THE_SERVICE.includes(name));
    const wroteSince = async (before: string) => {
      const looks = [...watched, 'audit_events'].map(
        (name) =>
          `select '${name}' as name where exists (select from ${name} where xmin::text::bigint >= ${before})`,
      );
      return (await session.query<{ name: string }>(looks.join(' union all '))).map(({ name }) => name);
    };
    const tried = { done: Date.now() % PART.done, refused: 0 };
    const nextTransaction = async () => {
      const [row] = await session.query<{ next: string }>(
        'select pg_snapshot_xmax(pg_current_snapshot())::text as next',
      );
      return row!.next;
    };
    const watch: TestService['api'] = async (token, method, path, body, headers) => {
      if (method === 'GET') return test.api(token, method, path, body, headers);
      const before = await nextTransaction();
      const answer = await test.api(token, method, path, body, headers);
      const outcome = answer.status < 300 ? 'done' : 'refused';
      if (tried[outcome]++ % PART[outcome] > 0) return answer;
      const wrote = await wroteSince(before);
      const rows = wrote.filter((name) => name !== 'audit_events');
      if (rows.length > 0) counted.changed += 1;
      else counted.unchanged += 1;
      const isKept = wrote.includes('audit_events') && answer.status < 300;
      if (rows.length > 0 && !isKept) silent.push(`${method} ${path} ${answer.status}: ${rows.join()}`);
      return answer;
    };
    await tryAll({ ...test, api: watch });
  });
  after(() => cleanUp.disposeAsync());

  /** Makes one of each thing, then asks every address for a change, removals last. */
  async function tryAll(watched: TestService) {
    const ids = await makeOneOfEach(watched);
    const order = ['post', 'put', 'patch', 'delete'];
    const changing = namedRoutes()
      .filter(({ method }) => method !== 'get')
      .sort((one, other) => order.indexOf(one.method) - order.indexOf(other.method));
    for (const { method, path } of changing) {
      const body = method === 'delete' ? undefined : bodyFor(path, ids);
      const { owner } = test.acme.tokens;
      const { status } = await watched.api(owner, method.toUpperCase(), fill(path, ids), body);
      expect(status, `${method} ${path}`).to.be.lessThan(500);
    }
  }

  it('writes no row without an event in the trail, and none when it refuses', () => {
    expect(silent.filter((one) => !COMPUTED.test(one))).to.deep.equal([]);
    expect(counted.changed).to.be.greaterThan(100 / PART.done);
    expect(counted.unchanged).to.be.greaterThan(50 / PART.refused);
  });
});
