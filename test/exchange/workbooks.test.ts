import { expect } from 'chai';
import { startTestService, type TestService } from '../support/service.ts';
import { versionIn, visit } from '../support/visitor.ts';
import { handMade, send, sendForm, textsIn, workbookOf } from './files.ts';

describe('a workbook', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const api = async (method: string, path: string, body?: unknown, token = test.acme.tokens.consultant) =>
    test.api(token, method, `/api/v1${path}`, body, { 'accept-language': 'fr' });
  const listed = async (noun: string) =>
    (await api('GET', `/clients/${test.acme.client}/${noun}`)).body.items as Record<string, unknown>[];
  const take = (upload: { id: string; sha256: string; version: string }) =>
    api('POST', `/uploads/${upload.id}/taking-over`, { sha256: upload.sha256, version: upload.version });
  const download = async (path: string) => {
    const answer = await fetch(`${test.url}/api/v1/clients/${test.acme.client}/${path}`, {
      headers: { authorization: `Bearer ${test.acme.tokens['client-reader']}`, 'accept-language': 'fr' },
    });
    expect(answer.status).to.equal(200);
    return Buffer.from(await answer.arrayBuffer());
  };

  it('with headings of three languages is shown first, then taken over as a whole', async () => {
    const file = await workbookOf({
      Activités: [
        ['rto', 'NOM', 'maximaal toelaatbare uitvalduur (mtpd)', 'PDMA'],
        ['8 h', 'Facturation', '2 j', '1 h 30'],
      ],
      Assets: [
        ['Kind', 'Name', 'Volume', 'End of support', 'Site'],
        ['Serveur', 'SRV-ERP', '250 Go', new Date('2027-12-31'), 'Genas'],
        ['data set', 'Base ERP', '1.5 TB', null, null],
      ],
      Sites: [
        ['Nom', 'Type'],
        ['Genas', 'Usine'],
      ],
      Dépendances: [
        ['Qui a besoin', 'De quoi', 'Comment'],
        ['Facturation', 'SRV-ERP', 'Ne tourne pas sans'],
        ['SRV-ERP', 'Base ERP', 'Données'],
      ],
    });
    const { status, body: upload } = await send(test, file);
    expect([status, upload.problems]).to.deep.equal([201, []]);
    expect(upload.counts.assets).to.deep.equal({ add: 2, change: 0, remove: 0, none: 0 });
    expect(upload.rows.find(({ name }: { name: string }) => name === 'SRV-ERP')).to.include({
      sheet: 'assets',
      what: 'add',
      where: 'Assets!2',
    });
    expect(await listed('assets'), 'nothing is done yet').to.deep.equal([]);

    const taken = await take(upload);
    expect([taken.status, taken.body.takenAt !== null]).to.deep.equal([200, true]);
    const [activity] = await listed('activities');
    expect(activity).to.include({
      name: 'Facturation',
      mtpdSeconds: 172_800,
      rtoSeconds: 28_800,
      rpoSeconds: 5400,
    });
    const server = (await listed('assets')).find(({ name }) => name === 'SRV-ERP');
    expect(server).to.include({ kind: 'server', volumeBytes: 250e9, endOfSupportOn: '2027-12-31' });
    expect((await listed('dependencies')).length).to.equal(2);
    expect((await take(upload)).body.key).to.equal('exchange.taken-already');
    const trail = await test.api(test.acme.tokens.owner, 'GET', '/api/v1/audit-events');
    const actions = trail.body.items.map(({ action }: { action: string }) => action);
    expect(actions)
      .to.include('exchange.taken-over')
      .and.include('asset.added')
      .and.include('dependency.added');
  });

  it('that was handed out in any language changes nothing when it comes back, and then what was edited', async () => {
    for (const language of ['fr', 'en', 'nl']) {
      const { body } = await send(test, await download(`workbook?language=${language}`));
      expect([body.problems, body.rows], language).to.deep.equal([[], []]);
      expect(body.counts.assets.none).to.equal(2);
    }
    const [activity] = await listed('activities');
    const file = await workbookOf({
      Activities: [
        ['ID', 'RTO', 'Owner'],
        [String(activity?.id), '4 h', 'Anne'],
      ],
    });
    const { body } = await send(test, file);
    expect(body.rows[0].differences).to.deep.equal([
      { column: 'owner', before: null, after: 'Anne' },
      { column: 'rtoSeconds', before: 28_800, after: 14_400 },
    ]);
    await take(body);
    expect((await listed('activities'))[0]).to.include({
      rtoSeconds: 14_400,
      owner: 'Anne',
      mtpdSeconds: 172_800,
    });
  });

  it('is read by another program as we wrote it', async () => {
    const sheets = await textsIn(await download('workbook?language=fr'));
    expect(Object.keys(sheets)).to.deep.equal([
      'Sites',
      'Actifs',
      'Activités',
      'BIA',
      'Dépendances',
      "Mode d'emploi",
    ]);
    const [head, ...rows] = sheets.Actifs!;
    const kindAt = head!.indexOf('Nature');
    expect(rows.map((row) => row[kindAt]).sort()).to.deep.equal(['Jeu de données', 'Serveur']);
    expect(rows.flat()).to.include('250 Go');
  });

  it('removes only what is marked, and tells what the rules refuse before it is done', async () => {
    const both = await workbookOf({
      Actifs: [
        ['Nom', 'Nature', 'Retirer'],
        ['Base ERP', 'Données', 'x'],
      ],
      Dépendances: [
        ['Qui a besoin', 'De quoi', 'Comment', 'Retirer'],
        ['SRV-ERP', 'Base ERP', 'Données', 'X'],
      ],
    });
    const needed = await workbookOf({
      Actifs: [
        ['Nom', 'Nature', 'Retirer'],
        ['Base ERP', 'Données', 'x'],
      ],
    });
    const { body: refused } = await send(test, needed);
    expect(refused.problems.map(({ where }: { where: string }) => where)).to.deep.equal(['Actifs!2']);
    expect(refused.problems[0].detail).to.match(/\p{L}+ .*\./u);
    expect((await take(refused)).body.key).to.equal('exchange.has-problems');

    const { body } = await send(test, both);
    expect(body.problems).to.deep.equal([]);
    await take(body);
    expect((await listed('assets')).map(({ name }) => name)).to.deep.equal(['SRV-ERP']);
  });

  it('is looked at again when somebody changed the client meanwhile', async () => {
    const file = await workbookOf({
      Sites: [
        ['Nom', 'Type', 'Adresse'],
        ['Genas', 'Usine', '12 rue Lumière'],
      ],
    });
    const { body } = await send(test, file);
    const [site] = await listed('sites');
    await api('PUT', `/sites/${site?.id}`, { name: 'Genas', kind: 'plant', address: 'ailleurs' });
    const late = await take(body);
    expect([late.status, late.body.key]).to.deep.equal([409, 'exchange.changed-since']);
    const again = (await api('POST', `/uploads/${body.id}/outlook`)).body;
    expect(again.rows[0].differences[0]).to.include({ before: 'ailleurs', after: '12 rue Lumière' });
    const wrong = await take({ ...again, sha256: '0'.repeat(64) });
    expect(wrong.body.key).to.equal('exchange.not-what-was-shown');
    expect((await take(again)).status).to.equal(200);
  });

  it('says of every cell what is wrong, where, and what to do', async () => {
    const file = await workbookOf(
      {
        Actifs: [
          [
            'Nom',
            'Nature',
            'Volume',
            'Fin de support',
            'Fournisseur',
            'Couleur',
            'Remise en service annoncée',
          ],
          ['A', 'Serveur', 250, 46_387, 'Inconnu', 'bleu', '4'],
          [
            'B',
            'Vaisseau',
            { formula: '1+1' },
            '31/02/2027',
            null,
            null,
            new Date(Date.UTC(1899, 11, 30, 4)),
          ],
          ['C', 'Serveur', null, null, null, null, null],
          ['c', 'Serveur', null, null, null, null, null],
        ],
        Vacances: [['Nom'], ['x']],
      },
      (workbook) => {
        const sheet = workbook.getWorksheet('Actifs')!;
        sheet.getCell('G3').numFmt = 'hh:mm';
        sheet.mergeCells('A7:A8');
      },
    );
    const { body } = await send(test, file);
    const told = Object.fromEntries(
      body.problems.map(({ where, key }: { where: string; key: string }) => [where, key]),
    );
    expect(told).to.deep.include({
      'Actifs!C2': 'exchange.not-a-size',
      'Actifs!D2': 'exchange.number-for-day',
      'Actifs!G2': 'exchange.not-a-duration',
      'Actifs!F1': 'exchange.unknown-heading',
      'Actifs!B3': 'exchange.not-a-choice',
      'Actifs!C3': 'exchange.formula-without-result',
      'Actifs!D3': 'exchange.not-a-day',
      'Actifs!G3': 'exchange.clock-for-duration',
      'Actifs!5': 'exchange.row-twice',
      'Actifs!A7:A8': 'exchange.merged',
      Vacances: 'exchange.unknown-sheet',
      'Actifs!E2': 'exchange.unknown-assets',
    });
    const sentence = (where: string) =>
      body.problems.find((one: { where: string }) => one.where === where).detail;
    expect(sentence('Actifs!D2')).to.include('2026-12-31');
    expect(sentence('Actifs!B3')).to.include('Data set');
    expect(sentence('Actifs!F1')).to.include('Couleur').and.include('Supplier');
    for (const { detail } of body.problems) expect(detail).to.not.match(/\{\w+\}|undefined/);
    expect((await take(body)).status).to.equal(409);
  });

  it('brings impact points and stand-ins, which belong to an activity and to a group', async () => {
    const client = test.acme.otherClient;
    const add = async (noun: string, body: object) =>
      (await api('POST', `/clients/${client}/${noun}`, body)).body;
    const of = async (noun: string) => (await api('GET', `/clients/${client}/${noun}`)).body.items;
    await add('impact-categories', {
      name: 'Image',
      levels: [
        { level: 0, meaning: 'Rien', isTolerable: true },
        { level: 1, meaning: 'La presse locale', isTolerable: true },
        { level: 2, meaning: 'La presse nationale', isTolerable: false },
      ],
    });
    const first = await workbookOf({
      Activités: [
        ['Nom', 'Prioritaire'],
        ['Livrer', 'oui'],
      ],
      BIA: [
        ['Activité', "Catégorie d'impact", 'Après', 'Niveau', 'Justification'],
        ['Livrer', 'Image', '4 h', 1, 'Clients au téléphone'],
        ['livrer', 'IMAGE', '2 j', '2', null],
      ],
      Actifs: [
        ['Nom', 'Nature'],
        ['Ligne A', 'Réseau'],
        ['Ligne B', 'Réseau'],
      ],
      Dépendances: [
        ['Qui a besoin', 'De quoi', 'Comment', 'Groupe de remplacement', 'Combien suffisent'],
        ['Livrer', 'Ligne A', 'Forte', 'lignes', 1],
        ['Livrer', 'Ligne B', 'Forte', 'lignes', null],
      ],
    });
    const { body } = await send(test, first, { client });
    expect(body.problems).to.deep.equal([]);
    expect([body.counts.impacts.add, body.counts.dependencies.add]).to.deep.equal([2, 2]);
    expect((await take(body)).status).to.equal(200);
    const [activity] = await of('activities');
    expect(
      activity.impacts.map(({ afterSeconds, level }: Record<string, number>) => [afterSeconds, level]),
    ).to.deep.equal([
      [14_400, 1],
      [172_800, 2],
    ]);
    expect((await of('dependencies')).map(({ group }: { group: string }) => group)).to.deep.equal([
      'lignes',
      'lignes',
    ]);

    const second = await workbookOf({
      'Impact points': [
        ['Activity', 'Impact category', 'After', 'Level', 'Remove'],
        ['Livrer', 'Image', '4 h', 0, null],
        ['Livrer', 'Image', '2 d', 2, 'x'],
        ['Livrer', 'Image', '3 d', 7, null],
        ['Nager', 'Image', '3 d', 1, null],
      ],
    });
    const wrong = (await send(test, second, { client })).body;
    expect(wrong.problems.map(({ where }: { where: string }) => where).sort()).to.deep.equal([
      'Impact points!4',
      'Impact points!A5',
    ]);
    const mended = await workbookOf({
      BIA: [
        ['Activity', 'Impact category', 'After', 'Level', 'Remove'],
        ['Livrer', 'Image', '4 h', 0, null],
        ['Livrer', 'Image', '2 d', 2, 'x'],
        ['Livrer', 'Image', '3 d', 2, null],
      ],
    });
    const right = (await send(test, mended, { client })).body;
    expect(right.counts.impacts).to.deep.equal({ add: 1, change: 1, remove: 1, none: 0 });
    await take(right);
    const [after] = await of('activities');
    expect(
      after.impacts.map(({ afterSeconds, level }: Record<string, number>) => [afterSeconds, level]),
    ).to.deep.equal([
      [14_400, 0],
      [259_200, 2],
    ]);
    expect(after.impacts[0].justification).to.equal('Clients au téléphone');
  });

  it('counts a formula by the result that the file holds', async () => {
    const file = await workbookOf({
      Sites: [
        ['Nom', 'Type', 'Latitude', 'Longitude'],
        [{ formula: 'UPPER("lyon")', result: 'LYON' }, 'Bureaux', { formula: '40+5.7', result: 45.7 }, 4.8],
      ],
    });
    const { body } = await send(test, file);
    expect(body.problems).to.deep.equal([]);
    expect(body.rows[0].name).to.equal('LYON');
  });

  it('is read however a program lays it out: texts in cells, shared and split texts, prefixes, no addresses', async () => {
    const inline = handMade(
      'Sites',
      `<?xml version="1.0"?><x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>Nom</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:r><x:t>Ty</x:t></x:r><x:r><x:t>pe</x:t></x:r></x:is></x:c></x:row><x:row><x:c t="inlineStr"><x:is><x:t>L&#39;atelier &amp; Cie</x:t></x:is></x:c><x:c t="str"><x:f>A1</x:f><x:v>Atelier</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
    );
    const shared = handMade(
      'Locaties',
      '<worksheet><sheetData><row r="3"><c r="B3" t="s"><v>0</v></c><c r="D3" t="s"><v>1</v></c></row><row r="9"><c r="B9" t="s"><v>2</v></c><c r="D9" t="s"><v>3</v></c></row></sheetData></worksheet>',
      '<sst><si><t>Name</t></si><si><r><t>Ki</t></r><r><t>nd</t></r><rPh sb="0" eb="1"><t>zz</t></rPh></si><si><t xml:space="preserve">Dépôt </t></si><si><t>office</t></si></sst>',
    );
    const first = (await send(test, inline)).body;
    expect([first.problems, first.rows[0].name, first.rows[0].where]).to.deep.equal([
      [],
      "L'atelier & Cie",
      'Sites!2',
    ]);
    const second = (await send(test, shared)).body;
    expect([second.problems, second.rows[0].name, second.rows[0].where]).to.deep.equal([
      [],
      'Dépôt',
      'Locaties!9',
    ]);
  });

  it('is refused to readers, not found for strangers, and forgotten after an hour', async () => {
    const file = await workbookOf({
      Sites: [
        ['Nom', 'Type'],
        ['Bron', 'Bureaux'],
      ],
    });
    expect((await send(test, file, { token: test.acme.tokens['client-reader'] })).status).to.equal(403);
    expect((await send(test, file, { token: test.other.tokens.owner })).status).to.equal(404);
    const { body } = await send(test, file);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/outlook'],
    ] as const)
      expect(
        (await api(method, `/uploads/${body.id}${path}`, undefined, test.other.tokens.owner)).status,
      ).to.equal(404);
    expect(
      (await api('POST', `/uploads/${body.id}/taking-over`, body, test.acme.tokens['client-reader'])).status,
    ).to.equal(403);
    await test.service.inProvider(test.acme.id, ({ db }) =>
      db
        .updateTable('exchange_uploads')
        .set({ sent_at: new Date(Date.now() - 3_601_000) })
        .execute(),
    );
    expect((await api('GET', `/uploads/${body.id}`)).body.key).to.equal('not-found.upload');
  });

  it('is sent by a form, shown on a page, and taken over by a button', async () => {
    const page = `/clients/${test.acme.client}/exchange`;
    const consultant = await visit(test, test.acme.emails.consultant);
    expect(await consultant.read(page))
      .to.include('enctype="multipart/form-data"')
      .and.include('language&#x3D;nl');
    expect(await (await visit(test, test.acme.emails['client-reader'])).read(page)).to.not.include(
      'multipart',
    );
    const file = await workbookOf({
      Sites: [
        ['Nom', 'Type'],
        ['=Bron', 'Bureaux'],
      ],
    });
    const sent = await sendForm(test, test.acme.emails.consultant, page, 'sites de février.xlsx', file);
    expect(sent.status).to.equal(303);
    const shownAt = sent.headers.get('location')!;
    const shown = await consultant.read(shownAt);
    expect(shown)
      .to.include('sites de février.xlsx')
      .and.include('&#x3D;Bron')
      .and.include('Sites!2')
      .and.include('Bureaux');
    const [, sha256 = ''] = /name="sha256" value="(\w+)"/.exec(shown) ?? [];
    const taken = await consultant.send(`${shownAt}/taking-over`, { sha256, version: versionIn(shown) });
    expect(taken.status).to.equal(303);
    expect(await consultant.read(shownAt)).to.include('Ce fichier a été repris');
    expect((await listed('sites')).map(({ name }) => name)).to.include('=Bron');

    const broken = await sendForm(
      test,
      test.acme.emails.consultant,
      page,
      'a.xlsx',
      Buffer.from('PK\x03\x04 no'),
    );
    expect(broken.status).to.equal(422);
    expect(await broken.text())
      .to.include('abîmé')
      .and.include('role="alert"');
    const none = await sendForm(test, test.acme.emails.consultant, page, 'a.xlsx', Buffer.alloc(0));
    expect(await none.text()).to.include('Aucun fichier n’est arrivé');
  });
});
