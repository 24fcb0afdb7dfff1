/** What a restore test proves is remembered pack by pack, told with later tests, and taken back when a pack goes bad. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import type { RestoreTest } from '#/plans/restore-tests.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

describe('proofs of packs', function () {
  this.timeout(120_000);
  let test: TestService;
  let asset: string;
  let policy: string;
  before(async () => {
    test = await startTestService({ worker: true });
    await mkdir(source());
    for (let i = 0; i < 9; i++) await writeFile(`${source()}/file-${i}`, randomBytes(5_000_000));
    const store = await made(`/clients/${test.acme.client}/stores`, {
      name: 'Coffre',
      address: `file://${test.dataDir}/stores/acme`,
    });
    asset = await made(`/clients/${test.acme.client}/assets`, { name: 'Dossiers', kind: 'data-set' });
    policy = await made('/backup-policies', { asset, store, source: source() });
  });
  after(() => test[Symbol.asyncDispose]());

  const source = () => `${test.dataDir}/source`;
  const api = (method: string, path: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const made = async (path: string, body?: object) => {
    const { status, body: answer } = await api('POST', path, body);
    expect(status, `${path}: ${JSON.stringify(answer)}`).to.be.within(200, 202);
    return answer.id as string;
  };
  const newPoint = async () => {
    const run = await made(`/backup-policies/${policy}/runs`);
    await until(() => api('GET', `/backup-runs/${run}`), ENDED);
    const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    return body.items[0] as { id: string; packs: number };
  };
  const prove = async (recoveryPoint: string, level: string) => {
    const id = await made('/restore-tests', { recoveryPoint, level });
    return (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body as RestoreTest;
  };
  const proven = () =>
    test.service.inProvider(test.acme.id, ({ db }) =>
      db.selectFrom('pack_proofs').select(['sha256', 'level', 'damaged_at']).orderBy('sha256').execute(),
    );
  const page = async (path: string, locale: string) =>
    (
      await test.api(test.acme.tokens.owner, 'GET', path, undefined, { cookie: `reprise_locale=${locale}` })
    ).body.replace(/<[^>]*>/g, ' ');

  it('are there after a test, and tell of points that share packs what was read of them', async () => {
    const first = await newPoint();
    const full = await prove(first.id, 'L2b');
    expect(full.state).to.equal('passed');
    const cited = full.result!.scope!.packsCited;
    expect(full.result!.scope).to.include({ isSample: false, packsRead: cited, neverRead: 0 });
    expect((await proven()).map(({ level }) => level)).to.deep.equal(Array(cited).fill('L2b'));

    await writeFile(`${source()}/later`, 'later');
    const second = await newPoint();
    const glance = await prove(second.id, 'L0');
    expect(glance.result!.scope).to.include({
      packsRead: 0,
      packsCited: cited + 1,
      packsReadLately: cited,
      neverRead: 1,
    });
    expect(await page(`/restore-tests/${glance.id}`, 'en')).to.contain(`${cited} of ${cited + 1}`);
    expect(await page(`/restore-tests/${glance.id}`, 'fr')).to.contain(`${cited} sur ${cited + 1}`);
  });

  it('are made by a sample too, which passes nothing and is evidence of nothing', async () => {
    const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const ask = { recoveryPoint: body.items[0].id, budgetMinutes: 5 };
    expect((await api('POST', '/restore-tests', { ...ask, level: 'L3' })).status).to.equal(422);
    const evidence = () =>
      test.service.inProvider(test.acme.id, ({ db }) => db.selectFrom('evidence').select('id').execute());
    const before = await evidence();
    const id = await made('/restore-tests', { ...ask, level: 'L2b' });
    const sample = (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body as RestoreTest;
    expect([sample.state, sample.reached, sample.finding?.code]).to.deep.equal([
      'inconclusive',
      'L0',
      'restore-test.sample',
    ]);
    expect(sample.budget).to.deep.equal({ seconds: 300, bytes: null });
    expect(sample.result!.scope).to.include({ isSample: true, neverRead: 0 });
    const verdicts = sample.result!.levels.map(({ level, verdict }) => `${level} ${verdict}`);
    expect(verdicts).to.have.members([
      'L0 passed',
      'L1 inconclusive',
      'L2a inconclusive',
      'L2b inconclusive',
    ]);
    expect(await evidence()).to.deep.equal(before);
    const facts = await test.service.inProvider(test.acme.id, async (work) =>
      loadFacts(work, [await findClient(work, test.acme.client)]),
    );
    const judged = facts.get(test.acme.client)!.restoreTests.map((one) => one.id);
    expect(judged).to.not.be.empty.and.not.include(id);
    expect(await page(`/restore-tests/${id}`, 'fr')).to.contain('Un échantillon');
    expect(await page(`/recovery-points/${ask.recoveryPoint}`, 'en')).to.contain('Only read for');
  });

  it('are taken back for a pack that is gone, and the page tells what that means', async () => {
    const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const [second, first] = body.items as { id: string; point: string; asset: { label: string } }[];
    const folder = `${test.dataDir}/stores/acme/${first!.asset.label}`;
    const read = async (point: string) =>
      JSON.parse(await readFile(`${folder}/snapshots/${point}/head.json`, 'utf8')).packs[0].sha256;
    const sha256 = await read(first!.point);
    expect(await read(second!.point)).to.equal(sha256);
    await rm(`${folder}/packs/${sha256}.tar.zst.age`);
    const failed = await prove(second!.id, 'L2b');
    expect(failed.state).to.equal('failed');
    expect(failed.result!.damage).to.deep.include({
      packs: [sha256],
      otherPoints: [first!.point],
      newestWhole: null,
    });
    expect(failed.result!.damage!.files!.count).to.be.greaterThan(0);
    const damaged = (await proven()).filter(({ damaged_at }) => damaged_at !== null);
    expect(damaged.map((row) => row.sha256)).to.deep.equal([sha256]);
    expect(await page(`/restore-tests/${failed.id}`, 'fr'))
      .to.contain('Ce que le dommage signifie')
      .and.contain(first!.point)
      .and.contain('file-0');
    const { content } = await test.service.inProvider(test.acme.id, ({ db }) =>
      db
        .selectFrom('evidence')
        .select('content')
        .where('code', '=', 'INT')
        .orderBy('at', 'desc')
        .executeTakeFirstOrThrow(),
    );
    expect(JSON.stringify(content)).to.contain('otherPoints');
  });

  it('never make a pass of a sample: the database refuses it whoever writes it down', async () => {
    const refused = await test.service
      .inProvider(test.acme.id, ({ db }) =>
        db
          .updateTable('restore_tests')
          .set({ result: JSON.stringify({ scope: { isSample: true } }) })
          .where('state', '=', 'passed')
          .execute(),
      )
      .catch((error: Error) => error.message);
    expect(refused).to.contain('a_sample_is_no_pass');
  });
});
