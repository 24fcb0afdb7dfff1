import { expect } from 'chai';
import { sql } from 'kysely';
import { canonical, sha256 } from '#/plans/canonical.ts';
import { recordEvidence } from '#/plans/evidence.ts';
import { ARCHIVED, LEFT_OUT } from '#/plans/exchange/client-archive.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';
import { sendForm } from './files.ts';

describe('a whole client', () => {
  let test: TestService;
  // biome-ignore lint/suspicious/noExplicitAny: the file is read as anybody would read it
  let file: { text: string; content: Record<string, any> };
  before(async () => {
    test = await startTestService();
    await fill();
    file = await fileOf(test.acme.client);
  });
  after(() => test[Symbol.asyncDispose]());

  const api = async (method: string, path: string, body?: unknown) => {
    const answer = await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
    expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).to.be.within(200, 204);
    return answer.body;
  };
  const add = (noun: string, body: object) => api('POST', `/clients/${test.acme.client}/${noun}`, body);

  async function fill() {
    const site = await add('sites', { name: 'Genas', kind: 'plant', address: '12 rue Lumière' });
    const anne = await add('contacts', {
      name: 'Anne Delmas',
      points: [{ kind: 'mobile', value: '+33 6 12 34 56 78' }],
    });
    const supplier = await add('suppliers', { name: 'Éditeur ERP', hours: 'always' });
    const erp = await add('assets', {
      name: 'ERP',
      kind: 'application',
      label: 'erp-central',
      site: site.id,
      supplier: supplier.id,
      holder: anne.id,
      volumeBytes: 250e9,
    });
    const image = await add('impact-categories', {
      name: 'Image',
      levels: [
        { level: 0, meaning: 'Rien', isTolerable: true },
        { level: 1, meaning: 'La presse', isTolerable: false },
      ],
    });
    const selling = await add('activities', {
      name: 'Vendre',
      isPriority: true,
      mtpdSeconds: 172_800,
      rtoSeconds: 28_800,
      impacts: [{ category: image.id, afterSeconds: 172_800, level: 1 }],
    });
    await add('activities', { name: 'Encaisser', parent: selling.id });
    await add('dependencies', { from: { kind: 'activity', id: selling.id }, to: erp.id, kind: 'hard' });
    await add('scenarios', {
      name: 'Incendie',
      family: 'premises-lost',
      effects: [{ site: site.id, effect: 'lost' }],
    });
    await add('crisis-roles', { name: 'Directeur', cell: 'decision', holders: [{ contact: anne.id }] });
    const plan = await add('plans', { kind: 'drp', title: 'PRA', activities: [selling.id] });
    await api('POST', `/plans/${plan.id}/versions`, {
      sections: [{ kind: 'scope', title: 'Périmètre', body: 'Tout le site de Genas.' }],
    });
    await add('incidents', {
      title: 'Panne',
      class: 'hardware',
      severity: 'minor',
      detectedAt: '2026-01-05T08:00:00Z',
    });
    await test.service.inProvider(test.acme.id, (work) =>
      recordEvidence(work, {
        client: test.acme.client,
        code: 'RST',
        subject: { kind: 'asset', id: erp.id, name: 'ERP' },
        finding: 'supports',
        assertedBy: 'system',
        validUntil: new Date('2099-01-01'),
        content: { level: 'L3' },
      }),
    );
  }

  const getFile = (client: string, token: string) =>
    fetch(`${test.url}/api/v1/clients/${client}/file`, { headers: { authorization: `Bearer ${token}` } });

  async function fileOf(client: string) {
    const answer = await getFile(client, test.acme.tokens.owner);
    expect(answer.status).to.equal(200);
    const text = await answer.text();
    return { text, content: JSON.parse(text) };
  }

  const take = async (text: string, as: string | null, token = test.acme.tokens.owner) =>
    test.api(token, 'POST', `/api/v1/client-imports${as ? `?as=${encodeURIComponent(as)}` : ''}`, text);

  it('goes out with its trail and its hash, and without secrets, to who may read the trail', async () => {
    const { sha256: told, ...rest } = file.content;
    expect(told).to.equal(sha256(canonical(rest)));
    expect(rest.format).to.equal('reprise-client/1');
    expect(rest.archive.audit_events.map(({ action }: { action: string }) => action)).to.include(
      'asset.added',
    );
    expect(rest.archive.plan_sections[0].body).to.equal('Tout le site de Genas.');
    expect(rest.archive.incidents.length).to.equal(1);
    expect(rest.archive.client_keys.length).to.be.greaterThan(0);
    expect(file.text).to.not.include('sealed_identity').and.not.include('AGE-SECRET-KEY');
    expect((await getFile(test.acme.client, test.acme.tokens['client-reader'])).status).to.equal(403);
    expect((await getFile(test.acme.client, test.other.tokens.owner)).status).to.equal(404);
    const page = `/clients/${test.acme.client}/exchange`;
    const owner = await visit(test, test.acme.emails.owner);
    expect(await owner.read(page)).to.include(`/clients/${test.acme.client}/file`);
    const consultant = await visit(test, test.acme.emails.consultant);
    expect(await consultant.read(page)).to.not.include(`/clients/${test.acme.client}/file`);
  });

  it('holds every table in which a client has rows', async () => {
    const { rows } = await test.service.inProvider(test.acme.id, ({ db }) =>
      sql<{ name: string }>`
        select table_name as name from information_schema.columns
        where column_name = 'client_id' and table_schema = 'public'`.execute(db),
    );
    const named = new Set<string>([...ARCHIVED, ...LEFT_OUT]);
    expect(rows.map(({ name }) => name).filter((name) => !named.has(name))).to.deep.equal([]);
  });

  it('comes in as a new client that says the same, but for ids and times', async () => {
    const { status, body } = await take(file.text, 'Repris');
    expect([status, body.name], JSON.stringify(body)).to.deep.equal([201, 'Repris']);
    expect(body.recoveryIdentity).to.match(/^AGE-SECRET-KEY-/);
    expect(body.told).to.deep.equal({ incidents: 1 });
    expect(body.left.map(({ what }: { what: string }) => what)).to.have.members([
      'exchange.rows.keys',
      'exchange.rows.trail',
    ]);
    const again = (await fileOf(body.id)).content;
    for (const [path, items] of Object.entries(file.content.records as Record<string, object[]>))
      if (body.taken[path] !== undefined)
        expect(comparable(again.records[path]), path).to.deep.equal(comparable(items));
    expect(body.taken).to.include({ assets: 2, activities: 2, 'plan-versions': 1, evidence: 1 });
    expect(again.records.assets.find(({ name }: { name: string }) => name === 'ERP').label).to.equal(
      'erp-central',
    );
  });

  it('brings proofs as the word of whoever imports them, and nothing as approved', async () => {
    const { body } = await take(file.text, 'Repris encore');
    const declared = (await api('GET', `/clients/${body.id}/declarations`)).items;
    expect(declared.length).to.equal(1);
    expect(declared[0]).to.include({ code: 'RST' });
    expect(declared[0].document).to.include(file.content.sha256);
    expect(declared[0].validUntil < '2099').to.equal(true);
    const { archive } = (await fileOf(body.id)).content;
    expect(archive.evidence.map((one: { asserted_by: string }) => one.asserted_by)).to.deep.equal(['person']);
    expect([archive.restore_tests, archive.approvals]).to.deep.equal([[], []]);
  });

  it('is taken over by a page, which shows the new key and what stayed in the file', async () => {
    const owner = await visit(test, test.acme.emails.owner);
    expect(await owner.read('/')).to.include('href="/client-imports"');
    expect(await owner.read('/client-imports')).to.include('multipart/form-data');
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read('/client-imports')).to.not.include('multipart/form-data');
    const sent = (name: string, text = file.text) =>
      sendForm(test, test.acme.emails.owner, '/client-imports', 'client.json', Buffer.from(text), { name });
    const taken = await sent('Repris par la page');
    const shown = await taken.text();
    expect(taken.status, shown).to.equal(200);
    expect(shown)
      .to.include('Repris par la page')
      .and.include('Preuves, reprises comme déclarations')
      .and.include('AGE-SECRET-KEY-1');
    const again = await sent('Repris par la page');
    expect([again.status, await again.text()].join(' ')).to.match(/^409 [\s\S]*Un client s’appelle déjà/);
    const look = (name: string) =>
      sendForm(
        test,
        test.acme.emails.owner,
        '/client-imports/outlook',
        'client.json',
        Buffer.from(file.text),
        { name },
      );
    const outlook = await (await look('Vu d’abord')).text();
    expect(outlook)
      .to.include('Vu d’abord</h2>')
      .and.include('Rien n’est fait')
      .and.include('Conservé pour mémoire')
      .and.include('Il est chaîné dans l’autre service')
      .and.include('value="Vu d’abord"');
    expect(await owner.read('/')).to.not.include('Vu d’abord');
    const altered = await sent('Autre', file.text.replace('Genas', 'Bron'));
    expect([altered.status, await altered.text()].join(' ')).to.match(/^422 [\s\S]*a été modifié/);
  });

  it('is refused when it was changed on the way, is of another format, or its name is taken', async () => {
    for (const [text, status, key] of [
      [file.text.replace('Genas', 'Bron'), 422, 'exchange.altered'],
      [JSON.stringify({ ...file.content, format: 'reprise-client/9' }), 422, 'exchange.other-format'],
      ['[]', 422, 'exchange.other-format'],
      ['{', 422, 'exchange.broken-json'],
      [file.text, 409, 'client.name-taken'],
    ] as const) {
      const { status: told, body } = await take(text, null);
      expect([told, body.key]).to.deep.equal([status, key]);
    }
    expect((await take(file.text, 'X', test.acme.tokens.technician)).status).to.equal(403);
    expect((await take(file.text, 'X', test.acme.tokens['client-approver'])).status).to.equal(403);
  });
});

/** Without ids and times, in an order of its own. */
const comparable = (items: object[]): string[] =>
  items
    .map((item) =>
      JSON.stringify(item)
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '#')
        .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '@'),
    )
    .sort();
