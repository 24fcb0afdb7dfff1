/** Where the time of an asset comes from: what was measured, what somebody says, and never the one for the other. */
import { expect } from 'chai';
import type { StepFacts, StepRunFacts } from '#/plans/continuity-facts.ts';
import type { ClientFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { median, p90 } from '#/plans/readiness/samples.ts';
import {
  aFailedTest,
  ago,
  anActivity,
  anAsset,
  anExercise,
  aPlan,
  aReadyClient,
  aTest,
  DAY,
  HOUR,
  needs,
} from './client.ts';

const billing = (facts: ClientFacts) => computeReadiness(facts).activities[0]!;
const stepOf = (facts: ClientFacts, asset: string) =>
  billing(facts).effective.path.find((step) => step.asset === asset);

const aStep = (given: Partial<StepFacts> = {}): StepFacts => ({
  key: 'start-erp',
  action: 'Start the ERP',
  role: null,
  skill: null,
  resource: 'technician',
  p50Seconds: null,
  p90Seconds: null,
  hasSuccessTest: true,
  hasOwner: true,
  asset: 'erp',
  after: [],
  ...given,
});

/** The ERP started in an incident a day ago, in three hours. */
const aRun = (given: Partial<StepRunFacts> = {}): StepRunFacts => ({
  plan: 'drp',
  planVersion: 'drp-1',
  key: 'start-erp',
  asset: 'erp',
  state: 'done',
  seconds: 3 * HOUR,
  endedAt: ago(DAY),
  during: { kind: 'incident', id: 'fire' },
  ...given,
});

/** A ready client in whose plan the ERP is started by these steps. */
function planned(steps: StepFacts[], given: Partial<ClientFacts> = {}): ClientFacts {
  const plan = aPlan();
  return aReadyClient({ plans: [{ ...plan, inForce: { ...plan.inForce!, steps } }], ...given });
}
const withoutTestsOf = (asset: string, facts: ClientFacts): ClientFacts => ({
  ...facts,
  restoreTests: facts.restoreTests.filter((test) => test.asset !== asset),
});

describe('the time of an asset', () => {
  it('is the median of its restores, with how many there are and when the last was', () => {
    const facts = withoutTestsOf('erp', aReadyClient());
    facts.restoreTests.push(
      aTest('erp', 3 * DAY, { seconds: 4 * HOUR }),
      aTest('erp', 2 * DAY, { id: 'middle', seconds: 2 * HOUR }),
      aTest('erp', DAY, { seconds: HOUR }),
    );

    expect(stepOf(facts, 'erp')).to.include({
      seconds: 2 * HOUR,
      source: 'restore-test',
      samples: 3,
      measuredAt: ago(DAY),
      restoreTest: 'middle',
      p90Seconds: null,
    });
  });

  it('is that of its runbook steps as they were run, all of them', () => {
    const steps = [aStep(), aStep({ key: 'check-erp' })];
    const runs = [aRun(), aRun({ key: 'check-erp', seconds: HOUR, endedAt: ago(HOUR) })];
    const facts = withoutTestsOf('erp', planned(steps, { stepRuns: runs }));

    expect(stepOf(facts, 'erp')).to.include({
      seconds: 4 * HOUR,
      source: 'step-run',
      samples: 1,
      measuredAt: ago(HOUR),
      restoreTest: null,
    });
    expect(billing(facts).effective.verdict).to.equal('within');
  });

  it('is the slower one of tests and runs', () => {
    expect(stepOf(planned([aStep()], { stepRuns: [aRun()] }), 'erp')).to.include({
      source: 'step-run',
      seconds: 3 * HOUR,
    });
    expect(stepOf(planned([aStep()], { stepRuns: [aRun({ seconds: 60 })] }), 'erp')).to.include({
      source: 'restore-test',
      seconds: HOUR,
    });
  });

  for (const [what, given] of Object.entries({
    'a step that failed': { state: 'failed' },
    'a step that was skipped': { state: 'skipped', seconds: null },
    'a step under way': { state: 'started', endedAt: null, seconds: null },
    'a run of more than a year ago': { endedAt: ago(366 * DAY) },
    'a run that ends in the future': { endedAt: ago(-DAY) },
    'a talk at a table': { during: { kind: 'exercise', id: 'talk' } },
    'an exercise nobody knows': { during: { kind: 'exercise', id: 'unknown' } },
  } as const))
    it(`takes nothing from ${what}`, () => {
      const exercises = [anExercise({ id: 'talk', kind: 'tabletop' })];
      const facts = planned([aStep()], { stepRuns: [aRun(given)], exercises });

      expect(billing(withoutTestsOf('erp', facts)).effective.verdict).to.equal('unmeasured');
    });

  it('takes nothing from a run that left a step of the plan out', () => {
    const facts = planned([aStep(), aStep({ key: 'check-erp' })], { stepRuns: [aRun()] });

    expect(billing(withoutTestsOf('erp', facts)).effective.verdict).to.equal('unmeasured');
  });

  it('counts a run in an exercise that was more than talk', () => {
    const during = { kind: 'exercise' as const, id: 'drill' };
    const facts = planned([aStep()], { stepRuns: [aRun({ during })], exercises: [anExercise()] });

    expect(stepOf(withoutTestsOf('erp', facts), 'erp')?.source).to.equal('step-run');
  });

  it('is void, measured or said, while a failed test stands', () => {
    const facts = planned([aStep({ p50Seconds: HOUR })], { stepRuns: [aRun()] });
    facts.assets = facts.assets.map((asset) => ({
      ...asset,
      declaredRecoverySeconds: asset.id === 'erp' ? HOUR : null,
    }));
    facts.restoreTests.push(aFailedTest('erp', HOUR));

    expect(billing(facts).effective).to.deep.include({
      verdict: 'unmeasured',
      reasons: [
        { key: 'readiness.restore-failed', params: { asset: 'erp', level: 'L3', finishedAt: ago(HOUR) } },
      ],
    });
  });
});

describe('a time that somebody only says', () => {
  /** The ERP was never restored; somebody says it takes three hours. */
  const said = (given: Partial<ClientFacts> = {}) => {
    const facts = withoutTestsOf('erp', aReadyClient(given));
    facts.assets = facts.assets.map((asset) =>
      asset.id === 'erp' ? { ...asset, declaredRecoverySeconds: 3 * HOUR } : asset,
    );
    return facts;
  };

  it('makes the whole time a declared one, and is told as such', () => {
    expect(billing(said()).effective).to.deep.include({
      verdict: 'declared',
      seconds: 6 * HOUR,
      knownSeconds: 3 * HOUR,
      reasons: [
        { key: 'readiness.recovery-declared', params: { asset: 'erp', declaredSeconds: 3 * HOUR } },
        { key: 'readiness.restore-never-measured', params: { asset: 'erp' } },
      ],
    });
    expect(stepOf(said(), 'erp')).to.include({
      source: 'declared',
      seconds: 3 * HOUR,
      samples: 0,
      measuredAt: null,
    });
    expect(billing(said()).effective.binding[0]?.key).to.equal('readiness.longest-step-declared');
  });

  it('is never within, nor late, but said to be', () => {
    expect(billing(said({ activities: [anActivity({ rtoSeconds: null })] })).effective.verdict).to.equal(
      'declared',
    );
    const late = billing(said({ activities: [anActivity({ rtoSeconds: 5 * HOUR })] }));
    expect(late.effective.verdict).to.equal('declared-late');
    expect(late.contradictions).to.deep.equal([
      {
        key: 'readiness.declared-recovery-over-rto',
        params: { activity: 'Billing', declaredSeconds: 6 * HOUR, rtoSeconds: 5 * HOUR },
      },
    ]);
  });

  it('does not hide that what is measured is late already', () => {
    expect(
      billing(said({ activities: [anActivity({ rtoSeconds: 2 * HOUR })] })).contradictions,
    ).to.deep.equal([
      {
        key: 'readiness.known-recovery-over-rto',
        params: { activity: 'Billing', knownSeconds: 3 * HOUR, rtoSeconds: 2 * HOUR },
      },
    ]);
  });

  it('gives way to a measure, however much slower', () => {
    const facts = said();
    facts.restoreTests.push(aTest('erp', DAY, { seconds: 4 * HOUR }));

    expect(billing(facts).effective).to.include({ verdict: 'within', seconds: 7 * HOUR });
  });

  it('comes from a plan in force as well, when it is the longer', () => {
    const facts = withoutTestsOf(
      'erp',
      planned([aStep({ p50Seconds: 2 * HOUR }), aStep({ key: 'b', p50Seconds: HOUR })]),
    );
    expect(billing(facts).effective).to.include({ verdict: 'declared', seconds: 6 * HOUR });

    const gap = withoutTestsOf('erp', planned([aStep({ p50Seconds: 2 * HOUR }), aStep({ key: 'b' })]));
    expect(billing(gap).effective.verdict).to.equal('unmeasured');
  });

  it('counts for people, who decide and notice', () => {
    const facts = aReadyClient();
    facts.assets.push(anAsset('decision', 'person', { declaredRecoverySeconds: HOUR }));
    facts.dependencies.push(needs('host', 'decision'));

    expect(billing(facts).effective).to.include({ verdict: 'declared', seconds: 5 * HOUR });
    expect(billing(facts).effective.path[0]).to.include({
      name: 'decision',
      source: 'declared',
      isRestorable: false,
    });
  });
});

describe('what a few measures say', () => {
  it('is never a time that was not measured: of two in the middle, the slower', () => {
    expect(median([4, 1, 3, 2])).to.equal(3);
    expect(median([5])).to.equal(5);
  });

  it('is no p90 below 22 measures, and then the slowest of them', () => {
    const times = Array.from({ length: 60 }, (_, index) => index + 1);

    expect(p90(times.slice(0, 21))).to.equal(null);
    expect(p90(times.slice(0, 22))).to.equal(22);
    expect(p90([])).to.equal(null);
    // Of 60 draws with 0.9 each, at most 56 succeed with 0.863 and at most 57 with 0.947: so rank 58 is the first.
    expect(p90(times)).to.equal(58);
  });
});
