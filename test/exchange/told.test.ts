import { globSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { expect } from 'chai';
import { sql } from 'kysely';
import { canonical, sha256 } from '#/plans/canonical.ts';
import { foundDemo } from '#/server/demo/found.ts';
import { readOrMakeSecrets } from '#/server/demo/people.ts';
import { writeSmallSources } from '#/server/demo/small-sources.ts';
import { nouns } from '#/server/records/nouns/index.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

// biome-ignore lint/suspicious/noExplicitAny: files and answers are read as anybody would read them
type Any = any;

/** Nouns that go on here as they were written. What of the others is not left was lived, and is told. */
const WRITTEN = [
  'sites',
  'contacts',
  'assets',
  'suppliers',
  'impact-categories',
  'activities',
  'dependencies',
  'scenarios',
  'strategies',
  'crisis-roles',
  'plans',
  'service-agreements',
  'client-frameworks',
];
const LIVED = [
  'exercises',
  'incidents',
  'activations',
  'reviews',
  'lessons',
  'contact-tests',
  'clause-decisions',
  'studies',
];

const GOES_ON_IN_PART = ['corrective-actions', 'plan-versions', 'runbooks', 'call-trees'];

/** The first client of the demo has lived through all there is; another provider takes it over. */
describe('what a client has lived elsewhere', () => {
  let test: TestService;
  let file: Any;
  let taken: Any;
  before(async function () {
    this.timeout(60_000);
    test = await startTestService();
    const secrets = readOrMakeSecrets(`${test.dataDir}/secrets.json`);
    const small = await writeSmallSources(`${test.dataDir}/sources`);
    const sources = { erp: small.maubrey, folder: small.ostrea, ...small };
    const storesFolder = `${test.dataDir}/stores`;
    await mkdir(storesFolder, { recursive: true });
    const { clients } = await test.service.inProvider(secrets.provider, (work) =>
      foundDemo(work, secrets, { sources, storesFolder }),
    );
    file = (await test.api(secrets.apiToken, 'GET', `/api/v1/clients/${clients[0]!.id}/file`)).body;
    taken = await take(file, 'Client repris');
  });
  after(() => test[Symbol.asyncDispose]());

  const ask = (path: string, as: keyof TestService['acme']['tokens'] = 'owner') =>
    test.api(test.acme.tokens[as], 'GET', `/api/v1${path}`);
  const get = async (path: string) => {
    const { status, body } = await ask(path);
    expect(status, path).to.equal(200);
    return body;
  };
  const send = (content: Any, as: string) =>
    test.api(
      test.acme.tokens.owner,
      'POST',
      `/api/v1/client-imports?as=${encodeURIComponent(as)}`,
      JSON.stringify(content),
    );
  async function take(content: Any, as: string) {
    const { status, body } = await send(content, as);
    expect(status, JSON.stringify(body)).to.equal(201);
    return body;
  }
  const handOut = (client: string) => get(`/clients/${client}/file`);
  const leftFor = (body: Any, reason: string) => body.left.filter((one: Any) => one.reason === reason);

  /** The same file after `change`, with the hash that whoever changed it would compute. */
  function changed(change: (content: Any) => void, from = file) {
    const { sha256: _, ...content } = structuredClone(from);
    change(content);
    return { ...content, sha256: sha256(canonical(content)) };
  }

  it('comes whole: what is written goes on, what was lived is told, and the rest is named with its reason', () => {
    for (const path of WRITTEN) expect(taken.taken[path], path).to.equal(file.records[path].length);
    for (const path of LIVED) expect(taken.told[path], path).to.equal(file.records[path].length);
    const versions: Any[] = file.records['plan-versions'];
    expect(versions.some(({ state }) => state === 'superseded')).to.equal(true);
    expect(taken.told['plan-versions']).to.equal(versions.filter(({ state }) => state !== 'draft').length);
    const actions: Any[] = file.records['corrective-actions'];
    expect(taken.taken['corrective-actions'] + taken.told['corrective-actions']).to.equal(actions.length);
    expect(taken.left.map(({ what, reason }: Any) => `${what} ${reason}`)).to.have.members([
      'activities word-there',
      'contacts word-there',
      'dependencies word-there',
      'strategies word-there',
      'suppliers word-there',
      'stores secret',
      'backup-policies secret',
      'exchange.rows.evidence older',
      'exchange.rows.keys secret',
      'exchange.rows.set-up secret',
      'exchange.rows.runs run-there',
      'exchange.rows.trail chained',
    ]);
  });

  it('leaves approvals, confirmations and checks of what goes on here to be given again', async () => {
    const list = async (path: string) => (await get(`/clients/${taken.id}/${path}`)).items;
    expect((await list('activities')).filter(({ approval }: Any) => approval)).to.deep.equal([]);
    expect((await list('dependencies')).filter(({ confirmedAt }: Any) => confirmedAt)).to.deep.equal([]);
    expect((await list('suppliers')).filter(({ checkedOn }: Any) => checkedOn)).to.deep.equal([]);
    expect((await list('strategies')).filter(({ decidedAt }: Any) => decidedAt)).to.deep.equal([]);
    const points = (await list('contacts')).flatMap((contact: Any) => contact.points);
    expect(points.filter(({ verifiedAt }: Any) => verifiedAt)).to.deep.equal([]);
    expect(leftFor(taken, 'word-there').find(({ what }: Any) => what === 'activities').count).to.equal(
      file.records.activities.filter(({ approval }: Any) => approval).length,
    );
  });

  it('is seen beforehand, to the same counts, and nothing is done', async () => {
    const look = (as: string) =>
      test.api(
        test.acme.tokens.owner,
        'POST',
        `/api/v1/client-imports/outlook?as=${as}`,
        JSON.stringify(file),
      );
    const before = await get('/clients');
    const { status, body } = await look('Autre');
    expect(status).to.equal(200);
    const { taken: goesOn, told, left } = taken;
    expect(body).to.deep.equal({ taken: goesOn, told, left });
    expect((await get('/clients')).items.length).to.equal(before.items.length);
    expect((await look('Client repris')).body.key).to.equal('client.name-taken');
  });

  it('is kept word for word', async () => {
    const { items } = await get(`/clients/${taken.id}/told`);
    const incident = file.records.incidents[0];
    const head = items.find(({ origin }: Any) => origin === incident.id);
    expect(head).to.deep.include({ noun: 'incident', title: incident.title, client: taken.id });
    expect(head.told).to.have.length(1);
    expect(head.told[0].sha256).to.equal(file.sha256);
    const { content, parts, here } = await get(`/told/${head.id}`);
    expect(content).to.deep.equal(incident);
    const names = async (path: string) => (await get(`/clients/${taken.id}/${path}`)).items;
    const [activity] = incident.activities;
    expect((await names('activities')).map(({ id }: Any) => id)).to.include(here[activity]);
    expect(parts.log.length).to.equal(
      file.archive.log_entries.filter(({ incident_id }: Any) => incident_id === incident.id).length,
    );
  });

  it('counts for nothing: readiness, coverage and findings are those of the same client without it', async () => {
    const bare = changed(({ records, archive }) => {
      for (const path of Object.keys(taken.told)) if (!GOES_ON_IN_PART.includes(path)) records[path] = [];
      records['corrective-actions'] = records['corrective-actions'].filter(({ state }: Any) =>
        ['open', 'overdue'].includes(state),
      );
      const newest = Map.groupBy<string, Any>(records['plan-versions'], ({ plan }) => plan);
      records['plan-versions'] = [...newest.values()].map((own) => ({
        ...own.toSorted((left, right) => right.number - left.number)[0],
        state: 'draft',
      }));
      archive.log_entries = [];
    });
    const without = await take(bare, 'Client repris sans vécu');
    expect(without.told).to.deep.equal({});
    const judged = async ({ id, name }: Any) => {
      const answers: Any[] = [];
      for (const what of ['readiness', 'coverage', 'findings', 'declarations'])
        answers.push(await get(`/clients/${id}/${what}`));
      return masked(JSON.stringify(answers).replaceAll(name, 'X'));
    };
    const [all, none] = [await judged(taken), await judged(without)];
    expect(all.filter((line) => !none.includes(line))).to.deep.equal([]);
    expect(all).to.deep.equal(none);
    expect(all.length).to.be.greaterThan(200);
  });

  it('is handed on as it was told, and never becomes lived', async () => {
    const first = await handOut(taken.id);
    for (const path of [...LIVED, 'plan-versions'])
      expect(
        first.records[path].filter(({ state }: Any) => path !== 'plan-versions' || state !== 'draft'),
        path,
      ).to.deep.equal([]);
    const again = await take(first, 'Client repris encore');
    const { runbooks: _runbooks, 'call-trees': _calls, ...told } = taken.told;
    expect(again.told).to.deep.equal(told);
    const second = await handOut(again.id);
    const toldIn = ({ archive }: Any) =>
      archive.told_records
        .map(({ noun, origin, content, parts, sha256: hash }: Any) => ({
          noun,
          origin,
          content,
          parts,
          hash,
        }))
        .sort((left: Any, right: Any) => (left.origin < right.origin ? -1 : 1));
    expect(toldIn(second)).to.deep.equal(toldIn(first));
    const { items } = await get(`/clients/${again.id}/told`);
    expect(items[0].told.map((one: Any) => one.sha256)).to.deep.equal([file.sha256, first.sha256]);
    for (const path of WRITTEN) expect(again.taken[path], path).to.equal(taken.taken[path]);
  });

  it('is refused where its hash no longer fits, and said so', async () => {
    const altered = changed(({ records, archive }) => {
      const [first, second] = records['plan-versions'].filter(({ state }: Any) => state !== 'draft');
      first.sections[0].body += ' Et plus.';
      second.approvals[0].sha256 = '0'.repeat(64);
      archive.bia_studies[0].content += ' ';
      archive.log_entries.find(({ incident_id }: Any) => incident_id).text = 'Rien.';
      const { exercise_id } = archive.log_entries.find((entry: Any) => entry.exercise_id);
      const log = archive.log_entries.filter((entry: Any) => entry.exercise_id === exercise_id);
      const last = log.find(({ seq }: Any) => seq === log.length);
      archive.log_entries = archive.log_entries.filter((entry: Any) => entry !== last);
    });
    const { body: refused } = await send(altered, 'Faux');
    expect(leftFor(refused, 'altered').map(({ what, count }: Any) => `${count} ${what}`)).to.have.members([
      '2 plan-versions',
      '1 studies',
      '1 incidents',
      '1 exercises',
    ]);
    expect(refused.told.incidents).to.equal(taken.told.incidents - 1);
    const handedOn = changed(
      ({ archive }) => {
        archive.told_records[0].content.title = 'Autre chose';
        archive.told_records[1].noun = 'site';
        archive.told_records[2].noun = 'nothing';
        archive.told_records[3].content = 'texte';
      },
      await handOut(taken.id),
    );
    const { body } = await send(handedOn, 'Faux récit');
    expect(leftFor(body, 'altered')[0].count).to.equal(1);
    expect(leftFor(body, 'unreadable').reduce((sum: number, { count }: Any) => sum + count, 0)).to.equal(3);
  });

  it('with texts that no database keeps is refused, and nothing breaks', async () => {
    for (const text of ['a\u0000b', 'a\ud800b']) {
      const { status, body } = await send(
        changed(({ records }) => {
          records.lessons[0].text = text;
        }),
        'X',
      );
      expect([status, body.key]).to.deep.equal([422, 'exchange.broken-json']);
    }
  });

  it('stands in its list and on its page under a mark of its own, and wears no colour of proof', async () => {
    const owner = await visit(test, test.acme.emails.owner);
    for (const noun of nouns.filter(({ path }) => LIVED.includes(path) || path === 'plan-versions')) {
      const list = await owner.read(`/clients/${taken.id}/${noun.path}`);
      const section = list.slice(list.indexOf('id="told"'), list.indexOf('</main>'));
      expect(section, noun.path).to.include('Non vécu ici').and.not.include('is-proof');
    }
    const { items } = await get(`/clients/${taken.id}/told`);
    const read = new Set<string>();
    for (const { id, noun, title } of items) {
      if (read.has(noun)) continue;
      read.add(noun);
      const page = await owner.read(`/told/${id}`);
      const main = page.slice(page.indexOf('<main'), page.indexOf('</main>'));
      expect(main, `${noun} ${title}`)
        .to.include('Repris d’un fichier, non vécu ici')
        .and.not.include('is-proof');
      expect(main, noun).to.not.include('<form');
    }
    expect(read.size).to.be.greaterThan(8);
    const incident = items.find(({ noun }: Any) => noun === 'incident');
    const [entry] = (await get(`/told/${incident.id}`)).parts.log;
    expect(await owner.read(`/told/${incident.id}`)).to.include(entry.text.slice(0, 20));
    const [plan] = (await get(`/clients/${taken.id}/plans`)).items;
    expect(await owner.read(`/plans/${plan.id}`)).to.include('Dans ce qui est repris d’un fichier');
    expect(await owner.read(`/clients/${taken.id}/told`)).to.include(file.sha256);
  });

  it('leaves what is still to be done to be done here, with the lesson that it came of', async () => {
    const { items } = await get(`/clients/${taken.id}/corrective-actions`);
    const open: Any[] = file.records['corrective-actions'].filter(({ state }: Any) =>
      ['open', 'overdue'].includes(state),
    );
    expect(items.map(({ title }: Any) => title)).to.have.members(open.map(({ title }) => title));
    const came = items.find(({ toldLesson }: Any) => toldLesson !== null);
    const lesson = await get(`/told/${came.toldLesson}`);
    expect([lesson.noun, came.lesson]).to.deep.equal(['lesson', null]);
    expect(lesson.origin).to.equal(open.find(({ title }) => title === came.title).lesson);
    const owner = await visit(test, test.acme.emails.owner);
    expect(await owner.read(`/corrective-actions/${came.id}`)).to.include(`href="/told/${lesson.id}"`);
    expect(
      (await test.api(test.acme.tokens.owner, 'POST', `/api/v1/corrective-actions/${came.id}/completion`))
        .status,
    ).to.equal(200);
  });

  it('is read by who may see the client, and changed by nobody', async () => {
    const { items } = await get(`/clients/${taken.id}/told`);
    const path = `/told/${items[0].id}`;
    expect((await ask(path, 'auditor')).status).to.equal(200);
    for (const address of [path, `/clients/${taken.id}/told`]) {
      expect((await ask(address, 'client-reader')).status).to.equal(404);
      const foreign = await test.api(test.other.tokens.owner, 'GET', `/api/v1${address}`);
      expect(foreign.status).to.equal(404);
    }
    for (const method of ['PUT', 'DELETE', 'POST'])
      expect((await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, {})).status).to.equal(404);
    for (const statement of [
      sql`update told_records set title = 'X'`,
      sql`delete from told_records`,
      sql`update client_takings set told_name = 'X'`,
    ]) {
      const refused = await test.service
        .inProvider(test.acme.id, ({ db }) => statement.execute(db))
        .catch((error) => String(error));
      expect(refused).to.match(/permission denied/);
    }
  });

  it('is read by no rule: its tables are named where it is kept, handed out and taken away again', () => {
    const naming = globSync('{plans,jobs,server}/**/*.ts').filter((path) =>
      /\b(told_records|client_takings)\b/.test(readFileSync(path, 'utf8')),
    );
    expect(naming).to.have.members([
      'plans/exchange/client-archive.ts',
      'plans/tables.ts',
      'plans/told-records.ts',
      'server/exchange/left-behind.ts',
      'server/exchange/take-client.ts',
      'server/exchange/tell-records.ts',
    ]);
    const using = globSync('plans/**/*.ts').filter((path) =>
      readFileSync(path, 'utf8').includes('/told-records.ts'),
    );
    expect(using).to.have.members(['plans/choices.ts']);
  });
});

/** Without ids, hashes and moments, line by line in an order of its own. */
const masked = (text: string): string[] =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '#')
    .replace(/\b[0-9a-f]{16}\b|[0-9a-f]{64}/g, '#')
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '@')
    .split(/[{}[\]]+,?/)
    .sort();
