import { expect } from 'chai';
import type { ClientFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import {
  aContact,
  aFailedTest,
  ago,
  anActivity,
  anAsset,
  anExercise,
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

function standing(facts: ClientFacts) {
  const { level, missing } = computeReadiness(facts);
  return `R${level}, missing ${missing?.key}`;
}

const inForce = aPlan().inForce!;
const without = <Key extends 'assets' | 'dependencies'>(
  facts: ClientFacts,
  key: Key,
  id: string,
): ClientFacts => ({
  ...facts,
  [key]: facts[key].filter((one) => one.id !== id),
});

describe('the ladder', () => {
  it('ends at R5 until exercises are recorded', () => {
    expect(standing(aReadyClient())).to.equal('R5, missing readiness.not-exercised');
  });

  it('has an end, at which nothing is missing', () => {
    expect(standing(aProvenClient())).to.equal('R7, missing undefined');
  });

  for (const [missing, given] of Object.entries({
    'readiness.analysis-not-approved': { approval: null },
    'readiness.no-mtpd': { mtpdSeconds: null },
    'readiness.no-rto': { rtoSeconds: null },
    'readiness.no-rpo': { rpoSeconds: null },
    'readiness.rto-not-below-mtpd': { mtpdSeconds: 8 * HOUR },
  }))
    it(`stays at R0 for ${missing}`, () => {
      expect(standing(aReadyClient({ activities: [anActivity(given)] }))).to.equal(`R0, missing ${missing}`);
    });

  it('takes zero for a legal objective', () => {
    expect(standing(aReadyClient({ activities: [anActivity({ rtoSeconds: 0 })] }))).to.equal(
      'R4, missing readiness.recovery-over-rto',
    );
  });

  for (const [missing, asset] of Object.entries({
    'readiness.no-data-set': 'activity:billing hard erp',
    'readiness.no-team': 'activity:billing human staff',
    'readiness.no-premises': 'activity:billing hard office',
    'readiness.no-supplier': 'erp soft vendor',
  }))
    it(`stays at R1 for ${missing}`, () => {
      expect(standing(without(aReadyClient(), 'dependencies', asset))).to.equal(`R1, missing ${missing}`);
    });

  it('asks for a team that has a deputy', () => {
    const facts = aReadyClient();
    facts.assets = facts.assets.map((asset) => ({ ...asset, deputy: null }));
    expect(standing(facts)).to.equal('R1, missing readiness.team-without-deputy');

    facts.assets.push(anAsset('other staff', 'team'));
    facts.dependencies.push(needs('erp', 'other staff', 'human'));
    expect(standing(facts)).to.match(/^R5/);
  });

  it('takes remote work for premises', () => {
    const facts = without(aReadyClient(), 'dependencies', 'activity:billing hard office');
    facts.assets = facts.assets.map((asset) => ({ ...asset, isRemoteWorkPossible: asset.kind === 'team' }));

    expect(standing(facts)).to.match(/^R5/);
  });

  it('asks for a supplier that somebody looked at in the last year, also one that only provides an asset', () => {
    expect(standing(aReadyClient({ suppliers: [] }))).to.equal('R1, missing readiness.supplier-not-checked');
    const old = aSupplier('vendor', { checkedOn: ago(366 * DAY).slice(0, 10) });
    expect(standing(aReadyClient({ suppliers: [old] }))).to.equal(
      'R1, missing readiness.supplier-not-checked',
    );

    const provided = without(aReadyClient(), 'dependencies', 'erp soft vendor');
    provided.assets = provided.assets.map((asset) =>
      asset.id === 'erp' ? { ...asset, supplier: 'vendor' } : asset,
    );
    expect(standing(provided)).to.match(/^R5/);
  });

  it('stays at R1 while a retained scenario ends in a recovery deadlock', () => {
    const facts = aReadyClient({ plans: [aPlan({ keptIn: ['sql'] })] });
    expect(standing(facts)).to.match(/^R5/);

    facts.scenarios.push(aScenario(['sql']));
    expect(standing(facts)).to.equal('R1, missing readiness.recovery-deadlock');
    facts.scenarios = [aScenario(['sql'], { state: 'proposed' })];
    expect(standing(facts)).to.match(/^R5/);
  });

  it('stays at R1 for a circle, an unknown asset, or no dependencies at all', () => {
    const circle = aReadyClient();
    circle.dependencies.push(needs('host', 'sql'));

    expect(standing(circle)).to.equal('R1, missing readiness.dependency-cycle');
    expect(standing(without(aReadyClient(), 'assets', 'vendor'))).to.equal(
      'R1, missing readiness.unknown-dependency',
    );
    expect(standing(aReadyClient({ dependencies: [] }))).to.equal('R1, missing readiness.no-dependencies');
  });

  for (const [missing, plans] of Object.entries({
    'readiness.no-plan': [aPlan({ activities: [] })],
    'readiness.plan-not-in-force': [aPlan({ inForce: null })],
    'readiness.plan-not-approved': [aPlan({ inForce: { ...inForce, approvals: [] } })],
    'readiness.plan-approved-by-author-alone': [aPlan({ inForce: { ...inForce, createdBy: 'Bob' } })],
    'readiness.plan-review-overdue': [aPlan({ reviewIntervalDays: 19 })],
    'readiness.plan-not-distributed': [aPlan({ inForce: { ...inForce, distributions: [] } })],
  }))
    it(`stays at R2 for ${missing}`, () => {
      expect(standing(aReadyClient({ plans }))).to.equal(`R2, missing ${missing}`);
    });

  it('stays at R2 until whoever holds a role in a crisis was sent the plan', () => {
    const facts = aReadyClient({
      contacts: [aContact('alice'), aContact('bob'), aContact('carol', { hasLeft: true })],
      crisisRoles: [aRole('director', ['alice', 'bob', 'carol'])],
    });

    expect(computeReadiness(facts).missing).to.deep.equal({
      key: 'readiness.plan-not-sent-to',
      params: { plan: 'Recovery plan', version: 1, contact: 'bob' },
    });
    expect(standing({ ...facts, crisisRoles: [aRole('director', ['alice'])] })).to.match(/^R5/);
  });

  it('reaches R3 with one good plan beside a draft', () => {
    const draft = aPlan({ id: 'bcp', title: 'A draft', inForce: null });

    expect(standing(aReadyClient({ plans: [draft, aPlan()] }))).to.match(/^R5/);
  });

  it('stays at R3 until every data set was restored, and after a restore that failed', () => {
    const never = aReadyClient();
    never.restoreTests = never.restoreTests.filter(({ asset }) => asset !== 'sql');
    const failed = aReadyClient();
    failed.restoreTests.push(aFailedTest('sql', HOUR));

    expect(standing(never)).to.equal('R3, missing readiness.restore-never-measured');
    expect(standing(failed)).to.equal('R3, missing readiness.restore-failed');
  });

  it('stays at R3 when the restore is older than the interval', () => {
    const facts = aReadyClient({
      now: ago(-400 * DAY),
      plans: [aPlan({ reviewIntervalDays: 500 })],
      suppliers: [aSupplier('vendor', { checkedOn: ago(-390 * DAY).slice(0, 10) })],
    });

    expect(standing(facts)).to.equal('R3, missing readiness.restore-stale');
  });

  it('stays at R4 while a server was never measured, or data would be lost', () => {
    const never = aReadyClient();
    never.restoreTests = never.restoreTests.filter(({ asset }) => asset !== 'host');
    const lossy = aReadyClient({ activities: [anActivity({ rpoSeconds: HOUR })] });

    expect(standing(never)).to.equal('R4, missing readiness.restore-never-measured');
    expect(standing(lossy)).to.equal('R4, missing readiness.loss-over-rpo');
  });

  it('stays at R4 while a time on the way is only declared, or too few hands make it late', () => {
    const said = aReadyClient();
    said.assets = said.assets.map((asset) => ({
      ...asset,
      declaredRecoverySeconds: asset.kind === 'team' ? HOUR : null,
    }));
    said.dependencies.push(needs('erp', 'staff'));
    expect(standing(said)).to.equal('R4, missing readiness.recovery-declared');

    const busy = aReadyClient({ activities: [anActivity({ rtoSeconds: 4 * HOUR })] });
    busy.assets.push(anAsset('gate', 'network'));
    busy.dependencies.push(needs('erp', 'gate'));
    busy.restoreTests.push(aTest('gate', DAY));
    expect(standing(busy)).to.equal('R4, missing readiness.scheduled-over-rto');
    expect(standing({ ...busy, client: { ...busy.client, technicians: 2 } })).to.match(/^R5/);
  });

  for (const [what, given] of Object.entries({
    'not done': { state: 'running' },
    'without people': { participantsPresent: 0 },
    'without objectives': { objectives: 0, rated: 0 },
    'with an objective that nobody rated': { rated: 1 },
    'of another plan': { plans: ['bcp'] },
    'more than a year ago': { endedAt: ago(366 * DAY) },
    'that ends in the future': { endedAt: ago(-DAY) },
  } as const))
    it(`stays at R5 after an exercise ${what}`, () => {
      const facts = aProvenClient();
      facts.exercises = [anExercise({ ...given, plans: [...('plans' in given ? given.plans : ['drp'])] })];

      expect(standing(facts)).to.equal('R5, missing readiness.not-exercised');
    });

  it('stays at R5 until whoever holds a role was reached when somebody tried last', () => {
    const withTests = (...contactTests: ReturnType<typeof reached>[]) =>
      standing({ ...aProvenClient(), contactTests });
    const missed = { ...reached(DAY), id: 'missed', isReached: false };

    expect(withTests()).to.equal('R5, missing readiness.contact-not-tested');
    expect(withTests(reached(366 * DAY))).to.equal('R5, missing readiness.contact-not-tested');
    expect(withTests(reached(2 * DAY), missed)).to.equal('R5, missing readiness.contact-not-reached');
    expect(withTests(reached(HOUR), missed)).to.match(/^R7/);
  });

  it('stays at R5 without roles, or with one that nobody holds', () => {
    const facts = aProvenClient();

    expect(standing({ ...facts, crisisRoles: [] })).to.equal('R5, missing readiness.no-crisis-role');
    expect(standing({ ...facts, crisisRoles: [aRole('director', [])] })).to.equal(
      'R5, missing readiness.role-without-holder',
    );
  });

  it('asks for those whom the plan calls, where it calls somebody', () => {
    const node = {
      key: 'first',
      role: null,
      name: 'Zoe',
      calledBy: null,
      timeoutSeconds: 60,
      fallback: null,
    };
    const facts = aProvenClient();
    facts.contacts.push(aContact('zoe'));
    facts.plans = facts.plans.map((plan) => ({
      ...plan,
      inForce: { ...plan.inForce!, callNodes: [{ ...node, contact: 'zoe' }] },
    }));

    expect(computeReadiness(facts).missing).to.deep.equal({
      key: 'readiness.contact-not-tested',
      params: { contact: 'zoe', intervalDays: 365 },
    });
  });

  it('stays at R6 when an asset changed after its restore, and a plan after its exercise', () => {
    const changed = aProvenClient();
    changed.assets = changed.assets.map((asset) => ({
      ...asset,
      changedAt: asset.id === 'host' ? ago(HOUR) : asset.changedAt,
    }));
    const replaced = aProvenClient();
    replaced.plans = [aPlan({ inForce: { ...inForce, inForceAt: ago(HOUR) } })];
    const tied = aProvenClient();
    tied.dependencies = tied.dependencies.map((one) => ({ ...one, createdAt: ago(HOUR) }));

    expect(computeReadiness(changed).missing).to.deep.equal({
      key: 'readiness.changed-since-restore',
      params: { asset: 'sql', testedAt: ago(2 * HOUR), changed: 'host', changedAt: ago(HOUR) },
    });
    expect(standing(replaced)).to.equal('R6, missing readiness.changed-since-exercise');
    expect(standing(tied)).to.equal('R6, missing readiness.changed-since-restore');

    replaced.plans.push(aPlan({ id: 'other', title: 'Another plan that was never exercised' }));
    expect(standing(replaced)).to.equal('R6, missing readiness.changed-since-exercise');
  });

  it('stays at R6 with few measures, or slow ones among them', () => {
    const few = aProvenClient();
    few.restoreTests = few.restoreTests.filter(({ id }) => id !== 'erp 3');
    const slow = aProvenClient();
    slow.restoreTests = slow.restoreTests.map((test) => ({
      ...test,
      seconds: test.id === 'erp 3' ? 7 * HOUR : test.seconds,
    }));

    expect(computeReadiness(few).missing).to.deep.equal({
      key: 'readiness.too-few-measures',
      params: { asset: 'erp', samples: 7, needed: 8 },
    });
    expect(computeReadiness(slow).missing).to.deep.equal({
      key: 'readiness.slowest-over-rto',
      params: { activity: 'Billing', slowestSeconds: 9 * HOUR, rtoSeconds: 8 * HOUR },
    });
  });
});

/** A contact test of Alice that reached her. */
const reached = (age: number) => ({
  id: `reached ${age} ago`,
  contact: 'alice',
  at: ago(age),
  isReached: true,
  answerSeconds: 30,
});

/** R7: exercised a day ago, Alice was reached, and every restore was measured eight times. */
function aProvenClient(): ClientFacts {
  const times = Array.from({ length: 8 }, (_, index) => index);
  return aReadyClient({
    contacts: [aContact('alice')],
    crisisRoles: [aRole('director', ['alice'])],
    exercises: [anExercise()],
    contactTests: [reached(DAY)],
    recoveryPoints: times.map((time) => aPoint('sql', (3 + 20 * time) * HOUR)),
    restoreTests: ['sql', 'host', 'erp'].flatMap((asset) =>
      times.map((time) =>
        aTest(asset, (2 + 20 * time) * HOUR, {
          id: `${asset} ${time}`,
          recoveryPoint: `${asset} of ${(3 + 20 * time) * HOUR}`,
        }),
      ),
    ),
  });
}

describe('the level of a client', () => {
  it('is that of its weakest priority activity, never an average', () => {
    const facts = aReadyClient();
    facts.activities.push(
      anActivity({ id: 'payroll', name: 'Payroll', approval: null }),
      anActivity({ id: 'archive', name: 'Archive', approval: null, isPriority: false }),
    );

    expect(computeReadiness(facts)).to.deep.include({
      level: 0,
      weakest: 'payroll',
      missing: { key: 'readiness.analysis-not-approved', params: { activity: 'Payroll' } },
    });
  });

  it('is R0 without a priority activity, however good the others are', () => {
    const facts = aReadyClient({ activities: [anActivity({ isPriority: false })] });

    expect(computeReadiness(facts)).to.deep.include({
      level: 0,
      weakest: null,
      missing: { key: 'readiness.no-priority-activity', params: {} },
    });
  });
});
