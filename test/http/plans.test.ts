import { expect } from 'chai';
import { sql } from 'kysely';
import pg from 'pg';
import { SECTION_KINDS } from '#/plans/facts.ts';
import { putDueVersionsInForce } from '#/plans/plan-decisions.ts';
import { SECTIONS_OF } from '#/plans/plan-sections.ts';
import { NEXT_STATES, PLAN_STATES } from '#/plans/plan-states.ts';
import { readStarter, STARTER_KINDS } from '#/plans/starter-plans.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

const ALL = SECTION_KINDS.map((kind) => ({ kind, title: kind, body: 'Écrit.' }));

describe('plans', () => {
  let test: TestService;
  let consultant: Visitor;
  let owner: Visitor;
  let approver: Visitor;
  let reader: Visitor;
  beforeEach(async () => {
    test = await startTestService();
    [consultant, owner, approver, reader] = await Promise.all([
      visit(test, test.acme.emails.consultant),
      visit(test, test.acme.emails.owner),
      visit(test, test.acme.emails['client-approver']),
      visit(test, test.acme.emails['client-reader']),
    ]);
  });
  afterEach(() => test[Symbol.asyncDispose]());

  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.consultant, method, `/api/v1${path}`, body, headers);
  const ok = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
    const { status, body: answer } = await call(method, path, body, headers);
    expect(status, JSON.stringify(answer)).to.be.within(200, 204);
    return answer;
  };
  const aPlan = (over: object = {}) => ok('POST', inClient('/plans'), { kind: 'bcp', title: 'PCA', ...over });
  const aVersion = async (plan: string, over: object = {}) =>
    ok('POST', `/plans/${plan}/versions`, { sections: ALL, ...over });
  const decide = async (who: Visitor, id: string, fields: Record<string, string>) =>
    who.send(`/plan-versions/${id}/approval`, {
      version: versionIn(await who.read(`/plan-versions/${id}`)),
      ...fields,
    });
  const inForce = async (plan: string, over: object = {}) => {
    const { id } = await aVersion(plan, over);
    await ok('POST', `/plan-versions/${id}/submission`);
    const sent = await decide(approver, id, { decision: 'approved' });
    expect(sent.status, await sent.text()).to.equal(303);
    return id as string;
  };
  /** Above every rule. */
  const damage = async (statement: string) => {
    const client = new pg.Client({ connectionString: test.superuserUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const stateOf = async (id: string) => (await ok('GET', `/plan-versions/${id}`)).state;

  it('are added, changed and listed with what is in force, each kind with its name', async () => {
    const { id: activity } = await ok('POST', inClient('/activities'), { name: 'Vendre' });
    const plan = await aPlan({ kind: 'it-recovery', title: 'Reprise ERP', activities: [activity] });
    const page = await consultant.read(`/plans/${plan.id}/edit`);
    expect(page).to.include(`value="${activity}" selected`).and.not.include('name="kind"');
    const sent = await consultant.send(`/plans/${plan.id}`, {
      version: versionIn(page),
      title: 'Reprise de l’ERP',
      owner: 'Ana',
      reviewIntervalDays: '180',
    });
    expect(sent.status).to.equal(303);
    expect(await ok('GET', `/plans/${plan.id}`)).to.deep.include({
      kind: 'it-recovery',
      title: 'Reprise de l’ERP',
      owner: 'Ana',
      reviewIntervalDays: 180,
      activities: [],
      inForce: null,
    });
    const stale = await consultant.send(`/plans/${plan.id}`, { version: versionIn(page), title: 'Autre' });
    expect(stale.status).to.equal(409);
    expect(await stale.text())
      .to.include('Autre')
      .and.include('Reprise de l’ERP');
    const list = await reader.read(inClient('/plans'));
    expect(list)
      .to.include('Reprise de l’ERP')
      .and.include('Aucune version en vigueur')
      .and.not.include('/plans/new');
  });

  it('start from the texts for an SME in the language of the client, with one button, once', async () => {
    const list = await consultant.read(inClient('/plans'));
    expect(list).to.include('Ajouter les plans à partir des trames');
    for (let time = 0; time < 2; time++) await consultant.send(inClient('/plans/starters'), {});
    const { items } = await ok('GET', inClient('/plans'));
    expect(items.map(({ kind }: { kind: string }) => kind).sort()).to.deep.equal([...STARTER_KINDS].sort());
    const bcp = items.find(({ kind }: { kind: string }) => kind === 'bcp');
    const version = await ok('GET', `/plan-versions/${bcp.inWork.id}`);
    const starter = readStarter('bcp', 'fr');
    expect(version.missing).to.deep.equal([]);
    expect(version.steps).to.have.length(starter.steps.length);
    expect(version.placeholders).to.be.greaterThan(10);
    const page = await consultant.read(`/plan-versions/${version.id}`);
    expect(page)
      .to.include('Pas encore prête pour la relecture')
      .and.include('questions de la trame ouvertes');
    const refused = await call('POST', `/plan-versions/${version.id}/submission`);
    expect([refused.status, refused.body.key]).to.deep.equal([409, 'plan-version.placeholders']);
    expect(refused.body.errors.length).to.be.greaterThan(3);
  });

  it('tell which sections are missing, by kind of plan, and are refused with the list', async () => {
    for (const kind of Object.keys(SECTIONS_OF) as (keyof typeof SECTIONS_OF)[]) {
      const plan = await aPlan({ kind, title: kind });
      const [first, ...rest] = SECTIONS_OF[kind];
      const version = await aVersion(plan.id, {
        start: 'blank',
        sections: [{ kind: first, title: 'X', body: 'X' }],
      });
      expect(version.missing).to.deep.equal(rest);
      const refused = await call('POST', `/plan-versions/${version.id}/submission`);
      expect([refused.status, refused.body.key]).to.deep.equal([409, 'plan-version.sections-missing']);
      expect(refused.body.errors).to.have.length(rest.length);
      const page = await consultant.read(`/plan-versions/${version.id}`);
      for (const missing of rest)
        expect(page).to.include(`href="/plan-versions/${version.id}/sections/${missing}"`);
    }
  });

  it('are written section by section, with thresholds, and shown as they will be read', async () => {
    const plan = await aPlan();
    const { id } = await aVersion(plan.id, { start: 'blank', sections: null });
    const path = `/plan-versions/${id}/sections/activation`;
    const typed = {
      title: 'Déclenchement',
      body: 'Dès que **deux** signes sont là.',
      edition: '0',
      'thresholds.0.sign': 'Caisse arrêtée',
      'thresholds.0.limit': '2 h',
    };
    const preview = await consultant.send(path, { ...typed, preview: 'yes' });
    const shown = await preview.text();
    expect(shown).to.include('<strong>deux</strong>').and.include('Caisse arrêtée');
    expect((await call('GET', path)).status).to.equal(404);

    expect((await consultant.send(path, typed)).headers.get('location')).to.equal(
      `/plan-versions/${id}#section-activation`,
    );
    const section = await ok('GET', path);
    expect(section).to.deep.include({ edition: 1, body: typed.body });
    expect(section.payload.thresholds).to.deep.equal([
      { sign: 'Caisse arrêtée', limit: '2 h', decidedBy: null },
    ]);
    const page = await consultant.read(`/plan-versions/${id}`);
    expect(page).to.include('<strong>deux</strong>').and.include('Caisse arrêtée').and.include('2 h');
    const wrong = await call('PUT', path, { ...section, payload: { channels: [] }, edition: 1 });
    expect([wrong.status, wrong.body.key]).to.deep.equal([422, 'http.invalid']);
  });

  it('hold both texts when two write one section at once, and lose neither', async () => {
    const plan = await aPlan();
    const { id } = await aVersion(plan.id);
    const path = `/plan-versions/${id}/sections/scope`;
    await ok('PUT', path, { title: 'Périmètre', body: 'Le siège.', edition: 1 });
    const mine = { title: 'Périmètre', body: 'L’entrepôt <b>nord</b>.', edition: 1 };
    const refused = await call('PUT', path, mine);
    expect(refused.status).to.equal(409);
    expect(refused.body).to.deep.include({ key: 'plan-section.changed-meanwhile' });
    expect(refused.body.current).to.deep.include({ body: 'Le siège.', edition: 2 });
    expect(refused.body.sent).to.deep.include({ body: mine.body });

    const sent = await owner.send(path, { ...mine, edition: '1' });
    expect(sent.status).to.equal(409);
    const page = await sent.text();
    expect(page).to.include('Le siège.').and.include('L’entrepôt &lt;b&gt;nord&lt;/b&gt;.');
    const edition = /name="edition" value="(\d+)"/.exec(page)?.[1] ?? '';
    expect((await owner.send(path, { ...mine, edition })).status).to.equal(303);
    expect(await ok('GET', path)).to.deep.include({ body: mine.body, edition: 3 });
  });

  it('are frozen with their hash, in force once somebody else approves, and superseded by the next', async () => {
    const plan = await aPlan();
    const first = await inForce(plan.id);
    const version = await ok('GET', `/plan-versions/${first}`);
    expect(version).to.deep.include({ state: 'in-force', supersedes: null });
    expect(await ok('GET', `/plan-versions/${first}/content`)).to.deep.include({
      sha256: version.sha256,
      isIntact: true,
    });
    expect(
      (await call('PUT', `/plan-versions/${first}/sections/scope`, { title: 'X', body: 'X', edition: 1 }))
        .body.key,
    ).to.equal('plan-version.frozen');

    const silent = await aVersion(plan.id);
    expect(silent.number).to.equal(2);
    const refused = await call('POST', `/plan-versions/${silent.id}/submission`);
    expect([refused.status, refused.body.key]).to.deep.equal([409, 'plan-version.no-summary']);
    await ok('PUT', `/plan-versions/${silent.id}`, { changeSummary: 'Nouvel entrepôt' });
    await ok('POST', `/plan-versions/${silent.id}/submission`);
    await decide(approver, silent.id, { decision: 'approved' });
    expect([await stateOf(first), await stateOf(silent.id)]).to.deep.equal(['superseded', 'in-force']);
    expect((await ok('GET', `/plan-versions/${silent.id}`)).supersedes).to.equal(first);
  });

  it('say so, loudly, when what was frozen is no longer what stands there', async () => {
    const plan = await aPlan();
    const id = await inForce(plan.id);
    expect(await reader.read(`/plan-versions/${id}`)).to.include('Empreinte recalculée à l’instant');
    await damage(`alter table plan_sections disable trigger all`);
    await damage(
      `update plan_sections set body = 'Autre' where plan_version_id = '${id}' and kind = 'scope'`,
    );
    expect((await ok('GET', `/plan-versions/${id}/content`)).isIntact).to.equal(false);
    expect(await reader.read(`/plan-versions/${id}`)).to.include('L’EMPREINTE NE CORRESPOND PLUS');
  });

  it('wait for their day, where the client is, and come into force by the clock', async () => {
    const plan = await aPlan();
    const inTenDays = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
    const id = await inForce(plan.id, { effectiveOn: inTenDays });
    expect(await stateOf(id)).to.equal('approved');
    const tick = (days: number) =>
      test.service.inProvider(test.acme.id, (work) =>
        putDueVersionsInForce({ ...work, now: new Date(Date.now() + days * 86_400_000) }),
      );
    await tick(8);
    expect(await stateOf(id)).to.equal('approved');
    await tick(11);
    expect(await stateOf(id)).to.equal('in-force');
  });

  it('are decided on by somebody with authority, who did not write them', async () => {
    const plan = await aPlan();
    const { id } = await aVersion(plan.id);
    await ok('POST', `/plan-versions/${id}/submission`);
    expect((await decide(reader, id, { decision: 'approved' })).status).to.equal(403);
    const contact = await ok('POST', inClient('/contacts'), {
      name: 'Philippe Garnier',
      person: await personOf('owner'),
    });
    await ok('POST', inClient('/crisis-roles'), {
      name: 'Directeur de crise',
      cell: 'decision',
      mayApprove: true,
      holders: [{ contact: contact.id }],
    });
    const page = await approver.read(`/plan-versions/${id}`);
    expect(page).to.include('Philippe Garnier (Directeur de crise)');
    const refused = await decide(approver, id, { decision: 'approved' });
    expect(refused.status).to.equal(403);
    expect(await refused.text()).to.include('Seul le titulaire');
    const sentBack = await decide(owner, id, { decision: 'refused' });
    expect(sentBack.status).to.equal(422);
    expect((await decide(owner, id, { decision: 'refused', comment: 'Et l’entrepôt ?' })).status).to.equal(
      303,
    );
    const { inWork } = await ok('GET', `/plans/${plan.id}`);
    expect(inWork).to.deep.include({ number: 2, state: 'draft' });
    expect(await ok('GET', `/plan-versions/${id}`)).to.deep.include({
      state: 'withdrawn',
      withdrawnReason: 'Et l’entrepôt ?',
    });
  });

  it('go from no state to one that does not follow it, whoever writes', async () => {
    const plan = await aPlan();
    const id = await inForce(plan.id);
    const tried: string[] = [];
    for (const from of PLAN_STATES)
      for (const to of PLAN_STATES) {
        if (from === to) continue;
        await damage(`alter table plan_versions disable trigger course`);
        await damage(`update plan_versions set state = '${from}', withdrawn_reason = 'x' where id = '${id}'`);
        await damage(`alter table plan_versions enable trigger course`);
        const isLet = await damage(`update plan_versions set state = '${to}' where id = '${id}'`).then(
          () => true,
          () => false,
        );
        expect(isLet, `${from} → ${to}`).to.equal(NEXT_STATES[from].includes(to));
        tried.push(`${from} ${to}`);
      }
    expect(tried).to.have.length(30);
  });

  it('refuse at each state what does not lead from it, in words', async () => {
    const plan = await aPlan();
    const id = await inForce(plan.id);
    for (const [path, key] of [
      ['submission', 'plan-version.is-in-force'],
      ['starter', 'plan-version.frozen'],
    ])
      expect((await call('POST', `/plan-versions/${id}/${path}`)).body.key).to.equal(key);
    const mute = await call('POST', `/plan-versions/${id}/withdrawal`, { reason: ' ' });
    expect(mute.status).to.equal(422);
    const withdrawn = await ok('POST', `/plan-versions/${id}/withdrawal`, { reason: 'Site vendu' });
    expect(withdrawn).to.deep.include({ state: 'withdrawn', withdrawnReason: 'Site vendu' });
    expect((await ok('GET', `/plans/${plan.id}`)).inForce).to.equal(null);
    expect((await call('POST', `/plan-versions/${id}/withdrawal`, { reason: 'Encore' })).body.key).to.equal(
      'plan-version.is-withdrawn',
    );
  });

  it('say what changed since they were tried, on the list and on the page', async () => {
    const plan = await aPlan({ title: 'PRA', kind: 'drp' });
    const id = await inForce(plan.id);
    const flagged = await ok('GET', `/plans/${plan.id}`);
    expect(flagged.flags).to.deep.include({ needsReverification: true, isReviewOverdue: false });
    expect(await consultant.read(`/plan-versions/${id}`)).to.include('jamais été exercé avec succès');
  });

  const personOf = async (role: 'owner'): Promise<string> => {
    const { rows } = await test.service.inProvider(test.acme.id, ({ db }) =>
      sql<{ id: string }>`select id from people where email = ${test.acme.emails[role]}`.execute(db),
    );
    return rows[0]!.id;
  };
});
