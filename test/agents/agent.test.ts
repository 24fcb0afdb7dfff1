import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { settleSilentOrders } from '#/plans/agent-silence.ts';
import { doubtIn } from '#/plans/agent-test-orders.ts';
import { hearOutcome, meetAgent } from '#/plans/agent-work.ts';
import { hearSentinel } from '#/plans/told-beside-point.ts';
import { allowSource, allowStore, allowTask } from '#/server/agent/allowed.ts';
import { enrol } from '#/server/agent/enrol.ts';
import { runAgent } from '#/server/agent/run-agent.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);
const REPRISE = new URL('../../server/reprise.mjs', import.meta.url).pathname;

describe('an agent', function () {
  this.timeout(120_000);
  let test: TestService;
  let store: { id: string; address: string };
  before(async () => {
    test = await startTestService({ worker: true });
    const address = `file://${test.dataDir}/stores/acme`;
    store = {
      id: (await post(`/clients/${test.acme.client}/stores`, { name: 'Coffre', address })).id,
      address,
    };
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object, token = test.acme.tokens.owner) =>
    test.api(token, method, `/api/v1${path}`, body);
  const post = async (path: string, body?: object) => {
    const answer = await api('POST', path, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };
  const open = async (name: string) => {
    const { id } = await post(`/clients/${test.acme.client}/agents`, { name });
    const { code, fingerprint } = await post(`/agents/${id}/codes`);
    return { id: id as string, code: code as string, fingerprint: fingerprint as string };
  };
  const newFolder = () => mkdtemp(join(test.dataDir, 'agent-'));
  /** An agent that is enrolled and lets `source` be backed up. */
  const takeOn = async (name: string, files: Record<string, string | Buffer> = { 'a.txt': 'a' }) => {
    const { id, code, fingerprint } = await open(name);
    const folder = await newFolder();
    await enrol(folder, { service: test.url, code, fingerprint });
    const source = await newFolder();
    for (const [file, content] of Object.entries(files)) await writeFile(join(source, file), content);
    await allowSource(folder, { name: 'compta', address: source });
    await allowStore(folder, { address: store.address });
    return { id, folder, source, name };
  };
  /** Runs it as long as `work` takes. */
  const whileRunning = async <T>(folder: string, work: (said: string[]) => Promise<T>): Promise<T> => {
    const stop = new AbortController();
    const said: string[] = [];
    const running = runAgent({ folder, capacity: 1, say: (text) => void said.push(text) }, stop.signal);
    try {
      return await Promise.race([
        work(said),
        running.then(() => Promise.reject(new Error('The agent ended.'))),
      ]);
    } finally {
      stop.abort();
      await running.catch(() => undefined);
    }
  };
  const isHeard = (id: string) =>
    until(
      () => api('GET', `/agents/${id}`),
      ({ body }) => body.sources.length > 0,
    );
  const protect = async (name: string, agent: string) => {
    const asset = await post(`/clients/${test.acme.client}/assets`, { name, kind: 'data-set' });
    const source = `agent://${encodeURIComponent(agent)}/compta`;
    const policy = await post('/backup-policies', { asset: asset.id, store: store.id, source });
    return { asset: asset.id as string, policy: policy.id as string };
  };
  const ended = async (run: string) => (await until(() => api('GET', `/backup-runs/${run}`), ENDED)).body;
  const asOwner = async (sql: string) => {
    await using session = await openSession(test.superuserUrl);
    return await session.query(sql);
  };

  it('backs up what its machine allows, and a worker elsewhere proves it', async () => {
    const agent = await takeOn('Siège / Nantes', { 'a.txt': 'a', 'b.bin': randomBytes(3_000_000) });
    await whileRunning(agent.folder, async () => {
      const { body: heard } = await isHeard(agent.id);
      expect(heard).to.include({ state: 'active', capacity: 1 });
      expect(heard.sources).to.deep.equal([
        { name: 'compta', kind: 'folder', address: agent.source, takesSentinel: false },
      ]);
      const { policy, asset } = await protect('Comptabilité', agent.name);
      const run = await post(`/backup-policies/${policy}/runs`);
      expect(await ended(run.id)).to.include({ state: 'done', finding: null });

      await writeFile(join(agent.source, 'c.txt'), 'c');
      const next = await post(`/backup-policies/${policy}/runs`);
      expect(await ended(next.id)).to.include({ state: 'done' });
      const { body: points } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
      const [newest] = points.items.filter((point: { asset: { id: string } }) => point.asset.id === asset);
      expect(newest).to.include({ files: 3 });
      expect(newest.storedBytes, 'only what is new is stored').to.be.lessThan(100_000);
      const { id } = await post('/restore-tests', { recoveryPoint: newest.id });
      const proof = (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body;
      expect(proof).to.include({ state: 'passed', reached: 'L3' });
    });
  });

  it('puts a dated sentinel where its machine lets it, and tells once a day what the backup left out', async () => {
    const agent = await takeOn('Atelier', { 'a.txt': 'a', 'cache.tmp': 'x' });
    await whileRunning(agent.folder, () => isHeard(agent.id));
    const { policy, asset } = await protect('Plans d’atelier', agent.name);
    const sentinels = `/clients/${test.acme.client}/sentinels`;
    const refused = await api('POST', sentinels, { asset });
    expect([refused.status, refused.body.key]).to.deep.equal([409, 'sentinel.agent-forbids']);
    const look = await api('POST', `/clients/${test.acme.client}/omission-checks`, { asset });
    expect([look.status, look.body.key]).to.deep.equal([409, 'omission-check.by-agent']);

    await allowSource(agent.folder, { name: 'compta', address: agent.source, takesSentinel: true });
    await whileRunning(agent.folder, async () => {
      await until(
        () => api('GET', `/agents/${agent.id}`),
        ({ body }) => body.sources[0].takesSentinel,
      );
      const { id: sentinel } = await post(sentinels, { asset });
      const run = await ended((await post(`/backup-policies/${policy}/runs`)).id);
      expect(run.state, JSON.stringify(run.finding)).to.equal('done');
      const text = await readFile(join(agent.source, 'reprise-sentinel.txt'), 'utf8');
      const { body: planted } = await api('GET', `/sentinels/${sentinel}`);
      expect([planted.refusal, text.split(' ')[2]]).to.deep.equal([null, run.id]);
      const { body: points } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
      const point = points.items.find((one: { asset: { id: string } }) => one.asset.id === asset);
      const { id } = await post('/restore-tests', { recoveryPoint: point.id });
      const proof = (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body;
      expect([proof.state, proof.result.dataFrom]).to.deep.equal(['passed', text.split(' ')[1]]);

      const looks = async () =>
        (await api('GET', `/clients/${test.acme.client}/omission-checks`)).body.items.filter(
          (one: { asset: string }) => one.asset === asset,
        );
      const [first, ...others] = await looks();
      expect(others).to.deep.equal([]);
      expect(first).to.include({ state: 'none-found', askedBy: 'Atelier', recoveryPoint: point.id });
      expect(first.result).to.include({ listed: 3, held: 3, caught: true });

      await allowSource(agent.folder, { name: 'compta', address: agent.source });
      const next = await ended((await post(`/backup-policies/${policy}/runs`)).id);
      expect(next.state, 'backed up all the same').to.equal('done');
      const { body: kept } = await api('GET', `/sentinels/${sentinel}`);
      expect(kept.refusal.code).to.equal('agent.sentinel-not-allowed');
      expect(await looks(), 'once a day').to.have.length(1);
    });
  });

  it('dates nothing by a sentinel that is not of its backup', async () => {
    const agent = await takeOn('Horloger');
    await whileRunning(agent.folder, () => isHeard(agent.id));
    const { policy } = await protect('Horloges', agent.name);
    const run = await post(`/backup-policies/${policy}/runs`);
    const offeredAt = new Date();
    const { asset } = (await api('GET', `/backup-policies/${policy}`)).body;
    for (const text of [
      `reprise-sentinel ${new Date().toISOString()} ${agent.id}`,
      `reprise-sentinel ${new Date(Date.now() - 7_200_000).toISOString()} ${run.id}`,
      'reprise-sentinel hier',
    ]) {
      await test.service.inProvider(test.acme.id, (work) =>
        hearSentinel(work, { run: run.id, asset: asset.id, offeredAt }, { text, refusal: null }),
      );
      const rows = await asOwner(`select finding_code from planted_sentinels where run_id = '${run.id}'`);
      expect(rows.map(({ finding_code: code }) => code)).to.deep.equal(['agent.sentinel-not-of-its-run']);
    }
  });

  it('tests points elsewhere than on the machine whose data they are, and the record says where', async () => {
    const source = await newFolder();
    await writeFile(join(source, 'facture.txt'), 'Facture 12');
    const asset = await post(`/clients/${test.acme.client}/assets`, { name: 'Factures', kind: 'data-set' });
    const policy = await post('/backup-policies', { asset: asset.id, store: store.id, source });
    await ended((await post(`/backup-policies/${policy.id}/runs`)).id);
    const { body: points } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const point = points.items.find((one: { asset: { id: string } }) => one.asset.id === asset.id);
    const agent = await takeOn('Banc d’essai');
    const ask = (given: object) =>
      api('POST', '/restore-tests', { recoveryPoint: point.id, agent: agent.id, ...given });
    await whileRunning(agent.folder, () => isHeard(agent.id));
    expect((await ask({ level: 'L3' })).body.key, 'nobody there allowed it').to.equal(
      'restore-test.agent-task',
    );
    await allowTask(agent.folder, 'restore-test');
    await whileRunning(agent.folder, async () => {
      await until(
        () => api('GET', `/agents/${agent.id}`),
        ({ body }) => body.tasks.includes('restore-test'),
      );
      expect((await ask({ level: 'L3x' })).body.key).to.equal('restore-test.agent-level');
      expect((await ask({ level: 'L2b', budgetMinutes: 5 })).body.key).to.equal('restore-test.agent-sample');
      const asked = await ask({ level: 'L4' });
      expect(asked.status, JSON.stringify(asked.body)).to.equal(202);
      const proof = (await until(() => api('GET', `/restore-tests/${asked.body.id}`), ENDED)).body;
      expect(
        proof.result.checks.filter(({ verdict }: { verdict: string }) => verdict === 'failed'),
      ).to.deep.equal([]);
      expect(
        proof.result.levels.map(
          ({ level, verdict }: { level: string; verdict: string }) => `${level} ${verdict}`,
        ),
      ).to.include('L3 passed');
      expect(proof.caught).to.be.greaterThan(5).and.to.equal(proof.plantedFaults);
      expect(proof.agent).to.deep.equal({ id: agent.id, name: agent.name });
      expect(proof.result.independence).to.include({ otherHost: 'yes', otherKey: 'yes' });
      expect(proof.result.independence.host).to.include('(Banc d’essai)');
      const third = await ask({ level: 'L3' });
      const done = (await until(() => api('GET', `/restore-tests/${third.body.id}`), ENDED)).body;
      expect(done, JSON.stringify(done.finding)).to.include({ state: 'passed', reached: 'L3' });
      const [{ kinds }] = (await asOwner(
        `select array_agg(distinct code) as kinds from evidence where content like '%${third.body.id}%'`,
      )) as unknown as [{ kinds: string[] }];
      expect(kinds).to.have.members(['RST', 'INT']);
    });
    const orders = await asOwner(`select signed from agent_orders where test_id is not null`);
    for (const { signed } of orders) {
      const said = Buffer.from(String(signed).split('.')[1]!, 'base64url').toString();
      expect(said).to.include('"sealedIdentity":"').and.not.include('AGE-SECRET-KEY');
    }
  });

  it('does not prove what it backed up itself, unless that is said, and what it says of a pass must hold together', async () => {
    const agent = await takeOn('Serveur');
    await allowTask(agent.folder, 'restore-test');
    await whileRunning(agent.folder, async () => {
      await isHeard(agent.id);
      const { policy, asset } = await protect('Serveur de fichiers', agent.name);
      await ended((await post(`/backup-policies/${policy}/runs`)).id);
      const { body: points } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
      const point = points.items.find((one: { asset: { id: string } }) => one.asset.id === asset);
      const asked = { recoveryPoint: point.id, level: 'L3', agent: agent.id };
      expect((await api('POST', '/restore-tests', asked)).body.key).to.equal('restore-test.own-host');
      const weekly = {
        policy,
        level: 'L3',
        rhythm: 'daily',
        at: ['03:00'],
        agent: agent.id,
        mayBeOwnHost: true,
      };
      const scheduled = await api('POST', `/clients/${test.acme.client}/scheduled-tests`, weekly);
      expect(scheduled.body.key).to.equal('restore-test.own-host');
      const { id } = await post('/restore-tests', { ...asked, mayBeOwnHost: true });
      const { body: proof } = await until(() => api('GET', `/restore-tests/${id}`), ENDED);
      expect(proof, JSON.stringify(proof.finding)).to.include({ state: 'passed' });
      expect(proof.result.independence).to.include({ otherHost: 'no' });

      const held = { requested: 'L3', bytes: point.bytes, took: 60 } as const;
      expect(doubtIn(proof.result, held)).to.equal(null);
      const lies = {
        faults: { plantedFaults: [] },
        missed: {
          plantedFaults: proof.result.plantedFaults.map((one: object) => ({ ...one, caught: false })),
        },
        level: { reached: 'L2b' },
        levels: { levels: [] },
        bytes: { bytes: point.bytes + 1 },
        time: { seconds: 10_000 },
      };
      for (const [lie, given] of Object.entries(lies))
        expect(doubtIn({ ...proof.result, ...given }, held)?.code, lie).to.equal('agent.test-not-plausible');
    });
  });

  it('shows nothing by a test that it does not fetch or is revoked over, and that is no pass', async () => {
    const agent = await takeOn('Absent');
    await allowTask(agent.folder, 'restore-test');
    await whileRunning(agent.folder, () =>
      until(
        () => api('GET', `/agents/${agent.id}`),
        ({ body }) => body.tasks.includes('restore-test'),
      ),
    );
    const { body: points } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const ordered = async () => {
      const { id } = await post('/restore-tests', {
        recoveryPoint: points.items[0].id,
        level: 'L3',
        agent: agent.id,
      });
      await until(
        () => asOwner(`select id from agent_orders where test_id = '${id}'`),
        (rows) => rows.length > 0,
      );
      return id;
    };
    const late = await ordered();
    await test.service.inProvider(test.acme.id, (work) =>
      settleSilentOrders({ ...work, now: new Date(Date.now() + 5 * 3_600_000) }),
    );
    const { body: unfetched } = await api('GET', `/restore-tests/${late}`);
    expect([unfetched.state, unfetched.finding.code]).to.deep.equal(['inconclusive', 'agent.test-offline']);
    const next = await ordered();
    await post(`/agents/${agent.id}/revocation`);
    const { body: revoked } = await api('GET', `/restore-tests/${next}`);
    expect([revoked.state, revoked.finding.code]).to.deep.equal(['inconclusive', 'agent.revoked']);
  });

  it('backs up no share that is not mounted, and says so', async () => {
    const agent = await takeOn('Partage');
    await whileRunning(agent.folder, async () => {
      await isHeard(agent.id);
      const { policy } = await protect('Partagé', agent.name);
      const first = await post(`/backup-policies/${policy}/runs`);
      expect(await ended(first.id)).to.include({ state: 'done' });
      await rm(join(agent.source, 'a.txt'));
      const { id } = await post(`/backup-policies/${policy}/runs`);
      const run = await ended(id);
      expect(run).to.include({ state: 'failed' });
      expect(run.finding.code).to.equal('source.empty');
    });
  });

  it('is not believed a time that cannot be, and what it told is held against the store by somebody else', async () => {
    const agent = await takeOn('Horloge');
    await whileRunning(agent.folder, async () => {
      await isHeard(agent.id);
      const { policy, asset } = await protect('Horlogerie', agent.name);
      const run = await post(`/backup-policies/${policy}/runs`);
      await ended(run.id);
      const lookOf = async () => {
        const { body } = await api('GET', `/clients/${test.acme.client}/reconciliations`);
        return body.items.find((one: { policy: string }) => one.policy === policy);
      };
      const look = await until(lookOf, (found) => Boolean(found?.lookedAt));
      expect(look, 'the store was looked at by itself').to.include({ standing: 'agrees' });

      const { body: points } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
      const point = points.items.find((one: { asset: { id: string } }) => one.asset.id === asset);
      await asOwner(
        `update recovery_points set data_time = data_time + interval '1 minute' where id = '${point.id}'`,
      );
      const { id } = await post('/restore-tests', { recoveryPoint: point.id });
      const proof = (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body;
      expect(proof).to.include({ state: 'failed', reached: null });
      expect(proof.finding.code).to.equal('head.other-time');
    });
  });

  it('counts no point that it says was made before it was asked, or is yet to be made', async () => {
    const agent = await takeOn('Menteur');
    await whileRunning(agent.folder, () => isHeard(agent.id));
    const { policy, asset } = await protect('Mensonges', agent.name);
    const now = Date.now();
    const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
    for (const [startedAt, dataTime, endedAt] of [
      [at(0), at(60), at(0)],
      [at(-120), at(-120), at(0)],
      [at(0), at(0), at(30)],
      [at(1), at(0), at(-1)],
    ] as [string, string, string][]) {
      const run = await post(`/backup-policies/${policy}/runs`);
      const order = await until(
        () => asOwner(`select id from agent_orders where run_id = '${run.id}'`),
        (rows) => rows.length > 0,
      );
      const told = await test.service.inProvider(test.acme.id, async (work) => {
        const standing = {
          protocol: 1,
          host: {},
          capacity: 1,
          running: [],
          tasks: [],
          sources: [],
          stores: [],
        };
        const { begin } = await meetAgent(work, agent.id, standing);
        const point = {
          ...{
            point: `p${run.id}`,
            startedAt,
            dataTime,
            endedAt,
            files: 1,
            bytes: 1,
            storedBytes: 1,
            packs: 1,
          },
          ...{ counts: { torn: 0, vanished: 0, unreadable: 0, skipped: 0 }, reservations: [], sealedTo: [] },
          ...{ headSha256: 'a'.repeat(64), manifestSha256: 'b'.repeat(64) },
        };
        await hearOutcome(work, agent.id, String(order[0]!.id), {
          state: 'done',
          attempt: begin!.attempt,
          point,
          sentinel: null,
          look: null,
        });
        return begin;
      });
      expect(told).to.not.equal(null);
      const heard = await ended(run.id);
      expect(heard.state, JSON.stringify(heard)).to.equal('failed');
      expect(heard.finding.code).to.equal('agent.point-not-of-its-time');
    }
    const { body: points } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    expect(points.items.filter((one: { asset: { id: string } }) => one.asset.id === asset)).to.deep.equal([]);
  });

  it('takes the next order whose turn it is, where the first has to wait for its store', async () => {
    const agent = await takeOn('Deux dépôts');
    const address = `file://${test.dataDir}/stores/second`;
    const second = await post(`/clients/${test.acme.client}/stores`, { name: 'Second', address });
    await allowStore(agent.folder, { address });
    await whileRunning(agent.folder, () => isHeard(agent.id));
    const first = await protect('Attend', agent.name);
    const other = await protect('Passe', agent.name);
    await asOwner(`update backup_policies set store_id = '${second.id}' where id = '${other.policy}'`);
    await asOwner(`update stores set runs_at_once = 1 where id = '${store.id}'`);
    const busy = await protect('Occupe', agent.name);
    const start = async (policy: string) => {
      const run = await post(`/backup-policies/${policy}/runs`);
      await until(
        () => asOwner(`select id from agent_orders where run_id = '${run.id}'`),
        (rows) => rows.length > 0,
      );
      return run.id as string;
    };
    const meet = () =>
      test.service.inProvider(test.acme.id, (work) =>
        meetAgent(work, agent.id, {
          ...{ protocol: 1, host: {}, capacity: 3, running: [], tasks: [], sources: [], stores: [] },
        }),
      );
    const runs = [await start(busy.policy), await start(first.policy), await start(other.policy)];
    const states = async () =>
      Promise.all(runs.map(async (run) => (await api('GET', `/backup-runs/${run}`)).body.state));
    expect((await meet()).begin).to.not.equal(null);
    expect(await states()).to.deep.equal(['running', 'queued', 'queued']);
    expect((await meet()).begin).to.not.equal(null);
    expect(await states()).to.deep.equal(['running', 'queued', 'running']);
    await asOwner(`update stores set runs_at_once = 4 where id = '${store.id}'`);
    for (const run of runs) await api('POST', `/backup-runs/${run}/cancellation`, { reason: 'fin' });
  });

  it('is enrolled by a code once, and only where the service shows the key that was told', async () => {
    const { id, code, fingerprint } = await open('Code');
    const other = await newFolder();
    const wrong = enrol(other, { service: test.url, code, fingerprint: 'x'.repeat(43) });
    expect(String(await wrong.catch((error) => error))).to.include('somebody stands between');
    expect(await readdir(other)).to.deep.equal([]);

    const again = await api('POST', `/agents/${id}/codes`);
    expect(again.status, 'that code was used up all the same').to.equal(409);
    const second = await open('Code 2');
    const folders = [await newFolder(), await newFolder()];
    const tries = await Promise.allSettled(
      folders.map((folder) =>
        enrol(folder, { service: test.url, code: second.code.toLowerCase(), fingerprint }),
      ),
    );
    expect(tries.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
  });

  it('is not enrolled by a code whose hour is over, or that a newer one replaced', async () => {
    const { id, code, fingerprint } = await open('Tard');
    const newer = await post(`/agents/${id}/codes`);
    const folder = await newFolder();
    const old = await enrol(folder, { service: test.url, code, fingerprint }).catch((error) => error);
    expect(old.message).to.include('not known');
    await asOwner(`update agents set code_expires_at = now() - interval '1 second' where id = '${id}'`);
    const late = await enrol(folder, { service: test.url, code: newer.code, fingerprint }).catch(
      (error) => error,
    );
    expect(late.message).to.include('too old');
  });

  it('does nothing that its own machine does not allow, whatever the service orders', async () => {
    const agent = await takeOn('Méfiant');
    await whileRunning(agent.folder, async () => {
      await isHeard(agent.id);
      const { policy } = await protect('Interdit', agent.name);
      await writeFile(join(agent.folder, 'allowed.json'), JSON.stringify({ sources: [], stores: [] }));
      const run = await post(`/backup-policies/${policy}/runs`);
      const { state, finding } = await ended(run.id);
      expect({ state, code: finding.code }).to.deep.equal({ state: 'failed', code: 'agent.not-allowed' });
    });
  });

  it('is refused a source or store that it does not offer, before any order', async () => {
    const agent = await takeOn('Offre');
    await whileRunning(agent.folder, () => isHeard(agent.id));
    const { id: asset } = await post(`/clients/${test.acme.client}/assets`, {
      name: 'Offre',
      kind: 'data-set',
    });
    const ask = (source: string) => api('POST', '/backup-policies', { asset, store: store.id, source });
    expect((await ask('agent://Offre/paie')).body).to.include({ key: 'backup-policy.agent-source' });
    expect((await ask('agent://Personne/compta')).body).to.include({ key: 'backup-policy.no-agent' });
    await asOwner(`update agents set stores = '{}' where id = '${agent.id}'`);
    expect((await ask('agent://Offre/compta')).body).to.include({ key: 'backup-policy.agent-store' });
  });

  it('begins again what it lost when it was killed, and the run ends once', async () => {
    const agent = await takeOn('Tué', { 'big.bin': randomBytes(60_000_000) });
    await whileRunning(agent.folder, () => isHeard(agent.id));
    const { policy, asset } = await protect('Gros', agent.name);
    const first = startProcess(agent.folder);
    const run = await post(`/backup-policies/${policy}/runs`);
    await until(
      () => api('GET', `/backup-runs/${run.id}`),
      ({ body }) => body.state === 'running',
    );
    first.kill('SIGKILL');
    await once(first, 'exit');
    await asOwner(
      `update agent_orders set handed_at = handed_at - interval '2 minutes' where run_id = '${run.id}'`,
    );
    const second = startProcess(agent.folder);
    try {
      expect(await ended(run.id)).to.include({ state: 'done' });
    } finally {
      second.kill('SIGTERM');
      await once(second, 'exit');
    }
    const { body: points } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const made = points.items.filter((point: { asset: { id: string } }) => point.asset.id === asset);
    expect(made).to.have.length.within(1, 2);
    const rows = await asOwner(`select state, attempt from agent_orders where run_id = '${run.id}'`);
    expect(rows).to.deep.equal([{ state: 'ended', attempt: 2 }]);
  });

  it('tells again how an order ended until it was heard, also after a restart', async () => {
    const agent = await takeOn('Messager');
    await whileRunning(agent.folder, () => isHeard(agent.id));
    const { policy } = await protect('Courrier', agent.name);
    const run = await post(`/backup-policies/${policy}/runs`);
    await whileRunning(agent.folder, () => ended(run.id));
    const rows = await asOwner(`select id from agent_orders where run_id = '${run.id}'`);
    const outbox = join(agent.folder, 'outbox');
    expect(await readdir(outbox), 'what was heard is gone').to.deep.equal([]);

    const letter = {
      state: 'failed',
      attempt: 1,
      isRefused: false,
      finding: { code: 'x', params: {}, message: 'x' },
    };
    await writeFile(join(outbox, `${rows[0]!.id}.json`), JSON.stringify(letter));
    await whileRunning(agent.folder, () =>
      until(
        async () => ({ status: 200, headers: new Headers(), body: await readdir(outbox) }),
        ({ body }) => body.length === 0,
      ),
    );
    expect(await ended(run.id), 'a word that comes too late changes nothing').to.include({ state: 'done' });
  });

  it('that is off is skipped, never failed and never passed', async () => {
    const agent = await takeOn('Éteint');
    await whileRunning(agent.folder, () => isHeard(agent.id));
    const { policy } = await protect('Portable', agent.name);
    const run = await post(`/backup-policies/${policy}/runs`);
    await until(
      async () => ({
        status: 200,
        headers: new Headers(),
        body: await asOwner(`select 1 from agent_orders where run_id = '${run.id}'`),
      }),
      ({ body }) => body.length === 1,
    );
    await asOwner(`update agent_orders set expires_at = now() where run_id = '${run.id}'`);
    await test.service.inProvider(test.acme.id, settleSilentOrders);
    const { state, finding } = await ended(run.id);
    expect({ state, code: finding.code }).to.deep.equal({ state: 'skipped', code: 'agent.offline' });
  });

  it('that is revoked stops at once, and nothing it sends is taken', async () => {
    const agent = await takeOn('Révoqué');
    const stop = new AbortController();
    const running = runAgent({ folder: agent.folder, capacity: 1, say: () => undefined }, stop.signal);
    await isHeard(agent.id);
    const { policy } = await protect('Fini', agent.name);
    expect((await api('POST', `/agents/${agent.id}/revocation`)).status).to.equal(200);
    const why = await running.catch((error) => error);
    expect(String(why)).to.include('revoked');
    const run = await post(`/backup-policies/${policy}/runs`);
    expect((await ended(run.id)).state).to.equal('skipped');
    expect((await api('POST', `/agents/${agent.id}/codes`)).status).to.equal(409);
  });

  it('belongs to one client, and is managed by its technicians alone', async () => {
    const agent = await takeOn('Privé');
    const foreign = test.other.tokens.owner;
    expect((await api('GET', `/agents/${agent.id}`, undefined, foreign)).status).to.equal(404);
    expect((await api('POST', `/agents/${agent.id}/codes`, undefined, foreign)).status).to.equal(404);
    const reader = test.acme.tokens['client-reader'];
    expect((await api('POST', `/clients/${test.acme.client}/agents`, { name: 'x' }, reader)).status).to.equal(
      403,
    );
    const consultant = test.acme.tokens.consultant;
    expect((await api('POST', `/agents/${agent.id}/revocation`, {}, consultant)).status).to.equal(403);
    const kept = await readFile(join(agent.folder, 'agent.json'), 'utf8');
    expect(kept, 'its own keys stay with it').to.include('AGE-SECRET-KEY');
    const rows = await asOwner(
      `select row_to_json(agents)::text as row from agents where id = '${agent.id}'`,
    );
    expect(rows[0]!.row).to.not.include('AGE-SECRET-KEY').and.not.include('PRIVATE');
    await rm(agent.folder, { recursive: true });
    await mkdir(agent.folder);
  });

  function startProcess(folder: string): ChildProcess {
    return spawn(process.execPath, [REPRISE, 'agent', 'run', '--dir', folder], { stdio: 'ignore' });
  }
});
