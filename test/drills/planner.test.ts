import { expect } from 'chai';
import { planDrill } from '#/plans/drills/plan-drill.ts';
import type { DrillAsked, DrillSetting } from '#/plans/drills/setting.ts';
import type { ClientFacts } from '#/plans/facts.ts';
import {
  aContact,
  ago,
  anAsset,
  aPlan,
  aPoint,
  aReadyClient,
  aRole,
  aScenario,
  aTest,
  DAY,
  HOUR,
  NOW,
  needs,
} from '../readiness/client.ts';

const setting = (facts: Partial<ClientFacts> = {}, given: Partial<DrillSetting> = {}): DrillSetting => {
  const whole = { ...aReadyClient(), ...facts };
  return {
    facts: whole,
    stores: [{ id: 'far', name: 'Far store', site: null, account: null, needs: [] }],
    places: new Map(whole.recoveryPoints.map(({ id }) => [id, { store: 'far', sealedTo: ['aa'] }])),
    stepRoles: new Map([['drp decide', 'lead']]),
    ...given,
  };
};
const asked = (lost: string[], given: Partial<DrillAsked> = {}): DrillAsked => ({
  scenario: aScenario(lost),
  activities: null,
  absent: [],
  lostStores: [],
  compromisedAt: null,
  ...given,
});
const keysOf = (plan: ReturnType<typeof planDrill>) => plan.items.map(({ key }) => key);
const reasonsOf = (plan: ReturnType<typeof planDrill>) =>
  plan.activities.flatMap(({ reasons }) => reasons.map(({ key }) => key));

describe('the plan of a drill', () => {
  it('brings back what is down, after what it needs, from the newest point that was proven', () => {
    const points = [aPoint('sql', 30 * HOUR), aPoint('sql', 12 * HOUR), aPoint('sql', HOUR)];
    const tests = [30, 12].map((hours) =>
      aTest('sql', 2 * DAY, { recoveryPoint: `sql of ${hours * HOUR}`, finishedAt: ago(HOUR / 2) }),
    );
    const plan = planDrill(
      asked(['sql', 'erp']),
      setting({ recoveryPoints: points, restoreTests: [...aReadyClient().restoreTests.slice(1), ...tests] }),
    );
    const [sql, erp] = ['sql', 'erp'].map((id) => plan.items.find(({ asset }) => asset?.id === id)!);
    expect(sql?.point?.id).to.equal(`sql of ${12 * HOUR}`);
    expect(erp?.after).to.deep.equal([sql?.key]);
    expect(erp?.startsAt).to.be.at.least(sql!.endsAt);
    expect(plan.activities).to.have.length(1);
    expect(plan.activities[0]).to.include({ hasPath: true, lossSeconds: 12 * HOUR });
    expect(plan.activities[0]?.expectedSeconds).to.equal(plan.expectedSeconds);
  });

  it('takes nothing that was made after the intrusion, and says so when there is nothing else', () => {
    const since = (hours: number) => ({ compromisedAt: ago(hours * HOUR) });
    expect(planDrill(asked(['sql']), setting()).activities[0]?.hasPath).to.equal(true);
    expect(planDrill(asked(['sql'], since(6)), setting()).activities[0]?.hasPath).to.equal(true);
    const plan = planDrill(asked(['sql'], since(48)), setting());
    expect(plan.activities[0]).to.include({ hasPath: false });
    expect(plan.activities[0]?.reasons).to.deep.equal([
      { key: 'drill.point-after-intrusion', params: { asset: 'sql', compromisedAt: ago(48 * HOUR) } },
    ]);
    expect(keysOf(plan)).to.deep.equal([]);
  });

  it('names who alone holds the key', () => {
    const held = (...contacts: string[]): Partial<ClientFacts> => ({
      contacts: [aContact('marc'), aContact('lise')],
      recoveryKeys: [
        {
          id: 'key',
          fingerprint: 'aa',
          holders: contacts.map((contact) => ({
            id: contact,
            contact,
            name: contact,
            hasLeft: false,
            openedAt: null,
            dueAt: null,
          })),
        },
      ],
    });
    const absent = { absent: ['marc'] };
    expect(planDrill(asked(['sql'], absent), setting(held('marc', 'lise'))).activities[0]?.hasPath).to.equal(
      true,
    );
    const alone = planDrill(asked(['sql'], absent), setting(held('marc')));
    expect(alone.activities[0]?.reasons).to.deep.equal([
      { key: 'drill.key-held-by-absent', params: { asset: 'sql', holders: 'marc' } },
    ]);
    expect(alone.absent).to.deep.equal([{ id: 'marc', name: 'marc' }]);
  });

  it('leaves out stores at a lost site, of a lost account, and of the same account', () => {
    const store = (id: string, given: object) => ({
      id,
      name: id,
      site: null,
      account: null,
      needs: [],
      ...given,
    });
    const within = (stores: ReturnType<typeof store>[]) => setting({}, { stores });
    const fire = aScenario([], {
      effects: [{ on: { kind: 'site', id: 'hq' }, effect: 'lost', durationSeconds: null }],
    });
    const lostHere = { ...fire, effects: [...fire.effects, ...aScenario(['sql']).effects] };
    expect(
      reasonsOf(planDrill(asked([], { scenario: lostHere }), within([store('far', { site: 'hq' })]))),
    ).to.deep.equal(['drill.point-at-lost-site']);
    const accounts = [store('far', { account: 'a' }), store('near', { account: 'a' })];
    const plan = planDrill(asked(['sql'], { lostStores: ['near'] }), within(accounts));
    expect(reasonsOf(plan)).to.deep.equal(['drill.point-in-lost-account']);
    expect(plan.stores.map(({ lostBy }) => lostBy)).to.deep.equal(['account', 'account']);
  });

  it('says that a building or a team does not come back, and takes what stands in for it', () => {
    const office = needs('activity:billing', 'office', 'hard');
    const others = aReadyClient().dependencies.filter(({ to }) => to !== 'office');
    const assets = [...aReadyClient().assets, anAsset('home', 'premises')];
    expect(
      reasonsOf(planDrill(asked(['office']), setting({ dependencies: [...others, office], assets }))),
    ).to.deep.equal(['drill.gone']);
    const group = { name: 'places', requiredK: 1 };
    const dependencies = [
      ...others,
      { ...office, group },
      { ...needs('activity:billing', 'home', 'hard'), group },
    ];
    const plan = planDrill(asked(['office', 'erp']), setting({ dependencies, assets }));
    expect(plan.activities[0]).to.include({ hasPath: true });
    expect(plan.items.map(({ asset }) => asset?.id)).to.not.include('office');
  });

  it('tells the circle when a store waits for what it holds', () => {
    const plan = planDrill(
      asked(['sql']),
      setting({}, { stores: [{ id: 'far', name: 'Far store', site: null, account: null, needs: ['sql'] }] }),
    );
    const [reason] = plan.activities[0]!.reasons;
    expect(reason?.key).to.equal('drill.circle');
    expect(reason?.params.circle).to.include('sql').and.to.include('Far store');
  });

  it('takes an older point when the store of the newest waits for the asset itself', () => {
    const points = [aPoint('sql', 30 * HOUR), aPoint('sql', 12 * HOUR)];
    const tests = points.map(({ id }) => aTest('sql', 2 * DAY, { recoveryPoint: id, finishedAt: ago(HOUR) }));
    const store = (id: string, needed: string[]) => ({
      id,
      name: id,
      site: null,
      account: null,
      needs: needed,
    });
    const plan = planDrill(
      asked(['sql']),
      setting(
        { recoveryPoints: points, restoreTests: tests },
        {
          stores: [store('inside', ['sql']), store('outside', [])],
          places: new Map([
            [points[0]!.id, { store: 'outside', sealedTo: [] }],
            [points[1]!.id, { store: 'inside', sealedTo: [] }],
          ]),
        },
      ),
    );
    expect(plan.items.find(({ kind }) => kind === 'restore')?.point?.id).to.equal(points[0]!.id);
  });

  it('has people decide before machines restore, and asks whoever is there', () => {
    const step = (key: string, given: object = {}) => ({
      key,
      action: key,
      role: null,
      skill: null,
      resource: 'none' as const,
      p50Seconds: 600,
      p90Seconds: null,
      hasSuccessTest: true,
      hasOwner: true,
      asset: null,
      after: [],
      ...given,
    });
    const sound = aPlan();
    const steps = [
      step('decide'),
      step('restore-sql', { asset: 'sql', after: [{ key: 'decide', lagSeconds: 0 }] }),
      step('start-erp', { asset: 'erp', after: [{ key: 'restore-sql', lagSeconds: 0 }] }),
      step('party', { after: [{ key: 'start-erp', lagSeconds: 0 }] }),
    ];
    const plan = planDrill(
      asked(['sql', 'erp'], { absent: ['ana'] }),
      setting({
        plans: [{ ...sound, inForce: { ...sound.inForce!, steps } }],
        contacts: [aContact('ana'), aContact('bob')],
        crisisRoles: [aRole('lead', ['ana', 'bob'])],
      }),
    );
    expect(plan.items.map(({ kind, name }) => [kind, name])).to.deep.equal([
      ['step', 'decide'],
      ['restore', 'sql'],
      ['step', 'start-erp'],
    ]);
    expect(plan.items.map(({ after }) => after.length)).to.deep.equal([0, 1, 1]);
    expect(plan.items[0]).to.deep.include({ role: 'lead', contacts: [{ id: 'bob', name: 'bob' }] });
  });

  it('is the same whatever the order of the facts', () => {
    const facts = aReadyClient();
    const turned = {
      ...facts,
      assets: facts.assets.toReversed(),
      dependencies: facts.dependencies.toReversed(),
    };
    expect(planDrill(asked(['sql', 'host', 'erp']), setting(turned))).to.deep.equal(
      planDrill(asked(['sql', 'host', 'erp']), setting()),
    );
    expect(setting().facts.now).to.equal(NOW);
  });
});
