import { expect } from 'chai';
import { PASSWORD, startTestService, type TestService } from '../support/service.ts';

describe('editing on pages', () => {
  let test: TestService;
  let cookie: string;
  let reader: string;
  before(async () => {
    test = await startTestService();
    cookie = await signIn(test.acme.emails.consultant);
    reader = await signIn(test.acme.emails['client-reader']);
  });
  after(() => test[Symbol.asyncDispose]());

  const send = (path: string, fields: [string, string][], as = cookie) =>
    fetch(test.url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: test.url, cookie: as, 'accept-language': 'fr' },
      body: new URLSearchParams(fields),
    });
  const signIn = async (email: string) => {
    const answer = await send('/sign-in', Object.entries({ email, password: PASSWORD, next: '/' }), '');
    return answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
  };
  const read = async (path: string, as = cookie) =>
    (await fetch(test.url + path, { headers: { cookie: as, 'accept-language': 'fr' } })).text();
  const versionIn = (html: string) =>
    /name="version" value="([^"]+)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '';
  const asOwner = async (method: string, path: string, body?: unknown) =>
    (await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body)).body;
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const trailOf = async (id: string) =>
    (await asOwner('GET', '/audit-events')).items
      .filter(({ object }: { object: { id: string } }) => object.id === id)
      .map(({ action, actor }: { action: string; actor: string }) => `${action} by ${actor}`);

  it('starts from what is recorded, saves it, and says so in the trail', async () => {
    const made = await asOwner('POST', inClient('/activities'), {
      name: 'Facturer',
      owner: 'Ana',
      isPriority: true,
      mtpdSeconds: 86_400,
      rtoSeconds: 5400,
    });
    const page = await read(`/activities/${made.id}/edit`);
    expect(page)
      .to.include('value="Ana"')
      .and.include('value="1 h 30 min"')
      .and.include(`action="/activities/${made.id}"`)
      .and.match(/name="isPriority"[^>]* checked/);

    const saved = await send(`/activities/${made.id}`, [
      ['version', versionIn(page)],
      ['name', 'Facturer et relancer'],
      ['owner', ''],
      ['calendar', 'always'],
      ['mtpdSeconds', '1 j'],
      ['rtoSeconds', '1 h 30'],
      ['rpoSeconds', ''],
      ['mbco', ''],
      ['description', 'Chaque lundi'],
    ]);
    expect(saved.headers.get('location')).to.equal(`/activities/${made.id}?saved`);
    expect(await asOwner('GET', `/activities/${made.id}`)).to.include({
      name: 'Facturer et relancer',
      owner: null,
      isPriority: false,
      rtoSeconds: 5400,
      description: 'Chaque lundi',
    });
    expect(await read(`/activities/${made.id}?saved`)).to.include('journal d’audit');
    expect(await trailOf(made.id)).to.deep.equal([
      'activity.changed by consultant of Acme',
      'activity.added by owner',
    ]);
  });

  it('keeps an approval when nothing was changed, and undoes it when something was', async () => {
    const made = await asOwner('POST', inClient('/activities'), {
      name: 'Payer',
      mtpdSeconds: 7200,
      rtoSeconds: 3600,
      rpoSeconds: 0,
    });
    await asOwner('POST', `/activities/${made.id}/approval`);
    const fields: [string, string][] = [
      ['name', 'Payer'],
      ['calendar', 'always'],
      ['mtpdSeconds', '2 h'],
      ['rtoSeconds', '60 min'],
      ['rpoSeconds', '0'],
    ];
    await send(`/activities/${made.id}`, fields);
    expect((await asOwner('GET', `/activities/${made.id}`)).approval).to.not.equal(null);
    await send(`/activities/${made.id}`, [...fields, ['owner', 'Ana']]);
    expect((await asOwner('GET', `/activities/${made.id}`)).approval).to.equal(null);
  });

  it('shows the second of two editors what changed, beside what they typed, and loses nothing', async () => {
    const made = await asOwner('POST', inClient('/assets'), { name: 'Serveur', kind: 'server' });
    const version = versionIn(await read(`/assets/${made.id}`));
    await asOwner('PUT', `/assets/${made.id}`, {
      name: 'Serveur',
      kind: 'server',
      owner: 'Quelqu’un d’autre',
    });

    const typed: [string, string][] = [
      ['name', 'Serveur neuf'],
      ['kind', 'server'],
      ['owner', 'Moi'],
      ['location', 'Lille'],
      ['description', 'Deux\r\nlignes'],
    ];
    const refused = await send(`/assets/${made.id}`, [['version', version], ...typed]);
    expect(refused.status).to.equal(409);
    const page = await refused.text();
    for (const text of ['Serveur neuf', 'Moi', 'Lille', 'Deux\r\nlignes'])
      expect(page).to.include(text === typed[4]?.[1] ? `>${text}</textarea>` : `value="${text}"`);
    expect(page).to.include('Quelqu’un d’autre').and.include('Ce qui a changé pendant votre saisie');
    expect((await asOwner('GET', `/assets/${made.id}`)).owner).to.equal('Quelqu’un d’autre');

    const again = await send(`/assets/${made.id}`, [['version', versionIn(page)], ...typed]);
    expect(again.status).to.equal(303);
    expect(await asOwner('GET', `/assets/${made.id}`)).to.include({ owner: 'Moi', label: 'serveur' });
  });

  it('takes one of two changes that come at the same time', async () => {
    const made = await asOwner('POST', inClient('/assets'), { name: 'Partagé', kind: 'server' });
    const version = versionIn(await read(`/assets/${made.id}`));
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, count) =>
        send(`/assets/${made.id}`, [
          ['version', version],
          ['name', `Partagé ${count}`],
          ['kind', 'server'],
        ]),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 409, 409, 409, 409, 409]);
  });

  it('approves only the figures that were read', async () => {
    const made = await asOwner('POST', inClient('/activities'), {
      name: 'Vendre',
      mtpdSeconds: 7200,
      rtoSeconds: 3600,
      rpoSeconds: 0,
    });
    const version = versionIn(await read(`/activities/${made.id}`));
    await asOwner('PUT', `/activities/${made.id}`, {
      name: 'Vendre',
      mtpdSeconds: 86_400,
      rtoSeconds: 72_000,
      rpoSeconds: 0,
    });
    expect((await send(`/activities/${made.id}/approval`, [['version', version]])).status).to.equal(409);
    expect((await asOwner('GET', `/activities/${made.id}`)).approval).to.equal(null);
  });

  it('removes an activity with its needs, and leaves what it was in the trail', async () => {
    const activity = await asOwner('POST', inClient('/activities'), { name: 'Fermer' });
    const asset = await asOwner('POST', inClient('/assets'), { name: 'Caisse', kind: 'equipment' });
    await asOwner('POST', inClient('/dependencies'), {
      from: { kind: 'activity', id: activity.id },
      to: asset.id,
      kind: 'hard',
    });
    await asOwner('POST', inClient('/plans'), { kind: 'bcp', title: 'PCA', activities: [activity.id] });

    const page = await read(`/activities/${activity.id}`);
    const removed = await send(`/activities/${activity.id}/removal`, [['version', versionIn(page)]]);
    expect(removed.headers.get('location')).to.equal(inClient('/activities'));
    for (const list of ['/activities', '/inventory'])
      expect(await read(inClient(list))).to.not.include('>Fermer<');
    expect((await asOwner('GET', inClient('/dependencies'))).items).to.deep.equal([]);
    expect((await trailOf(activity.id))[0]).to.equal('activity.removed by consultant of Acme');
    expect(await read(inClient(''))).to.not.include('>Fermer<');
  });

  it('does not take out an asset that is needed or backed up, and says what to do first', async () => {
    const needed = await asOwner('POST', inClient('/assets'), { name: 'Base', kind: 'data-set' });
    const needing = await asOwner('POST', inClient('/assets'), { name: 'Portail', kind: 'application' });
    await asOwner('POST', inClient('/dependencies'), {
      from: { kind: 'asset', id: needing.id },
      to: needed.id,
      kind: 'data',
    });
    const store = await asOwner('POST', inClient('/stores'), {
      name: 'Ici',
      address: `file://${test.dataDir}/stores/s`,
    });
    const policy = await asOwner('POST', '/backup-policies', {
      asset: needed.id,
      store: store.id,
      source: test.dataDir,
    });
    const retire = () => send(`/assets/${needed.id}/removal`, []);

    const first = await retire();
    expect(first.status).to.equal(409);
    expect(await first.text()).to.include('Base est encore nécessaire');
    const [dependency] = (await asOwner('GET', inClient('/dependencies'))).items;
    await send(`/dependencies/${dependency.id}/removal`, []);
    expect(await (await retire()).text()).to.include('Base est sauvegardé');
    const owner = await signIn(test.acme.emails.owner);
    await send(`/backup-policies/${policy.id}/pause`, [['paused', 'yes']], owner);
    expect((await retire()).status).to.equal(303);

    expect(
      (await asOwner('GET', inClient('/assets'))).items.map(({ name }: { name: string }) => name),
    ).to.not.include('Base');
    expect((await fetch(`${test.url}/assets/${needed.id}`, { headers: { cookie } })).status).to.equal(404);
    const resumed = await send(`/backup-policies/${policy.id}/pause`, [['paused', 'no']], owner);
    expect(resumed.status).to.equal(404);
    for (const path of ['', '/inventory', '/protection', '/restore-tests'])
      expect((await fetch(test.url + inClient(path), { headers: { cookie } })).status, path).to.equal(200);
  });

  it('lets a reader read, and change nothing', async () => {
    const activity = await asOwner('POST', inClient('/activities'), {
      name: 'Lire',
      description: 'Tout haut',
    });
    const page = await read(`/activities/${activity.id}`, reader);
    expect(page).to.include('Tout haut').and.not.include('name="version"');
    const change: [string, string][] = [
      ['name', 'X'],
      ['calendar', 'always'],
    ];
    expect((await send(`/activities/${activity.id}`, change, reader)).status).to.equal(403);
    expect((await send(`/activities/${activity.id}/removal`, [], reader)).status).to.equal(403);
  });

  it('keeps every choice of a refused plan', async () => {
    const [first, second, third] = await Promise.all(
      ['Un', 'Deux', 'Trois'].map((name) => asOwner('POST', inClient('/activities'), { name })),
    );
    const refused = await send(inClient('/plans'), [
      ['kind', 'bcp'],
      ['title', ''],
      ['owner', 'Ana'],
      ['reviewIntervalDays', '90'],
      ['activities', first.id],
      ['activities', third.id],
    ]);
    expect(refused.status).to.equal(422);
    const page = await refused.text();
    expect(page).to.include(`value="${first.id}" selected`).and.include(`value="${third.id}" selected`);
    expect(page).to.not.include(`value="${second.id}" selected`);
    expect(page).to.include('value="Ana"').and.include('value="90"').and.include('value="bcp" selected');
  });

  it('keeps a long plan in the language of accents, which grows on its way', async () => {
    const plan = await asOwner('POST', inClient('/plans'), { kind: 'bcp', title: 'Long' });
    const version = await asOwner('POST', `/plans/${plan.id}/versions`, { start: 'blank' });
    const body = 'é'.repeat(99_000);
    const sent = await send(`/plan-versions/${version.id}/sections/scope`, [
      ['title', 'Périmètre'],
      ['body', body],
      ['edition', '0'],
    ]);
    expect(sent.status).to.equal(303);
  });

  it('sends back the source that was typed, without its password', async () => {
    const owner = await signIn(test.acme.emails.owner);
    const source = 'postgresql://erp:p4ssw0rd@db.example/'; // names no database
    const [asset] = (await asOwner('GET', inClient('/assets'))).items;
    const [store] = (await asOwner('GET', inClient('/stores'))).items;
    const refused = await send(
      inClient('/backup-policies'),
      Object.entries({ asset: asset.id, store: store.id, source, intervalSeconds: '3600' }),
      owner,
    );
    const page = await refused.text();
    expect(refused.status).to.equal(422);
    expect(page).to.include('postgresql://erp@db.example/').and.not.include('p4ssw0rd');
    expect(page).to.include(`value="${asset.id}" selected`);
  });
});
