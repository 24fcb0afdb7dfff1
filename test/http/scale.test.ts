import { expect } from 'chai';
import { addActivity, NewActivity } from '#/plans/activities.ts';
import { addAsset, NewAsset } from '#/plans/assets.ts';
import { createClient, NewClient } from '#/plans/clients.ts';
import { addDependency, NewDependency } from '#/plans/dependencies.ts';
import { refreshStandings } from '#/plans/standings.ts';
import { addTechnicianPool, NewTechnicianPool } from '#/plans/technician-pools.ts';
import type { Work } from '#/plans/work.ts';
import { clientsPages } from '#/server/routes/clients-pages.ts';
import { contentionPages } from '#/server/routes/contention.ts';
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
    while ((await inAcme(refreshStandings)) > 0); // as the clock has it done
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
    params: object = {},
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
      const call = {
        work: { ...work, db },
        locale: 'fr',
        params: { client: test.acme.client, ...params },
        body: {},
      };
      const query = { search: '', level: null, page: 1, activities: 1, assets: 1, dependencies: 1 };
      return route?.run({ ...call, query } as never) ?? Promise.reject(new Error(`No page ${path}`));
    });
    return queries;
  };

  it('come 50 at a time, each once', async () => {
    const pages = await readAll('/');
    expect(pages).to.have.length(3);
    expect(namesIn(pages[0] ?? '')).to.have.length(50);
    const names = pages.flatMap(namesIn);
    expect(names).to.have.length(MANY + 2);
    expect(new Set(names).size).to.equal(MANY + 2);
    expect(pages[0]).to.include(`1 à 50 sur ${MANY + 2}`);
  });

  it('are found by a part of the name', async () => {
    expect(namesIn(await read('/?search=CLIENT+11'))).to.have.length(10);
    expect(await read('/?search=zzz')).to.match(/Aucun client ne porte «\szzz\s»/);
  });

  it('are found by their level', async () => {
    const pages = await readAll('/?level=0&search=client');
    expect(pages.flatMap(namesIn)).to.have.length(MANY + 1); // «Second client» as well
    const none = await read('/?level=5');
    expect(namesIn(none)).to.deep.equal([]);
    expect(none).to.include('Aucun client n’est à ce niveau');
  });

  it('cost no more queries than a few', async () => {
    const many = await queriesOf(portfolioPages, '/');
    expect(many).to.be.at.most(5);
  });

  it('that count on one pool fail together, 100 at most, with as many queries as ten of them', async () => {
    const { id: key } = await inAcme((work) =>
      addTechnicianPool(work, NewTechnicianPool.parse({ name: 'Équipe', headCount: 2, hours: 'always' })),
    );
    const countOn = (names: string) =>
      inAcme((work) =>
        work.db
          .updateTable('clients')
          .set({ technician_pool_id: key })
          .where('name', 'like', names)
          .execute(),
      );
    const path = '/portfolio/contention/:kind/:key';
    const ask = () => queriesOf(contentionPages, path, { kind: 'pool', key });
    await countOn('Client 00_');
    const few = await ask();
    await countOn('Client %');
    expect(await ask()).to.equal(few);
    expect(await read(`/portfolio/contention/pool/${key}`))
      .to.include(`Calculé pour les 100 clients qui supportent le moins d’attendre, sur ${MANY}`)
      .and.include('Même avec 100 clients à la fois');
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
        await addDependency(work, client, NewDependency.parse({ from, to: asset.id, kind: 'hard' }));
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
});
