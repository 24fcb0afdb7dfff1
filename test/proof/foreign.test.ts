/** Level L3x through the front door, and what it counts for. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { newIdentity } from '#/jobs/recovery-points/age/keys.ts';
import { listEvidenceOf } from '#/plans/evidence.ts';
import { startTestService, type TestService, until } from '../support/service.ts';
import { versionIn, visit } from '../support/visitor.ts';

describe('a restore test with foreign tools', function () {
  this.timeout(120_000);
  let test: TestService;
  let point: string;
  let storeFolder: string;
  before(async () => {
    test = await startTestService({ worker: true });
    const source = join(test.dataDir, 'shared');
    storeFolder = join(test.dataDir, 'stores/a');
    await mkdir(source);
    writeFileSync(join(source, 'contract.txt'), 'signed\n');
    const asset = await post(`/clients/${test.acme.client}/assets`, { name: 'Fichiers', kind: 'data-set' });
    const store = await post(`/clients/${test.acme.client}/stores`, {
      name: 'Coffre',
      address: `file://${storeFolder}`,
    });
    const policy = await post('/backup-policies', { asset, store, source, intervalSeconds: 86_400 });
    const run = await post(`/backup-policies/${policy}/runs`, {});
    await until(
      () => api('GET', `/backup-runs/${run}`),
      ({ body }) => !['queued', 'running'].includes(body.state),
    );
    point = (await api('GET', `/clients/${test.acme.client}/recovery-points`)).body.items[0].id;
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const post = async (path: string, body: object) => {
    const { status, body: made } = await api('POST', path, body);
    expect(status, `${path} ${JSON.stringify(made)}`).to.be.within(200, 202);
    return made.id as string;
  };
  const ended = async (level: string) => {
    const id = await post('/restore-tests', { recoveryPoint: point, level });
    const { body } = await until(
      () => api('GET', `/restore-tests/${id}`),
      (answer) => !['queued', 'running'].includes(answer.body.state),
    );
    return body;
  };

  it('reaches L3x beside L3, and tells by whose key, programs and walls', async () => {
    const proof = await ended('L3x');
    expect(proof, JSON.stringify(proof.finding)).to.include({ state: 'passed', reached: 'L3x' });
    expect(proof.seconds).to.equal(
      proof.result.levels.find(({ level }: { level: string }) => level === 'L3').seconds,
    );
    expect(proof.result.levels.map(({ level }: { level: string }) => level).slice(-2)).to.deep.equal([
      'L3',
      'L3x',
    ]);
    expect(proof.result.independence).to.include({
      otherHost: 'no',
      otherKey: 'yes',
      otherAccount: 'no',
      otherImplementation: 'yes',
    });
    expect(proof.result.foreign.paper.isOurs).to.equal(true);
    const kinds = proof.result.plantedFaults.map(({ kind }: { kind: string }) => kind);
    expect(kinds).to.include.members(['paper-command-wrong', 'tool-missing', 'key-of-another']);
    const visitor = await visit(test, test.acme.emails.technician);
    const page = await visitor.read(`/restore-tests/${proof.id}`);
    expect(page)
      .to.include('Restauration avec des outils étrangers')
      .and.include('Indépendance du contrôle')
      .and.include('racine nue, sans réseau')
      .and.include('Commande fausse dans RESTORE.md');
    expect(page).to.match(/>L4<[\s\S]{0,300}non demandé/i);
  });

  it('fails when the page beside the data is wrong, until it is put right', async () => {
    const page = join(storeFolder, 'RESTORE.md');
    const sound = readFileSync(page, 'utf8');
    writeFileSync(page, sound.replace('tar -x -p', 'tar -t -p'));
    const failed = await ended('L3x');
    expect(failed).to.include({ state: 'failed', reached: 'L3' });
    expect(failed.finding.code).to.equal('foreign.hand-differs');
    writeFileSync(page, sound);
    expect((await ended('L3x')).state).to.equal('passed');
  });

  describe('done by a holder of the recovery key, on their machine', () => {
    let machine: string;
    let key: string;
    before(async () => {
      machine = join(test.dataDir, 'holder');
      cpSync(storeFolder, machine, { recursive: true });
      writeFileSync(join(machine, 'cle.txt'), `# from the safe\n${test.acme.recoveryIdentity}\n`);
      const { body } = await api('GET', `/clients/${test.acme.client}/keys`);
      key = body.items.find(({ purpose }: { purpose: string }) => purpose === 'recovery').id;
    });

    const aDrill = async (name: string) => {
      const contact = await post(`/clients/${test.acme.client}/contacts`, { name });
      const holder = await post(`/clients/${test.acme.client}/key-holders`, { key, contact });
      const id = await post(`/clients/${test.acme.client}/key-drills`, { holder, recoveryPoint: point });
      const visitor = await visit(test, test.acme.emails.technician);
      writeFileSync(join(machine, `reprise-${id}.age`), await visitor.read(`/key-drills/${id}/file`));
      return { id, holder, visitor };
    };
    const handIn = (id: string, result: string) => api('POST', `/key-drills/${id}/result`, { result });
    const judged = async (id: string) =>
      (
        await until(
          () => api('GET', `/key-drills/${id}`),
          ({ body }) => body.state !== 'judging',
        )
      ).body;
    const reprise = (...args: string[]) =>
      spawnSync(process.execPath, [resolve('server/reprise.mjs'), ...args], {
        cwd: machine,
        encoding: 'utf8',
      });

    it('is told by our command, and passes when the service restores the same', async () => {
      const { id, holder, visitor } = await aDrill('Ana Ruiz');
      const told = [
        '--from',
        '.',
        '--identity',
        'cle.txt',
        '--drill',
        `reprise-${id}.age`,
        '--out',
        'resultat.txt',
      ];
      const ran = reprise('drill', 'foreign', ...told);
      expect(ran.status, ran.stderr + ran.stdout).to.equal(0);
      expect(ran.stdout).to.include('planted tool-missing: caught').and.include('isolation: namespaces');
      const result = readFileSync(join(machine, 'resultat.txt'), 'utf8');
      const drillPage = await visitor.read(`/key-drills/${id}`);
      expect(drillPage).to.include('reprise drill foreign').and.include(`/key-drills/${id}/commands`);
      const sent = await visitor.send(`/key-drills/${id}/result`, { version: versionIn(drillPage), result });
      expect(sent.status).to.equal(303);
      const done = await judged(id);
      expect(done, JSON.stringify(done.finding)).to.include({ state: 'passed', source: 'store', files: 1 });
      expect(JSON.stringify(done)).to.not.include(/^answer: (.*)$/m.exec(result)![1]);
      expect((await api('GET', `/key-holders/${holder}`)).body.state).to.equal('opened');
      expect(await visitor.read(`/key-drills/${id}`)).to.include('Ce que la machine du détenteur a rapporté');
      const records = await test.service.inProvider(test.acme.id, async (work) => [
        ...(await listEvidenceOf(work, test.acme.client, holder)),
        ...(await listEvidenceOf(work, test.acme.client, done.recoveryPoint)),
      ]);
      const supported = records.filter(({ finding }) => finding === 'supports').map(({ code }) => code);
      expect(supported).to.include.members(['KEY', 'RST']);
      const trail = (await api('GET', '/audit-events')).body.items;
      expect(trail.map(({ action }: { action: string }) => action)).to.include.members([
        'key-drill.requested',
        'key-drill.opened',
        'key-drill.passed',
      ]);
    });

    it('is told by the commands of its page in a shell alone', async () => {
      const { id, visitor } = await aDrill('Bruno Sans-Reprise');
      const commands = await visitor.read(`/key-drills/${id}/commands`);
      const ran = spawnSync('sh', ['-c', commands], { cwd: machine, encoding: 'utf8' });
      expect(ran.stderr).to.equal('');
      const sent = await handIn(id, readFileSync(join(machine, 'resultat.txt'), 'utf8'));
      expect(sent.status, JSON.stringify(sent.body)).to.equal(200);
      expect(await judged(id)).to.include({ state: 'passed', source: 'hand', isolation: 'none' });
    });

    it('fails when what came back is something else, though the key was shown', async () => {
      const { id, holder, visitor } = await aDrill('Chloé Autrement');
      rmSync(join(machine, 'resultat.txt'), { force: true });
      spawnSync('sh', ['-c', await visitor.read(`/key-drills/${id}/commands`)], { cwd: machine });
      const result = readFileSync(join(machine, 'resultat.txt'), 'utf8');
      const other = await aDrill('Diane');
      const wrong = await handIn(other.id, result);
      expect([wrong.status, wrong.body.key]).to.deep.equal([422, 'key-drill.other-result']);
      const cut = await handIn(id, result.split('\n').slice(0, 5).join('\n'));
      expect(cut.body.key).to.equal('key-drill.unreadable-result');
      const alone = await api('POST', `/key-drills/${id}/answer`, { answer: '0000' });
      expect(alone.body.key).to.equal('key-drill.result-wanted');
      const plain = createHash('sha256').update('signed\n').digest('hex');
      await handIn(id, result.replace(/^root: .*$/m, `root: ${plain}`));
      const done = await judged(id);
      expect([done.state, done.finding.code]).to.deep.equal(['failed', 'key-drill.restored-otherwise']);
      expect((await api('GET', `/key-holders/${holder}`)).body.state).to.equal('opened');
    });

    it('leaves no result when the page or the key is wrong', async () => {
      const { id } = await aDrill('Émile');
      const told = ['--from', '.', '--drill', `reprise-${id}.age`, '--out', 'aucun.txt'];
      writeFileSync(join(machine, 'autre.txt'), `${newIdentity().identity}\n`);
      expect(reprise('drill', 'foreign', ...told, '--identity', 'autre.txt').status).to.equal(4);
      const page = join(machine, 'RESTORE.md');
      writeFileSync(
        page,
        readFileSync(page, 'utf8').replace('sh restore.sh --asset', 'sh restaurer.sh --asset'),
      );
      const ran = reprise('drill', 'foreign', ...told, '--identity', 'cle.txt');
      expect([ran.status, existsSync(join(machine, 'aucun.txt'))]).to.deep.equal([1, false]);
      expect(reprise('drill', 'foreign', '--from', '.', '--identity', 'cle.txt').status).to.equal(2);
    });

    it('has its commands on a sheet, with keys and stores for who may see them', async () => {
      const technician = await visit(test, test.acme.emails.technician);
      const reader = await visit(test, test.acme.emails['client-reader']);
      const [sheet, bare] = [technician, reader].map((one) =>
        one.read(`/clients/${test.acme.client}/recovery-sheet`),
      );
      expect(await sheet)
        .to.include('sh restore.sh --asset files')
        .and.include(storeFolder);
      expect(await bare)
        .to.include('sh restore.sh --asset files')
        .and.not.include(storeFolder);
    });
  });
});
