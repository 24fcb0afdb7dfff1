/** The fourteen rules: each finds what it is about, and nothing where all is well. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { ContactFacts, StepFacts } from '#/plans/continuity-facts.ts';
import type { ClientFacts, PolicyFacts } from '#/plans/facts.ts';
import { graphOf } from '#/plans/readiness/graph.ts';
import { runRules } from '#/plans/rules/index.ts';
import { reproducible } from '#/plans/rules/reproducible.ts';
import { RULES, type RuleName } from '#/plans/rules/rule.ts';
import { orderConflicts } from '#/plans/rules/runbook-order.ts';
import {
  aContact,
  aFailedTest,
  ago,
  aKey,
  anActivity,
  anAsset,
  aPlan,
  aPoint,
  aReadyClient,
  aRole,
  aScenario,
  aSupplier,
  aTest,
  DAY,
  HOUR,
  needs,
} from './client.ts';

const aWay = (given: Partial<ContactFacts['points'][number]> = {}) => ({
  id: 'mobile',
  kind: 'mobile' as const,
  isOutOfBand: true,
  needsAsset: null,
  verifiedAt: null,
  ...given,
});

/** A client of whom no rule finds anything. */
function aSoundClient(given: Partial<ClientFacts> = {}): ClientFacts {
  const facts = aReadyClient();
  return {
    ...facts,
    assets: facts.assets.map((asset) => ({ ...asset, site: 'hq' })),
    activities: [anActivity({ rpoSeconds: DAY + HOUR })],
    policies: facts.policies.map((policy) => ({
      ...policy,
      store: { ...policy.store, site: 'roubaix', account: 'Amarante' },
    })),
    sites: [
      { id: 'hq', name: 'Head office', kind: 'office' },
      { id: 'roubaix', name: 'Roubaix', kind: 'data-centre' },
    ],
    contacts: ['alice', 'bob', 'carol'].map((id) => aContact(id, { points: [aWay()] })),
    crisisRoles: [aRole('director', ['alice', 'bob']), aRole('it', ['bob', 'alice'])],
    scenarios: [aScenario(['sql'])],
    ...given,
  };
}

const foundBy = (rule: RuleName, facts: ClientFacts) => runRules(facts).filter((one) => one.rule === rule);
/** What a rule finds, as words: severity, what about, and why. */
const told = (rule: RuleName, facts: ClientFacts) =>
  foundBy(rule, facts).map(
    ({ severity, object, reason }) => `${severity} ${object.kind} ${object.name}: ${reason.key}`,
  );

describe('the rules', () => {
  it('find nothing about a client in order', () => {
    expect(runRules(aSoundClient())).to.deep.equal([]);
  });

  it('are the fourteen of the model and those of keys, drills and retention', () => {
    expect(RULES).to.have.length(17);
  });

  it('say at most one thing of a kind about an object, and always what to do', () => {
    const spoilt = aSoundClient({
      policies: [],
      restoreTests: [],
      contacts: [],
      crisisRoles: [aRole('director', [])],
      suppliers: [],
      activities: [anActivity(), anActivity({ id: 'payroll', name: 'Payroll', mtpdSeconds: HOUR })],
    });
    const findings = runRules(spoilt);
    const keys = findings.map(({ object, reason }) => `${reason.key} ${object.kind} ${object.id}`);

    expect(findings.length).to.be.greaterThan(5);
    expect(new Set(keys).size).to.equal(keys.length);
    for (const { reason, remedy } of findings)
      expect(remedy.key, reason.key).to.match(/^(report\.action\.|readiness\.break-)/);
  });

  it('do not depend on the order of the facts', () => {
    const facts = aSoundClient({ policies: [], restoreTests: [], suppliers: [] });
    facts.dependencies.push(needs('host', 'sql'), needs('vendor', 'vendor'));
    const expected = runRules(facts);
    const shuffled = fc.record({
      assets: fc.shuffledSubarray(facts.assets, { minLength: facts.assets.length }),
      dependencies: fc.shuffledSubarray(facts.dependencies, { minLength: facts.dependencies.length }),
      contacts: fc.shuffledSubarray(facts.contacts, { minLength: facts.contacts.length }),
      crisisRoles: fc.shuffledSubarray(facts.crisisRoles, { minLength: facts.crisisRoles.length }),
    });

    expect(expected.length).to.be.greaterThan(3);
    fc.assert(
      fc.property(shuffled, (given) => {
        expect(runRules({ ...facts, ...given })).to.deep.equal(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe('rule 1, objectives', () => {
  const of = (given: Parameters<typeof anActivity>[0]) =>
    told('objectives', aSoundClient({ activities: [anActivity(given)] }));

  it('holds the RTO, and the work after it, against the MTPD', () => {
    expect(of({ rtoSeconds: 2 * DAY })).to.deep.equal([
      'contradiction activity Billing: readiness.rto-not-below-mtpd',
    ]);
    expect(of({ rtoSeconds: 8 * HOUR, wrtSeconds: 41 * HOUR })).to.deep.equal([
      'contradiction activity Billing: rules.work-after-mtpd',
    ]);
    expect(of({ rtoSeconds: 8 * HOUR, wrtSeconds: 40 * HOUR })).to.deep.equal([]);
  });

  it('asks for a reason when the MTPD is not what follows from the impact', () => {
    expect(of({ derivedMtpdSeconds: DAY })).to.deep.equal([
      'contradiction activity Billing: readiness.mtpd-unlike-impacts',
    ]);
    expect(of({ derivedMtpdSeconds: DAY, mtpdReason: 'The contract says so.' })).to.deep.equal([]);
    expect(of({ derivedMtpdSeconds: null })).to.deep.equal([]);
  });
});

describe('rule 2, shared assets', () => {
  it('holds an asset alone against the shortest objective of all that need it', () => {
    const facts = aSoundClient({
      activities: [
        anActivity(),
        anActivity({ id: 'calls', name: 'Calls', rtoSeconds: HOUR, rpoSeconds: null }),
      ],
    });
    facts.dependencies.push(needs('activity:calls', 'sql', 'start-order'));
    expect(told('shared-assets', facts)).to.deep.equal(['contradiction asset sql: rules.asset-over-rto']);

    facts.restoreTests = facts.restoreTests.filter(({ asset }) => asset !== 'sql');
    facts.assets = facts.assets.map((asset) => ({
      ...asset,
      declaredRecoverySeconds: asset.id === 'sql' ? DAY : null,
    }));
    expect(told('shared-assets', facts)).to.deep.equal(['warning asset sql: rules.asset-declared-over-rto']);
  });

  it('lets a stand-in that is not taken be slower', () => {
    const either = { group: { name: 'either', requiredK: 1 } };
    const facts = aSoundClient();
    facts.assets.push(anAsset('spare', 'server'));
    facts.dependencies = [
      ...facts.dependencies.filter(({ to }) => to !== 'host'),
      needs('erp', 'host', 'hard', either),
      needs('erp', 'spare', 'hard', either),
    ];
    facts.restoreTests.push(aTest('spare', DAY, { seconds: 2 * DAY }));
    expect(told('shared-assets', facts)).to.deep.equal([]);

    facts.dependencies.push(needs('sql', 'spare', 'start-order'));
    expect(told('shared-assets', facts)).to.deep.equal(['contradiction asset spare: rules.asset-over-rto']);
  });

  it('holds its proven points against the shortest RPO, through data edges', () => {
    const facts = aSoundClient({ activities: [anActivity({ rpoSeconds: HOUR })] });

    expect(told('shared-assets', facts)).to.deep.equal(['contradiction asset sql: readiness.loss-over-rpo']);
  });
});

describe('rule 3, circles', () => {
  it('names each once', () => {
    const facts = aSoundClient();
    facts.dependencies.push(needs('host', 'sql'));

    expect(told('circles', facts)).to.deep.equal(['contradiction asset host: readiness.dependency-cycle']);
  });
});

describe('rule 4, leaves', () => {
  it('names what a priority activity does not reach', () => {
    const facts = aSoundClient({ dependencies: [needs('activity:billing', 'host')] });

    expect(told('leaves', facts)).to.deep.equal([
      'warning activity Billing: readiness.no-data-set',
      'warning activity Billing: readiness.no-team',
      'warning activity Billing: readiness.no-premises',
      'warning activity Billing: readiness.no-supplier',
    ]);
    expect(told('leaves', { ...facts, activities: [anActivity({ isPriority: false })] })).to.deep.equal([]);
  });
});

const step = (key: string, asset: string | null, after: string[] = []): StepFacts => ({
  key,
  action: `Bring back ${key}`,
  role: null,
  skill: null,
  resource: 'technician',
  p50Seconds: null,
  p90Seconds: null,
  hasSuccessTest: true,
  hasOwner: true,
  asset,
  after: after.map((before) => ({ key: before, lagSeconds: 0 })),
});

describe('rule 5, the order of a runbook', () => {
  const withSteps = (...steps: StepFacts[]) => {
    const plan = aPlan();
    return aSoundClient({ plans: [{ ...plan, inForce: { ...plan.inForce!, steps } }] });
  };
  const conflicts = (facts: ClientFacts, ...steps: StepFacts[]) =>
    orderConflicts(steps, graphOf(facts)).map((one) => `${one.step.key} before ${one.needed.join(', ')}`);

  it('follows what waits for what', () => {
    expect(
      told(
        'runbook-order',
        withSteps(step('host', 'host'), step('sql', 'sql', ['host']), step('erp', 'erp', ['sql'])),
      ),
    ).to.deep.equal([]);

    const [found] = foundBy(
      'runbook-order',
      withSteps(step('host', 'host'), step('sql', 'sql', ['host']), step('erp', 'erp', ['host'])),
    );
    expect(found).to.deep.include({
      severity: 'contradiction',
      object: { kind: 'step', id: 'drp erp', name: 'Bring back erp' },
    });
    expect(found?.reason.params).to.deep.equal({
      plan: 'Recovery plan',
      step: 'Bring back erp',
      asset: 'erp',
      needed: 'sql',
    });
  });

  it('looks through assets that no step brings back', () => {
    const facts = aSoundClient({ dependencies: [needs('erp', 'sql'), needs('sql', 'host')] });

    expect(conflicts(facts, step('erp', 'erp'), step('host', 'host'))).to.deep.equal(['erp before host']);
    expect(conflicts(facts, step('erp', 'erp', ['host']), step('host', 'host'))).to.deep.equal([]);
  });

  it('looks at the last step of each asset, and at all steps before it', () => {
    const facts = aSoundClient({ dependencies: [needs('erp', 'sql')] });
    const steps = [
      step('install', 'erp'),
      step('load', 'sql'),
      step('open', 'sql', ['load']),
      step('start', 'erp', ['install', 'open']),
    ];

    expect(conflicts(facts, ...steps)).to.deep.equal([]);
    expect(conflicts(facts, ...steps.slice(0, 3), step('start', 'erp', ['install', 'load']))).to.deep.equal([
      'start before sql',
    ]);
  });

  it('asks for as many stand-ins as are enough', () => {
    const either = { group: { name: 'either', requiredK: 1 } };
    const facts = aSoundClient({
      dependencies: [needs('erp', 'sql', 'hard', either), needs('erp', 'host', 'hard', either)],
    });

    expect(
      conflicts(facts, step('erp', 'erp', ['sql']), step('sql', 'sql'), step('host', 'host')),
    ).to.deep.equal([]);
    expect(conflicts(facts, step('erp', 'erp'), step('sql', 'sql'), step('host', 'host'))).to.deep.equal([
      'erp before host, sql',
    ]);
    expect(conflicts(facts, step('erp', 'erp'), step('sql', 'sql'))).to.deep.equal([]);
  });

  it('ends in a circle', () => {
    const facts = aSoundClient({ dependencies: [needs('erp', 'sql'), needs('sql', 'erp')] });

    expect(conflicts(facts, step('erp', 'erp'), step('sql', 'sql', ['erp']))).to.deep.equal([
      'erp before sql',
    ]);
  });
});

describe('rule 6, the backup interval', () => {
  it('adds the last run to the interval', () => {
    const slow = aPoint('sql', 12 * HOUR, { dataTime: ago(12 * HOUR), endedAt: ago(12 * HOUR - 2 * HOUR) });

    expect(told('backup-interval', aSoundClient({ recoveryPoints: [slow] }))).to.deep.equal([
      'contradiction asset sql: rules.interval-and-run-over-rpo',
    ]);
  });

  it('tells an interval that is too long by itself, and data that nothing backs up', () => {
    const facts = aSoundClient({ activities: [anActivity({ rpoSeconds: 20 * HOUR })] });
    expect(told('backup-interval', facts)).to.deep.equal([
      'contradiction asset sql: readiness.interval-over-rpo',
    ]);

    const paused = facts.policies.map((policy) => ({ ...policy, isEnabled: false }));
    expect(told('backup-interval', { ...facts, policies: paused })).to.deep.equal([
      'warning asset sql: rules.not-backed-up',
    ]);
  });
});

describe('rule 7, off-site copies', () => {
  const withStore = (given: Partial<PolicyFacts['store']>) => {
    const facts = aSoundClient();
    return told('off-site-copies', {
      ...facts,
      policies: facts.policies.map((policy) => ({ ...policy, store: { ...policy.store, ...given } })),
    });
  };

  it('asks for another site and an account', () => {
    expect(withStore({ isOffsite: false })).to.deep.equal([
      'contradiction asset sql: readiness.copy-not-offsite',
    ]);
    expect(withStore({ site: 'hq' })).to.deep.equal(['contradiction asset sql: rules.offsite-at-same-site']);
    expect(withStore({ site: null })).to.deep.equal(['warning asset sql: rules.offsite-not-shown']);
    expect(withStore({ account: ' ' })).to.deep.equal(['warning asset sql: rules.offsite-not-shown']);
  });
});

describe('rule 17, retention', () => {
  const withRetention = (...kept: PolicyFacts['retention'][]) => {
    const facts = aSoundClient();
    const policies = kept.map((retention, index) => ({ ...facts.policies[0]!, id: `${index}`, retention }));
    return told('retention', { ...facts, policies });
  };

  it('finds points that do not reach back to before damage that is noticed late', () => {
    const tooShort = { reachDays: 14, noticedDays: 30 };
    expect(withRetention(tooShort)).to.deep.equal(['contradiction asset sql: rules.retention-too-short']);
    expect(withRetention({ reachDays: 30, noticedDays: 30 })).to.deep.equal([]);
    expect(withRetention(null), 'everything is kept, or nobody said').to.deep.equal([]);
    expect(withRetention(tooShort, { reachDays: 365, noticedDays: 30 }), 'another keeps more').to.deep.equal(
      [],
    );
  });
});

describe('rule 8, what suppliers promise', () => {
  /** Billing waits for the vendor at any hour, and wants it back within 8 h. */
  const withTerms = (given: Parameters<typeof aSupplier>[1]) => {
    const facts = aSoundClient({ suppliers: [aSupplier('vendor', given)] });
    facts.dependencies.push(needs('erp', 'vendor'));
    return facts;
  };
  const office = [1, 2, 3, 4, 5].map((day) => ({ day, from: '08:00', to: '18:00' }));

  it('adds the longest wait for its hours', () => {
    expect(told('supplier-promises', withTerms({ promiseSeconds: 8 * HOUR }))).to.deep.equal([]);
    const [found] = foundBy('supplier-promises', withTerms({ promiseSeconds: 4 * HOUR, hours: office }));
    expect(found?.reason).to.deep.equal({
      key: 'rules.supplier-over-rto',
      params: { asset: 'vendor', promiseSeconds: 4 * HOUR, waitSeconds: 62 * HOUR, rtoSeconds: 8 * HOUR },
    });
  });

  it('speaks of no wait where there is none', () => {
    const [found] = foundBy('supplier-promises', withTerms({ promiseSeconds: 9 * HOUR }));
    expect(found?.reason).to.deep.equal({
      key: 'rules.promise-over-rto',
      params: { asset: 'vendor', promiseSeconds: 9 * HOUR, rtoSeconds: 8 * HOUR },
    });
  });

  it('waits only while the activity works', () => {
    const facts = withTerms({ promiseSeconds: 4 * HOUR, hours: office });
    const atOffice = {
      ...facts,
      client: { ...facts.client, businessHours: office },
      activities: [anActivity({ calendar: 'business-hours', rpoSeconds: DAY + HOUR })],
    };

    expect(told('supplier-promises', atOffice)).to.deep.equal([]);
  });

  it('tells who promises nothing, is never there, or has no contract any more', () => {
    expect(told('supplier-promises', withTerms({}))).to.deep.equal([
      'warning asset vendor: rules.supplier-promises-nothing',
    ]);
    expect(told('supplier-promises', withTerms({ promiseSeconds: 0, hours: [] }))).to.deep.equal([
      'contradiction asset vendor: rules.supplier-never-there',
    ]);
    expect(
      told('supplier-promises', withTerms({ promiseSeconds: HOUR, contractUntil: '2026-11-21' })),
    ).to.deep.equal(['warning asset vendor: rules.supplier-contract-ended']);
    expect(
      told('supplier-promises', withTerms({ promiseSeconds: HOUR, contractUntil: '2026-11-22' })),
    ).to.deep.equal([]);
  });

  it('counts for what it provides as well', () => {
    const facts = aSoundClient();
    facts.assets = facts.assets.map((asset) =>
      asset.id === 'erp' ? { ...asset, supplier: 'vendor' } : asset,
    );

    expect(told('supplier-promises', facts)).to.deep.equal([
      'warning asset vendor: rules.supplier-promises-nothing',
    ]);
  });
});

describe('rule 9, crisis roles', () => {
  it('asks for a holder and a deputy who are there', () => {
    expect(told('crisis-roles', aSoundClient({ crisisRoles: [aRole('director', [])] }))).to.deep.equal([
      'warning role director: readiness.role-without-holder',
    ]);
    expect(told('crisis-roles', aSoundClient({ crisisRoles: [aRole('director', ['alice'])] }))).to.deep.equal(
      ['warning role director: rules.role-without-deputy'],
    );
    const left = aSoundClient({ crisisRoles: [aRole('director', ['alice', 'bob'])] });
    left.contacts = left.contacts.map((contact) => ({ ...contact, hasLeft: contact.id === 'alice' }));
    expect(told('crisis-roles', left)).to.deep.equal([
      'contradiction role director: rules.role-holder-left',
      'warning role director: rules.role-without-deputy',
    ]);
  });

  it('lets nobody hold more than two of one plan', () => {
    const roles = ['director', 'it', 'press'].map((id) => aRole(id, ['alice', 'bob']));
    expect(told('crisis-roles', aSoundClient({ crisisRoles: roles.slice(0, 2) }))).to.deep.equal([]);
    expect(told('crisis-roles', aSoundClient({ crisisRoles: roles }))).to.deep.equal([
      'warning contact alice: rules.too-many-roles',
    ]);

    const plan = aPlan();
    const node = {
      key: 'a',
      contact: null,
      role: 'it',
      name: 'IT',
      calledBy: null,
      timeoutSeconds: 60,
      fallback: null,
    };
    const calling = { ...plan, inForce: { ...plan.inForce!, callNodes: [node] } };
    expect(told('crisis-roles', aSoundClient({ crisisRoles: roles, plans: [calling] }))).to.deep.equal([]);
  });
});

describe('rule 10, approvals', () => {
  const plan = aPlan();
  const [approval] = plan.inForce!.approvals;
  const approvedBy = (given: Partial<NonNullable<typeof approval>>[]) =>
    told(
      'approvals',
      aSoundClient({
        plans: [
          {
            ...plan,
            inForce: { ...plan.inForce!, approvals: given.map((one) => ({ ...approval!, ...one })) },
          },
        ],
      }),
    );

  it('asks for somebody else than the author, who may, and is still there', () => {
    expect(approvedBy([])).to.deep.equal(['contradiction plan Recovery plan: readiness.plan-not-approved']);
    expect(approvedBy([{ by: 'Alice' }])).to.deep.equal([
      'contradiction plan Recovery plan: readiness.plan-approved-by-author-alone',
    ]);
    expect(approvedBy([{ role: 'technician' }])).to.deep.equal([
      'contradiction plan Recovery plan: rules.approved-without-authority',
    ]);
    expect(approvedBy([{ isGone: true }])).to.deep.equal([
      'warning plan Recovery plan: rules.approvers-gone',
    ]);
    expect(approvedBy([{ isGone: true, role: 'technician' }, { by: 'Carol' }])).to.deep.equal([]);
  });
});

describe('rule 11, the crisis channel', () => {
  const reached = (...points: ContactFacts['points']) => {
    const contacts = [aContact('alice', { points }), aContact('bob', { hasLeft: true, points: [aWay()] })];
    return told(
      'crisis-channel',
      aSoundClient({ contacts, crisisRoles: [aRole('director', ['alice', 'bob'])] }),
    );
  };

  it('asks for one way that what is lost does not take', () => {
    expect(reached(aWay())).to.deep.equal([]);
    expect(reached(aWay({ needsAsset: 'sql' }))).to.deep.equal([
      'contradiction role director: rules.channel-lost',
    ]);
    expect(reached(aWay({ needsAsset: 'erp' }))).to.deep.equal([
      'contradiction role director: rules.channel-lost',
    ]);
    expect(reached(aWay({ needsAsset: 'sql' }), aWay({ needsAsset: 'office' }))).to.deep.equal([]);
    expect(reached()).to.deep.equal(['contradiction role director: rules.channel-lost']);
  });

  it('does not take for safe what nobody said anything of', () => {
    expect(reached(aWay({ isOutOfBand: false }))).to.deep.equal([
      'warning role director: rules.channel-not-said',
    ]);
  });
});

describe('rule 12, recovery deadlocks', () => {
  it('names the easiest way out as the remedy', () => {
    const [found] = foundBy('recovery-deadlocks', aSoundClient({ plans: [aPlan({ keptIn: ['sql'] })] }));

    expect(found).to.deep.include({
      severity: 'contradiction',
      object: { kind: 'asset', id: 'sql', name: 'sql' },
      remedy: { key: 'readiness.break-plan', params: { plan: 'Recovery plan', needed: 'sql' } },
    });
  });
});

describe('rule 13, restore tests', () => {
  it('asks for a full restore of all data of priority activities', () => {
    const facts = aSoundClient();
    const lower = facts.restoreTests.map((test) => ({
      ...test,
      reached: 'L2b' as const,
      requested: 'L2b' as const,
    }));
    expect(told('restore-tests', { ...facts, restoreTests: lower })).to.deep.equal([
      'warning asset sql: readiness.restore-never-measured',
    ]);

    const failed = [...facts.restoreTests, aFailedTest('sql', HOUR)];
    expect(told('restore-tests', { ...facts, restoreTests: failed })).to.deep.equal([
      'contradiction asset sql: readiness.restore-failed',
    ]);
    const old = [aTest('sql', 400 * DAY)];
    expect(told('restore-tests', { ...facts, restoreTests: old })).to.deep.equal([
      'warning asset sql: readiness.restore-stale',
    ]);
  });
});

describe('rule 14, the same from the same', () => {
  it('notices a result that hangs on the order of the facts', () => {
    expect(reproducible(aSoundClient())).to.deep.equal([]);
    expect(reproducible(aSoundClient(), ({ assets }) => ({ first: assets[0]?.id }))[0]).to.deep.include({
      severity: 'contradiction',
      object: { kind: 'client', id: 'clinic', name: 'Clinic' },
      reason: { key: 'rules.not-reproducible', params: {} },
    });
  });
});

describe('rule 15, key possession', () => {
  it('asks for a holder of each key, who opened something with it inside the interval', () => {
    const held = (openedAt: string | null, dueAt: string | null) => ({
      ...aSoundClient(),
      recoveryKeys: [aKey('aa', [{ contact: 'alice', openedAt, dueAt }])],
    });
    expect(told('key-possession', { ...aSoundClient(), recoveryKeys: [aKey('aa', [])] })).to.deep.equal([
      'warning client Clinic: rules.key-without-holder',
    ]);
    expect(told('key-possession', held(ago(DAY), ago(-DAY)))).to.deep.equal([]);
    expect(told('key-possession', held(null, null))).to.deep.equal([
      'warning contact Alice: rules.key-never-opened',
    ]);
    expect(told('key-possession', held(ago(2 * DAY), ago(DAY)))).to.deep.equal([
      'warning contact Alice: rules.key-drill-overdue',
    ]);
  });

  it('asks for the key of who left, and for another holder', () => {
    const gone = { contact: 'alice', openedAt: ago(DAY), dueAt: ago(-DAY), hasLeft: true };
    expect(told('key-possession', { ...aSoundClient(), recoveryKeys: [aKey('aa', [gone])] })).to.deep.equal([
      'warning client Clinic: rules.key-without-holder',
      'warning contact Alice: rules.key-holder-left',
    ]);
  });

  it('names once who is late with two keys', () => {
    const late = { contact: 'alice', openedAt: ago(2 * DAY), dueAt: ago(DAY) };
    const facts = { ...aSoundClient(), recoveryKeys: [aKey('bb', [late]), aKey('aa', [late])] };
    expect(foundBy('key-possession', facts).map(({ reason }) => reason.params)).to.deep.equal([
      { contact: 'Alice', fingerprints: 'aa, bb', dueDate: ago(DAY).slice(0, 10) },
    ]);
  });
});
