import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { sha256 } from '#/plans/canonical.ts';
import { SECTIONS_OF } from '#/plans/plan-sections.ts';
import { startTestService, type TestService, until } from '../support/service.ts';
import { versionIn, visit } from '../support/visitor.ts';

interface Pack {
  id: string;
  state: string;
  sha256: string;
  files: { name: string; sha256: string }[];
  copy: { key: string; heldUntil: string | null } | null;
  copyFinding: { code: string } | null;
  handovers: { recipient: string }[];
  finding: unknown;
}

describe('a crisis pack', function () {
  this.timeout(60_000);
  let test: TestService;
  let client: string;
  let identity: string;
  let pack: Pack;
  const folder = mkdtempSync(join(tmpdir(), 'reprise-pack-'));
  before(async () => {
    test = await startTestService({ worker: true });
    const made = await ok('POST', '/clients', {
      ...{
        name: 'Ateliers Brégançon',
        sector: 'Industrie',
        country: 'FR',
        locale: 'fr',
        timeZone: 'Europe/Paris',
      },
    });
    [client, identity] = [made.id, made.recoveryIdentity];
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await test[Symbol.asyncDispose]();
  });

  const api = (method: string, path: string, body?: object, token = test.acme.tokens.owner) =>
    test.api(token, method, `/api/v1${path}`, body);
  const ok = async (method: string, path: string, body?: object) => {
    const answer = await api(method, path, body);
    expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };
  const newest = async (): Promise<Pack | undefined> =>
    (await ok('GET', `/clients/${client}/crisis-packs`)).items[0];
  const finished = () =>
    until(newest, (one) => one !== undefined && !['queued', 'running'].includes(one.state)) as Promise<Pack>;
  const page = async () =>
    (await visit(test, test.acme.emails.owner)).read(`/clients/${client}/crisis-packs`);

  it('is said to be missing until there is one, and is copied where somebody says', async () => {
    expect(await page()).to.include('aucun dossier n’a été établi');
    const store = join(test.dataDir, 'stores/acme/second');
    mkdirSync(store, { recursive: true });
    const { id } = await ok('POST', `/clients/${client}/stores`, {
      name: 'Second',
      address: `file://${store}`,
    });
    const set = await ok('PUT', `/clients/${client}/crisis-pack-settings`, {
      ...{ store: id, holdDays: 30, isAutomatic: true },
    });
    expect(set).to.deep.equal({ store: { id, name: 'Second' }, holdDays: 30, isAutomatic: true });
    const foreign = await api('PUT', `/clients/${test.acme.client}/crisis-pack-settings`, { store: id });
    expect(foreign.status).to.equal(422);
  });

  it('makes itself once a plan is in force', async () => {
    const plan = await ok('POST', `/clients/${client}/plans`, {
      kind: 'it-recovery',
      title: 'PRA du système',
    });
    const sections = SECTIONS_OF['it-recovery'].map((kind) => ({ kind, title: kind, body: 'Texte.' }));
    const version = await ok('POST', `/plans/${plan.id}/versions`, { start: 'blank', sections });
    await ok('POST', `/plan-versions/${version.id}/submission`);
    const approver = await visit(test, test.acme.emails.consultant);
    const shown = await approver.read(`/plan-versions/${version.id}`);
    const sent = await approver.send(`/plan-versions/${version.id}/approval`, {
      ...{ version: versionIn(shown), decision: 'approved' },
    });
    expect(sent.status, await sent.text()).to.equal(303);
    pack = await finished();
    expect(pack.state, JSON.stringify(pack.finding)).to.equal('done');
    expect(pack.copy).to.include({ heldUntil: null });
    expect(pack.copyFinding?.code).to.equal('crisis-pack.not-held');
    const copy = readFileSync(join(test.dataDir, 'stores/acme/second', pack.copy!.key));
    expect(sha256(copy)).to.equal(pack.sha256);
    expect(await page()).to.include('à jour des plans en vigueur');
  });

  it('opens without us, with the recovery key, and holds what its list says', () => {
    writeFileSync(join(folder, 'identity.txt'), identity, { mode: 0o600 });
    const sealed = join(test.dataDir, 'stores/acme/second', pack.copy!.key);
    execFileSync('age', ['-d', '-i', join(folder, 'identity.txt'), '-o', join(folder, 'pack.zip'), sealed]);
    execFileSync('python3', ['-m', 'zipfile', '-e', 'pack.zip', 'out'], { cwd: folder });
    const out = join(folder, 'out');
    const { files } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
    expect(files).to.deep.equal(pack.files);
    for (const { name, sha256: hash } of pack.files)
      expect(sha256(readFileSync(join(out, name))), name).to.equal(hash);
    expect(readdirSync(join(out, 'plans'))).to.deep.equal(['1-it-recovery-v1.pdf']);
    const readMe = readFileSync(join(out, 'LISEZ-MOI.txt'), 'utf8');
    expect(readMe).to.include('PRA du système v1').and.not.include('{');
    expect(
      execFileSync('pdfsig', [join(out, 'plans/1-it-recovery-v1.pdf')], { encoding: 'utf8' }),
    ).to.include('Signature is Valid');
  });

  it('is handed out on record, and to nobody of another provider', async () => {
    const noted = await ok('POST', `/crisis-packs/${pack.id}/handovers`, {
      recipient: 'Mme Roche',
      medium: 'usb',
    });
    expect(noted.handovers[0]).to.include({ recipient: 'Mme Roche' });
    expect(await page()).to.include('Mme Roche');
    const file = await api('GET', `/crisis-packs/${pack.id}/file`, undefined, test.other.tokens.owner);
    expect(file.status).to.equal(404);
    const { items } = await ok('GET', '/audit-events');
    expect(items.map(({ action }: { action: string }) => action)).to.include('crisis-pack.handed-over');
  });
});
