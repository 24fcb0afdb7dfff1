import { expect } from 'chai';
import { addActivity, NewActivity } from '#/plans/activities.ts';
import { addAsset, NewAsset } from '#/plans/assets.ts';
import { addBackupPolicy } from '#/plans/backup-policies.ts';
import { loadFacts, loadReadinessFacts } from '#/plans/client-facts.ts';
import { createClient, findClient, NewClient } from '#/plans/clients.ts';
import { addDependency } from '#/plans/dependencies.ts';
import { allContradictions } from '#/plans/readiness/all-contradictions.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { addStore } from '#/plans/stores.ts';
import type { Work } from '#/plans/work.ts';
import { clientsPages } from '#/server/routes/clients-pages.ts';
import { inventoryPages } from '#/server/routes/inventory-pages.ts';
import { portfolioPages } from '#/server/routes/portfolio-pages.ts';
import { PASSWORD, startTestService, type TestService } from '../support/service.ts';

const MANY = 120;

describe('many clients, and a client with much', () => {
  let test: TestService;
  let cookie: string;
  before(async () => {
    test = await startTestService();
    cookie = await signIn(test.acme.emails.owner);
    await inAcme(async (work) => {
      for (let count = 0; count < MANY; count++)
        await createClient(work, NewClient.parse({ name: `Client ${String(count).padStart(3, '0')}` }));
    });
  });
  after(() => test[Symbol.asyncDispose]());

  const inAcme = <Thing>(work: (work: Work) => Promise<Thing>) => test.service.inProvider(test.acme.id, work);
  const signIn = async (email: string) => {
    const answer = await fetch(`${test.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: test.url },
      body: new URLSearchParams({ email, password: PASSWORD, next: '/' }),
    });
    return answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
  };
  const read = async (path: string) =>
    (await fetch(test.url + path, { headers: { cookie, 'accept-language': 'fr' } })).text();
  const namesIn = (html: string) =>
    [...html.matchAll(/<th scope="row"><a[^>]*><bdi>([^<]+)/g)].map(([, name]) => name);
  const nextIn = (html: string) =>
    /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=') ?? null;
  const readAll = async (path: string) => {
    const pages: string[] = [];
    for (let next: string | null = path; next !== null; next = nextIn(pages.at(-1) ?? ''))
      pages.push(await read(next));
    return pages;
  };

  /** How many queries a page makes for its data. */
  const queriesOf = async (
    routes: { path: string; method: string; run: (call: never) => Promise<unknown> }[],
    path: string,
  ) => {
    const route = routes.find((one) => one.path === path && one.method === 'get');
    let queries = 0;
    await inAcme((work) => {
      const db = work.db.withPlugin({
        transformQuery: ({ node }) => {
          queries++;
          return node;
        },
        transformResult: async ({ result }) => result,
      });
      const call = { work: { ...work, db }, locale: 'fr', params: { client: test.acme.client }, body: {} };
      const query = { search: '', level: null, activities: 1, assets: 1, dependencies: 1 };
      return route?.run({ ...call, query } as never) ?? Promise.reject(new Error(`No page ${path}`));
    });
    return queries;
  };

  it('come 50 at a time by name, each once', async () => {
    const pages = await readAll('/');
    expect(pages).to.have.length(3);
    expect(namesIn(pages[0] ?? '')).to.have.length(50);
    const names = pages.flatMap(namesIn);
    expect(names).to.have.length(MANY + 2);
    expect(new Set(names).size).to.equal(MANY + 2);
    expect(pages[0]).to.include(`${MANY + 2} clients`);
    expect(pages[1]).to.include('Revenir au début');
  });

  it('are found by a part of the name', async () => {
    expect(namesIn(await read('/?search=CLIENT+11'))).to.have.length(10);
    expect(await read('/?search=zzz')).to.match(/Aucun client ne porte «\szzz\s»/);
  });

  it('are found by their level, and the page says how many it looked at', async () => {
    const pages = await readAll('/?level=0&search=client');
    expect(pages.flatMap(namesIn)).to.have.length(MANY + 1); // «Second client» as well
    const none = await read('/?level=5');
    expect(namesIn(none)).to.deep.equal([]);
    expect(none).to.include('100 clients examinés sur 122').and.include('Aucun des clients examinés');
    expect(nextIn(none)).to.include('level=5');
  });

  it('cost no more queries than a few', async () => {
    const many = await queriesOf(portfolioPages, '/');
    expect(many).to.be.at.most(45); // one for each table that a standing is computed from
  });

  it('is shown in pages, each activity once, with as many queries as when it had little', async () => {
    const { client } = test.acme;
    await inAcme((work) =>
      addActivity(work, client, NewActivity.parse({ name: 'Activité', isPriority: true })),
    );
    const paths = [
      [clientsPages, '/clients/:client'],
      [inventoryPages, '/clients/:client/inventory'],
    ] as const;
    const little = await Promise.all(paths.map(([routes, path]) => queriesOf(routes, path)));
    await inAcme(async (work) => {
      for (let count = 0; count < MANY; count++) {
        const activity = await addActivity(work, client, NewActivity.parse({ name: `Activité ${count}` }));
        const asset = await addAsset(
          work,
          client,
          NewAsset.parse({ name: `Actif ${count}`, kind: 'server' }),
        );
        const from = { kind: 'activity', id: activity.id } as const;
        await addDependency(work, client, { from, to: asset.id, kind: 'hard', note: null });
      }
    });
    expect(await Promise.all(paths.map(([routes, path]) => queriesOf(routes, path)))).to.deep.equal(little);

    const overview = await readAll(`/clients/${client}`);
    const shown = overview.flatMap((page) =>
      [...page.matchAll(/<h3><a[^>]*><bdi>([^<]+)/g)].map(([, name]) => name),
    );
    expect(overview).to.have.length(3);
    expect(shown[0]).to.equal('Activité'); // the priority one
    expect(new Set(shown).size).to.equal(MANY + 1);
    const inventory = await read(`/clients/${client}/inventory?assets=3`);
    expect(inventory).to.include('101 à 120 sur 120');
    const found = namesIn(await read(`/clients/${client}/inventory?search=activite+11`));
    expect(new Set(found).size).to.equal(11); // 11 and 110 to 119, among activities and in dependencies
  });

  it('stands on the same level whether it is read alone or with all others', async () => {
    await inAcme(async (work) => {
      const client = await findClient(work, test.acme.client);
      await proveSome(work, client.id, test.dataDir);
      const [whole, bare] = await Promise.all([
        loadFacts(work, [client]),
        loadReadinessFacts(work, [client]),
      ]).then((loaded) => loaded.map((facts) => facts.get(client.id)));
      if (!whole || !bare) throw new Error('There are no facts.');
      expect(bare.recoveryPoints.length).to.equal(3).and.be.below(whole.recoveryPoints.length);
      const [left, right] = [whole, bare].map((facts) => computeReadiness(facts));
      expect(right?.level).to.equal(left?.level);
      expect(right?.missing).to.deep.equal(left?.missing);
      expect(right && allContradictions(right)).to.deep.equal(left && allContradictions(left));
      expect(left && allContradictions(left)).to.not.deep.equal([]);
    });
  });
});

const NO_KEYS = { accessKeyId: null, secretAccessKey: null };

/** A data set with daily points of which two were tested, the newer one in vain. */
async function proveSome(work: Work, client: string, dataDir: string) {
  const asset = await addAsset(work, client, NewAsset.parse({ name: 'Base', kind: 'data-set' }));
  const activity = await addActivity(
    work,
    client,
    NewActivity.parse({
      name: 'Vendre',
      isPriority: true,
      mtpdSeconds: 86_400,
      rtoSeconds: 3600,
      rpoSeconds: 3600,
    }),
  );
  const from = { kind: 'activity', id: activity.id } as const;
  await addDependency(work, client, { from, to: asset.id, kind: 'hard', note: null });
  const store = await addStore(work, client, {
    name: 'Ici',
    address: `file://${dataDir}/stores/s`,
    isOffsite: false,
    ...NO_KEYS,
  });
  const policy = {
    asset: asset.id,
    store: store.id,
    source: dataDir,
    intervalSeconds: 86_400,
    lockDays: null,
    lockMode: 'compliance' as const,
    isGentle: false,
  };
  await addBackupPolicy(work, policy);
  for (let day = 0; day < 10; day++) {
    const at = new Date(work.now.getTime() - day * 86_400_000 - 1000);
    const { id } = await work.db
      .insertInto('recovery_points')
      .values({
        client_id: client,
        asset_id: asset.id,
        store_id: store.id,
        point: `point-${day}`,
        data_time: at,
        started_at: at,
        ended_at: at,
        files: 1,
        bytes: 1,
        stored_bytes: 1,
        packs: 1,
        torn: day === 0 ? 1 : 0,
        vanished: 0,
        unreadable: 0,
        skipped: 0,
        reservations: '[]',
        head_sha256: 'a'.repeat(64),
        manifest_sha256: 'b'.repeat(64),
        created_at: at,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    if (day !== 3 && day !== 6) continue;
    await work.db
      .insertInto('restore_tests')
      .values({
        client_id: client,
        asset_id: asset.id,
        recovery_point_id: id,
        requested: 'L3',
        reached: day === 3 ? 'L1' : 'L3',
        state: day === 3 ? 'failed' : 'passed',
        asked_by: 'somebody',
        asked_at: at,
        started_at: at,
        finished_at: at,
        seconds: 7200,
        bytes: 1,
        data_age_seconds: 60,
        planted_faults: 3,
        caught: 3,
      })
      .execute();
  }
}
