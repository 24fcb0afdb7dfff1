/** What goes wrong is told in French on French pages and in French reports, and in English to programs. */
import { appendFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { newIdentity } from '#/jobs/recovery-points/age/keys.ts';
import { renderReportHtml } from '#/server/pdf/report-html.ts';
import { loadTemplates } from '#/server/templates.ts';
import { sharedS3Server } from '../support/s3-server.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

/** What a reader sees, without spaces that may not break. */
const readable = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#x3D;', '=')
    .replace(/[\s\u00a0\u202f]+/g, ' ');

describe('a finding', function () {
  this.timeout(120_000);
  let test: TestService;
  let store: string;
  before(async () => {
    test = await startTestService({ worker: true });
    store = await made(`/clients/${test.acme.client}/stores`, {
      name: 'Coffre',
      address: `file://${test.dataDir}/stores/acme`,
    });
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const made = async (path: string, body?: object) => {
    const { status, body: answer } = await api('POST', path, body);
    expect(status, `${path}: ${JSON.stringify(answer)}`).to.be.within(200, 202);
    return answer.id as string;
  };
  const page = async (path: string) => {
    const answer = await test.api(test.acme.tokens.owner, 'GET', path, undefined, {
      cookie: 'reprise_locale=fr',
    });
    expect(answer.status).to.equal(200);
    return readable(answer.body);
  };
  const backUp = async (name: string, source: string, into = store) => {
    const asset = await made(`/clients/${test.acme.client}/assets`, { name, kind: 'data-set' });
    const policy = await made('/backup-policies', { asset, store: into, source });
    const run = await made(`/backup-policies/${policy}/runs`);
    const { body } = await until(() => api('GET', `/backup-runs/${run}`), ENDED);
    return { asset, run: body };
  };
  const newestPoint = async (asset: string) => {
    const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    return body.items.find((point: { asset: { id: string } }) => point.asset.id === asset);
  };
  const prove = async (recoveryPoint: string) => {
    const id = await made('/restore-tests', { recoveryPoint });
    return (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body;
  };
  const folderWith = async (name: string) => {
    const folder = `${test.dataDir}/${name}`;
    await mkdir(folder);
    await writeFile(`${folder}/été.txt`, 'contenu');
    return folder;
  };
  const report = async () => {
    const id = await made(`/clients/${test.acme.client}/reports`, { locale: 'fr' });
    const { snapshot } = await test.service.inProvider(test.acme.id, ({ db }) =>
      db.selectFrom('reports').select('snapshot').where('id', '=', id).executeTakeFirstOrThrow(),
    );
    return readable(renderReportHtml(JSON.parse(snapshot), loadTemplates()));
  };

  it('of a source that is not there', async () => {
    const { run } = await backUp('Parti', `${test.dataDir}/jamais`);
    const address = `${test.dataDir}/jamais`;
    expect(run.finding).to.deep.equal({
      code: 'source.missing',
      params: { address },
      message: `There is no folder ${address}.`,
    });
    expect(await page(`/clients/${test.acme.client}/protection`))
      .to.include(`La source ${address} n’existe pas.`)
      .and.not.include('There is no folder');
  });

  it('of a source that cannot be read, with the system’s reason in words', async () => {
    const loop = `${test.dataDir}/boucle`;
    await symlink(loop, loop);
    const { run } = await backUp('Boucle', loop);
    expect(run.finding).to.deep.include({
      code: 'source.unreadable',
      params: { address: loop, cause: 'ELOOP' },
    });
    expect(await page(`/clients/${test.acme.client}/protection`)).to.include(
      `La source ${loop} ne peut pas être lue (trop de liens symboliques).`,
    );
  });

  it('of a file that changes while it is read, on the page and in the report', async () => {
    const folder = await folderWith('journaux');
    await writeFile(`${folder}/journal.log`, Buffer.alloc(32 << 20, 'x'));
    const writing = setInterval(() => appendFileSync(`${folder}/journal.log`, 'x'), 1);
    const { asset, run } = await backUp('Journaux', folder).finally(() => clearInterval(writing));
    expect(run.state).to.equal('done-with-reservations');
    const point = await newestPoint(asset);
    expect(point.reservations).to.deep.equal([
      {
        kind: 'torn',
        path: 'journal.log',
        code: 'capture.grew',
        params: {},
        reason: 'it grew while it was read',
      },
    ]);
    expect(await page(`/recovery-points/${point.id}`))
      .to.include('Il a grandi pendant sa lecture')
      .and.not.include('while it was read');

    const activity = await made(`/clients/${test.acme.client}/activities`, {
      name: 'Facturer',
      isPriority: true,
    });
    const from = { kind: 'activity', id: activity };
    await made(`/clients/${test.acme.client}/dependencies`, { from, to: asset, kind: 'data' });
    expect(await report()).to.include('fichiers modifiés pendant la lecture, 1 ; illisibles, 0');
  });

  it('of a store that is down, on the page and in the report', async () => {
    const down = await made(`/clients/${test.acme.client}/stores`, {
      name: 'Disque amovible',
      address: `file://${test.dataDir}/stores/amovible`,
    });
    const { asset, run } = await backUp('Archives', await folderWith('archives'), down);
    expect(run.state).to.equal('done');
    const point = await newestPoint(asset);
    await rename(`${test.dataDir}/stores/amovible`, `${test.dataDir}/stores/ailleurs`);
    const proof = await prove(point.id);

    expect(proof).to.include({ state: 'inconclusive' });
    expect(proof.finding.code).to.equal('store.folder-missing');
    const sentence = `Le dossier du dépôt ${test.dataDir}/stores/amovible est absent.`;
    expect(await page(`/restore-tests/${proof.id}`)).to.include(sentence);
    expect(await report()).to.include(sentence);
  });

  it('of a missing pack, on the page and in the report', async () => {
    const { asset } = await backUp('Fragile', await folderWith('fragile'));
    const point = await newestPoint(asset);
    const packs = `${test.dataDir}/stores/acme/${point.asset.label}/packs`;
    const [name = ''] = await readdir(packs);
    await rm(`${packs}/${name}`);
    const proof = await prove(point.id);

    expect(proof.state).to.equal('failed');
    expect(proof.finding).to.deep.include({
      code: 'pack.missing',
      params: { object: `${point.asset.label}/packs/${name}` },
    });
    const sentence = `Le paquet ${point.asset.label}/packs/${name} manque dans le dépôt`;
    const shown = await page(`/restore-tests/${proof.id}`);
    expect(shown).to.include(sentence).and.to.include('Le niveau L2b n’est pas passé');
    expect(shown).to.not.match(/\bmissing\b|did not pass|expected/);
    expect(await report())
      .to.include(sentence)
      .and.not.match(/object-present|found missing/);
  });

  it('of a key that does not fit, on the page and in the report', async () => {
    const { asset } = await backUp('Coffre-fort', await folderWith('coffre-fort'));
    const point = await newestPoint(asset);
    await test.service.inProvider(test.acme.id, async (work) => {
      await work.db
        .updateTable('client_keys')
        .set({ sealed_identity: work.seal('verifier', newIdentity().identity) })
        .where('client_id', '=', test.acme.client)
        .where('purpose', '=', 'verifier')
        .execute();
    });
    const ended = await prove(point.id);

    expect(ended).to.include({ state: 'inconclusive' });
    expect(ended.finding.code).to.equal('key.not-fitting');
    const sentence = 'La clé n’ouvre pas ce point de reprise';
    expect(await page(`/restore-tests/${ended.id}`)).to.include(sentence);
    expect(await report()).to.include(sentence);
  });

  it('of wrong credentials', async function () {
    const s3 = await sharedS3Server(this);
    await s3.createBucket('findings');
    const far = await made(`/clients/${test.acme.client}/stores`, {
      name: 'Mauvaise clé',
      address: `s3://findings/acme?endpoint=${s3.endpoint}&region=${s3.region}`,
      accessKeyId: s3.accessKeyId,
      secretAccessKey: 'not-the-secret-at-all',
    });
    const { run } = await backUp('Lointain', await folderWith('lointain'), far);
    expect(run.finding.code).to.equal('store.secret-key-wrong');
    expect(await page(`/clients/${test.acme.client}/protection`))
      .to.match(/Le dépôt s3:\/\/findings\S+ refuse la clé secrète : elle est fausse\./)
      .and.not.include('not-the-secret');
  });
});
