import { expect } from 'chai';
import pg from 'pg';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('what happens to plans', () => {
  let test: TestService;
  let consultant: Visitor;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
  });
  after(() => test[Symbol.asyncDispose]());

  const as = async (
    role: 'owner' | 'consultant' | 'client-approver',
    method: string,
    path: string,
    body?: unknown,
  ) => (await test.api(test.acme.tokens[role], method, `/api/v1${path}`, body)).body;
  const api = (method: string, path: string, body?: unknown) => as('owner', method, path, body);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const add = (noun: string, body: object) => api('POST', inClient(`/${noun}`), body);
  const anIncident = (given: object = {}) =>
    add('incidents', {
      title: 'Panne',
      class: 'hardware',
      severity: 'major',
      detectedAt: '2026-01-05T08:00:00Z',
      ...given,
    });
  const aRunningExercise = async (given: object = {}) => {
    const made = await add('exercises', {
      title: 'Sur table',
      kind: 'tabletop',
      plannedOn: '2027-01-15',
      ...given,
    });
    return api('POST', `/exercises/${made.id}/start`);
  };
  /** Runs a statement above every rule, with its triggers off. */
  const damage = async (statement: string, values: unknown[]) => {
    const client = new pg.Client({ connectionString: test.superuserUrl });
    await client.connect();
    try {
      await client.query("set session_replication_role = 'replica'");
      return (await client.query(statement, values)).rowCount;
    } finally {
      await client.end();
    }
  };

  describe('a log', () => {
    const write = (incident: string, text: string, given: object = {}) =>
      api('POST', `/incidents/${incident}/log`, { text, ...given });
    const read = async (incident: string) => (await api('GET', `/incidents/${incident}/log`)).items;
    const check = (incident: string) => api('GET', `/incidents/${incident}/log/verification`);

    it('is one chain, however many write at once', async () => {
      const { id } = await anIncident();
      await Promise.all(Array.from({ length: 8 }, (_, place) => write(id, `Fait ${place}`)));
      const entries = await read(id);
      expect(entries.map(({ seq }: { seq: number }) => seq)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(await check(id)).to.deep.equal({ isIntact: true, entries: 8, at: null, finding: null });
    });

    it('takes what happened before, and nothing that is to come', async () => {
      const { id } = await anIncident();
      await write(id, 'Vu ce matin', { at: '2026-01-05T07:00:00Z' });
      const [entry] = await read(id);
      expect(entry.at).to.equal('2026-01-05T07:00:00.000Z');
      expect(entry.recordedAt > entry.at).to.equal(true);
      expect((await write(id, 'Demain', { at: '2099-01-01T00:00:00Z' })).key).to.equal('log.in-the-future');
    });

    it('is corrected by a new entry that names the old one', async () => {
      const { id } = await anIncident();
      await write(id, 'Deux serveurs');
      expect((await write(id, 'Trois', { kind: 'correction' })).key).to.equal('log.correction-of-what');
      expect((await write(id, 'Trois', { kind: 'correction', corrects: 7 })).key).to.equal(
        'log.no-such-entry',
      );
      await write(id, 'Trois serveurs', { kind: 'correction', corrects: 1 });
      expect((await read(id)).map(({ text }: { text: string }) => text)).to.deep.equal([
        'Deux serveurs',
        'Trois serveurs',
      ]);
    });

    for (const [what, statement, finding] of [
      [
        'changed',
        "update log_entries set text = 'Rien' where incident_id = $1 and seq = 2",
        { at: 2, finding: 'changed' },
      ],
      [
        'removed',
        'delete from log_entries where incident_id = $1 and seq = 2',
        { at: 2, finding: 'missing' },
      ],
      [
        'cut off',
        'delete from log_entries where incident_id = $1 and seq = 3',
        { at: 3, finding: 'missing' },
      ],
      [
        'exchanged',
        'update log_entries set seq = case seq when 1 then 2 else 1 end + 10 where incident_id = $1 and seq < 3',
        { at: 1, finding: 'missing' },
      ],
      [
        'put in',
        `insert into log_entries (provider_id, client_id, incident_id, seq, at, recorded_at, author, kind, text, previous_hash, hash)
           select provider_id, client_id, incident_id, 4, at, recorded_at, author, kind, 'Glissé', hash, hash
           from log_entries where incident_id = $1 and seq = 3`,
        { at: 4, finding: 'changed' },
      ],
    ] as const)
      it(`tells which entry was ${what} behind its back`, async () => {
        const { id } = await anIncident();
        for (const text of ['Un', 'Deux', 'Trois']) await write(id, text);
        expect(await damage(statement, [id])).to.be.greaterThan(0);
        expect(await check(id)).to.include({ isIntact: false, ...finding });
        expect(await consultant.read(`/incidents/${id}`)).to.include('n’est plus telle qu’elle fut écrite');
      });

    it('is written by the client’s approver too, and read by nobody else’s', async () => {
      const { id } = await anIncident();
      await as('client-approver', 'POST', `/incidents/${id}/log`, { text: 'Vu par le client' });
      expect(await read(id)).to.have.length(1);
      const foreign = await test.api(test.other.tokens.owner, 'GET', `/api/v1/incidents/${id}/log`);
      expect(foreign.status).to.equal(404);
    });
  });

  describe('an exercise', () => {
    const ready = {
      participants: [{ name: 'Ana', part: 'player', wasPresent: true }],
      objectives: [{ objective: 'Décider', rating: 'met' }],
      summary: 'Tenu',
    };

    it('ends only when somebody was there, all is rated and a summary says so', async () => {
      for (const [lack, key] of [
        [{ participants: [] }, 'exercise.nobody-present'],
        [{ objectives: [] }, 'exercise.no-objective'],
        [{ objectives: [{ objective: 'Décider' }] }, 'exercise.unrated'],
        [{ summary: null }, 'exercise.no-summary'],
      ] as const) {
        const { id } = await aRunningExercise({ ...ready, ...lack });
        expect((await api('POST', `/exercises/${id}/end`)).key).to.equal(key);
      }
      const { id } = await aRunningExercise(ready);
      expect((await api('POST', `/exercises/${id}/end`)).state).to.equal('done');
    });

    it('stays as it was once it has ended, and its review is due in thirty days', async () => {
      const { id } = await aRunningExercise({ ...ready, title: 'Clos' });
      const ended = await api('POST', `/exercises/${id}/end`);
      expect(
        (
          await api('PUT', `/exercises/${id}`, {
            ...ready,
            title: 'Autre',
            kind: 'full',
            plannedOn: '2027-01-15',
          })
        ).key,
      ).to.equal('exercise.ended');
      const review = (await api('GET', inClient('/reviews'))).items.find(
        ({ of }: { of: { id: string } }) => of.id === id,
      );
      const days = (Date.parse(review.dueOn) - Date.parse(ended.endedAt.slice(0, 10))) / 86_400_000;
      expect([days, review.title, review.isOverdue]).to.deep.equal([30, 'Clos', false]);
    });

    it('is called off with a reason, and then nothing stands for it', async () => {
      const { id } = await aRunningExercise();
      expect((await api('POST', `/exercises/${id}/calling-off`, { reason: ' ' })).status).to.equal(422);
      expect((await api('POST', `/exercises/${id}/calling-off`, { reason: 'Grève' })).state).to.equal(
        'called-off',
      );
      expect((await api('POST', `/exercises/${id}/end`)).key).to.equal('exercise.not-running');
    });
  });

  describe('an incident', () => {
    it('has times that follow each other and do not lie ahead', async () => {
      expect((await anIncident({ restoredAt: '2026-01-05T07:00:00Z' })).key).to.equal('incident.times');
      expect((await anIncident({ occurredAt: '2026-01-05T09:00:00Z' })).key).to.equal('incident.times');
      expect((await anIncident({ detectedAt: '2099-01-05T09:00:00Z' })).key).to.equal('date.in-the-future');
    });

    it('brings the deadline of the data protection authority along when data may be gone', async () => {
      const { reports } = await anIncident({ class: 'cyber' });
      expect(reports).to.deep.equal([
        { to: 'CNIL (RGPD, article 33)', dueAt: '2026-01-08T08:00:00.000Z', doneAt: null },
      ]);
      expect((await anIncident()).reports).to.deep.equal([]);
    });

    it('is closed once it is mended and told of, and then stays', async () => {
      const { id } = await anIncident();
      expect((await api('POST', `/incidents/${id}/closure`)).key).to.equal('incident.not-restored');
      const unmended = { unrestoredReason: 'Service arrêté' };
      expect((await api('POST', `/incidents/${id}/closure`, unmended)).key).to.equal('incident.no-log');
      await api('POST', `/incidents/${id}/log`, { text: 'Arrêté' });
      expect((await api('POST', `/incidents/${id}/closure`, unmended)).closedAt).to.be.a('string');
      expect(await consultant.read(`/incidents/${id}`)).to.match(
        /sans rétablissement<\/dt><dd><bdi[^>]*>Service arrêté</,
      );
      expect(
        (
          await api('PUT', `/incidents/${id}`, {
            title: 'X',
            class: 'other',
            severity: 'minor',
            detectedAt: '2026-01-05T08:00:00Z',
          })
        ).key,
      ).to.equal('incident.closed');
    });
  });

  it('a review is closed when its major lessons have actions, and an action is verified by somebody else', async () => {
    const { id: incident } = await anIncident({ title: 'À revoir', restoredAt: '2026-01-05T10:00:00Z' });
    await api('POST', `/incidents/${incident}/log`, { text: 'Fini' });
    await api('POST', `/incidents/${incident}/closure`);
    const review = (await api('GET', inClient('/reviews'))).items.find(
      ({ of }: { of: { id: string } }) => of.id === incident,
    );
    const close = () => api('POST', `/reviews/${review.id}/closure`);
    expect((await close()).key).to.equal('review.incomplete');
    await api('PUT', `/reviews/${review.id}`, {
      heldOn: '2026-01-20',
      causes: 'Usure',
      whatWorked: 'La cellule',
    });
    const lesson = await add('lessons', { text: 'Contrat trop court', severity: 'major', review: review.id });
    expect((await close()).key).to.equal('review.lessons-without-action');
    const action = await add('corrective-actions', {
      title: 'Étendre le contrat',
      owner: 'Ana',
      dueOn: '2026-01-01',
      lesson: lesson.id,
    });
    expect(action.state).to.equal('overdue');
    expect((await close()).closedAt).to.be.a('string');

    const path = `/corrective-actions/${action.id}`;
    expect((await api('POST', `${path}/verification`, { effect: 'Vu' })).key).to.equal('action.not-done');
    expect((await api('POST', `${path}/completion`)).state).to.equal('done');
    expect((await api('POST', `${path}/verification`, { effect: 'Vu' })).key).to.equal(
      'action.verified-by-doer',
    );
    expect((await as('consultant', 'POST', `${path}/verification`, { effect: 'Essayé' })).state).to.equal(
      'verified',
    );
  });

  it('leads by its pages from what happened to the review, its lessons and what came of them', async () => {
    const read = async (path: string) => (await consultant.read(path)).replaceAll('&#x3D;', '=');
    const { id: asset } = await add('assets', { name: 'Pare-feu usé', kind: 'network' });
    const { id } = await anIncident({
      title: 'Pare-feu muet',
      assets: [asset],
      restoredAt: '2026-01-05T10:00:00Z',
    });
    const path = `/incidents/${id}`;
    expect(await read(path))
      .to.include(`${inClient('/activations/new')}?incident=${id}`)
      .and.include(`<a href="/assets/${asset}"><bdi>Pare-feu usé</bdi></a>`)
      .and.not.include('href="/reviews/');
    await api('POST', `${path}/log`, { text: 'Remplacé' });
    await api('POST', `${path}/closure`);

    const closed = await read(path);
    const [, review] = /href="(\/reviews\/[0-9a-f-]{36})"/.exec(closed) ?? [];
    expect(closed).to.not.include('/activations/new');
    expect(await read(`${path}/edit`), 'its form').to.not.include('name="title"');

    const held = await read(review!);
    expect(held).to.include(`<a href="${path}"><bdi>Pare-feu muet</bdi></a>`);
    const [, writing] = /href="([^"]*\/lessons\/new\?review=[^"]*)"/.exec(held) ?? [];
    expect(await read(writing!)).to.match(/<option value="[^"]*" selected>Pare-feu muet</);
    const lesson = await add('lessons', {
      text: 'Pas de double',
      severity: 'major',
      review: review!.slice(9),
    });
    const found = await read(`/lessons/${lesson.id}`);
    const [, acting] = /href="([^"]*\/corrective-actions\/new\?lesson=[^"]*)"/.exec(found) ?? [];
    expect(await read(acting!)).to.match(/<option value="[^"]*" selected>Pas de double</);
    await add('corrective-actions', {
      title: 'Acheter un double',
      owner: 'Ana',
      dueOn: '2026-01-01',
      lesson: lesson.id,
    });
    expect(await read(`/lessons/${lesson.id}`)).to.match(/Acheter un double[\s\S]*?En retard/);

    await api('PUT', review!, { heldOn: '2026-01-20', causes: 'Usure', whatWorked: 'Rien' });
    expect((await api('POST', `${review}/closure`)).closedAt).to.be.a('string');
    expect(await read(review!)).to.not.include('/lessons/new');
    expect(await read(`/lessons/${lesson.id}`)).to.include(
      `<a href="${review}"><bdi>Pare-feu muet</bdi></a>`,
    );
    expect(await read(inClient('/lessons/new')), 'closed').to.not.include('>Pare-feu muet</option>');
  });

  it('offers a reader nothing to write', async () => {
    const reader = await visit(test, test.acme.emails['client-reader']);
    const { id } = await anIncident({ title: 'Lu' });
    const lesson = await add('lessons', { text: 'Lue', severity: 'minor' });
    expect(await reader.read(`/incidents/${id}`))
      .to.include('Lu')
      .and.not.include('/new');
    expect(await reader.read(`/lessons/${lesson.id}`))
      .to.include('Lue')
      .and.not.include('/new');
  });

  it('tells who did an action that somebody else has to look at it', async () => {
    const owner = await visit(test, test.acme.emails.owner);
    const { id } = await add('corrective-actions', { title: 'Doubler', owner: 'Ana', dueOn: '2027-01-15' });
    const path = `/corrective-actions/${id}`;
    await owner.send(`${path}/completion`, { version: versionIn(await owner.read(path)) });
    expect(await owner.read(path))
      .to.include('une autre personne doit constater')
      .and.not.include('Elle est efficace');
    expect(await consultant.read(path))
      .to.include('Elle est efficace')
      .and.not.include('une autre personne doit constater');
  });

  it('takes an action as proven only when two people, and no token, did and verified it', async () => {
    const owner = await visit(test, test.acme.emails.owner);
    const act = async (who: Visitor, path: string, verb: string, fields: Record<string, string> = {}) => {
      const sent = await who.send(`${path}/${verb}`, { version: versionIn(await who.read(path)), ...fields });
      expect(sent.status, await sent.text()).to.equal(303);
    };
    const assertedOf = async (verify: (path: string) => Promise<unknown>) => {
      const { id } = await add('corrective-actions', { title: 'Prouver', owner: 'Ana', dueOn: '2027-01-15' });
      await act(owner, `/corrective-actions/${id}`, 'completion');
      await verify(`/corrective-actions/${id}`);
      expect((await api('GET', `/corrective-actions/${id}`)).state).to.equal('verified');
      const [row] = await test.service.inProvider(test.acme.id, ({ db }) =>
        db
          .selectFrom('evidence')
          .select('asserted_by')
          .where('code', '=', 'ACT')
          .orderBy('at', 'desc')
          .limit(1)
          .execute(),
      );
      return row?.asserted_by;
    };
    expect(await assertedOf((path) => act(consultant, path, 'verification', { effect: 'Vu' }))).to.equal(
      'system',
    );
    expect(await assertedOf((path) => api('POST', `${path}/verification`, { effect: 'Vu' }))).to.equal(
      'person',
    );
  });

  it('lists the actions that are still owed before those that are settled', async () => {
    const { id: client } = await api('POST', '/clients', { name: 'Débiteur' });
    const owe = async (title: string, dueOn: string) =>
      (await api('POST', `/clients/${client}/corrective-actions`, { title, owner: 'Ana', dueOn })).id;
    const dropped = await owe('Abandonnée', '2026-01-01');
    await owe('Plus tard', '2026-06-01');
    await owe('En retard', '2026-01-15');
    await api('POST', `/corrective-actions/${dropped}/dropping`, { reason: 'Trop cher' });
    const { items } = await api('GET', `/clients/${client}/corrective-actions`);
    expect(items.map(({ title }: { title: string }) => title)).to.deep.equal([
      'En retard',
      'Plus tard',
      'Abandonnée',
    ]);
  });

  describe('a plan put to use', () => {
    const aPlanInForce = async () => {
      const plan = await add('plans', { kind: 'drp', title: 'PRA' });
      const version = await as('consultant', 'POST', `/plans/${plan.id}/versions`, {
        sections: [
          'scope',
          'roles',
          'comms',
          'activation',
          'deactivation',
          'degraded',
          'return',
          'security',
          'resources',
          'recovery-order',
        ].map((kind) => ({ kind, title: kind, body: 'Écrit' })),
      });
      for (const [place, key, after] of [
        [0, 'decider', []],
        [1, 'restaurer', [{ key: 'decider', lagSeconds: 0 }]],
        [2, 'controler', [{ key: 'restaurer', lagSeconds: 0 }]],
      ] as const)
        await damage(
          `insert into runbook_steps (provider_id, client_id, plan_version_id, key, position, action, p50_seconds, p90_seconds, after)
           select provider_id, client_id, id, $2, $3, $2, 600, 900, $4 from plan_versions where id = $1`,
          [version.id, key, place, JSON.stringify(after)],
        );
      await as('consultant', 'POST', `/plan-versions/${version.id}/submission`);
      await consultantApproves(version.id);
      return version.id as string;
    };
    const consultantApproves = async (version: string) => {
      const approver = await visit(test, test.acme.emails['client-approver']);
      await approver.send(`/plan-versions/${version}/approval`, { decision: 'approved' });
    };

    it('measures its steps, in order unless somebody says why not', async () => {
      const planVersion = await aPlanInForce();
      const { id: incident } = await anIncident({ title: 'Sinistre' });
      const started = await add('activations', { incident, planVersion, decidedBy: 'Philippe Garnier' });
      expect(started.steps.map(({ state }: { state: string }) => state)).to.deep.equal([
        'ready',
        'waiting',
        'waiting',
      ]);
      const live = `/activations/${started.id}/live`;
      expect(await consultant.read(live))
        .to.include('À faire maintenant')
        .and.include('decider');

      const press = (key: string, event: string, note = '') => consultant.send(live, { key, event, note });
      expect((await press('restaurer', 'start')).status).to.equal(422);
      expect((await press('restaurer', 'start', 'Décision orale')).status).to.equal(303);
      expect((await press('decider', 'skip')).status).to.equal(422);
      await press('decider', 'skip', 'Décidé hier');
      await press('restaurer', 'done');
      expect((await press('restaurer', 'start')).status).to.equal(409);
      const { steps } = await api('GET', `/activations/${started.id}`);
      expect(steps.map(({ state }: { state: string }) => state)).to.deep.equal(['skipped', 'done', 'ready']);
      expect(steps[1].seconds).to.be.within(0, 60);
      expect(steps[0].seconds).to.equal(null);
    });

    it('is stood down only when no step is under way, and then stays', async () => {
      const planVersion = await aPlanInForce();
      const { id: exercise } = await aRunningExercise({ title: 'Essai du PRA' });
      const { id } = await add('activations', { exercise, planVersion, decidedBy: 'Ana' });
      expect((await add('activations', { exercise, planVersion, decidedBy: 'Ana' })).key).to.equal(
        'activation.running',
      );
      await api('POST', `/activations/${id}/step`, { key: 'decider', event: 'start' });
      expect((await api('POST', `/activations/${id}/stand-down`, { stoodDownBy: 'Ana' })).key).to.equal(
        'activation.steps-open',
      );
      await api('POST', `/activations/${id}/step`, { key: 'decider', event: 'fail', note: 'Personne' });
      expect(
        (await api('POST', `/activations/${id}/stand-down`, { stoodDownBy: 'Ana' })).stoodDownAt,
      ).to.be.a('string');
      expect((await api('POST', `/activations/${id}/step`, { key: 'decider', event: 'start' })).key).to.equal(
        'activation.over',
      );
    });
  });

  it('a service agreement is told beside what was measured', async () => {
    const made = await api('POST', '/clients', { name: 'Mesuré' });
    const agreement = await api('POST', `/clients/${made.id}/service-agreements`, {
      title: 'Forfait',
      monthlyFee: 900,
      responseSeconds: 3600,
      recoverySeconds: 3600,
      backupSuccessPercent: 98,
      validFrom: '2026-01-01',
    });
    await api('POST', `/clients/${made.id}/incidents`, {
      title: 'Panne',
      class: 'network',
      severity: 'minor',
      detectedAt: '2026-02-05T08:00:00Z',
      declaredAt: '2026-02-05T08:30:00Z',
      restoredAt: '2026-02-05T10:30:00Z',
    });
    const page = await consultant.read(`/service-agreements/${agreement.id}`);
    expect(page).to.match(
      /Prise en charge<[\s\S]*?Tenu<[\s\S]*?>1\sh<[\s\S]*?>30\smin<[\s\S]*?Rétablissement<[\s\S]*?Non tenu</,
    );
    expect(page).to.match(/Sauvegardes réussies \(%\)<[\s\S]*?Rien à mesurer encore<[\s\S]*?>98</);
    expect(page).to.match(/900&nbsp;EUR/);
    expect(page).to.include('Rien à mesurer encore');
  });
});
