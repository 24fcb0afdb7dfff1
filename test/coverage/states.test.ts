import { expect } from 'chai';
import type { ClientFacts } from '#/plans/facts.ts';
import {
  ago,
  anActivity,
  anAsset,
  aPlan,
  aReadyClient,
  aRecord,
  aTest,
  DAY,
  HOUR,
  needs,
} from '../readiness/client.ts';
import { clause, coverageOf, withoutRecord, withRecords } from './ask.ts';

const INTEGRITY = '4.2.3';
const RESTORES_AND_ACTIONS = '4.2.6';
const ANALYSIS = '8.2.2#rto';
const PLANS = '4.1.1';
const EXERCISES = '3.5.5';

describe('a clause', () => {
  it('is proven by fresh facts with a record behind them, and names the record', () => {
    expect(clause(aReadyClient(), ANALYSIS)).to.deep.include({
      state: 'proven',
      evidence: ['BIA of billing'],
      reasons: [],
    });
    expect(clause(aReadyClient(), INTEGRITY)).to.deep.include({ state: 'proven', evidence: ['INT of sql'] });
    expect(clause(aReadyClient(), PLANS)).to.deep.include({ state: 'proven', evidence: ['PLN of drp'] });
    expect(clause(aReadyClient(), '4.1.3').state).to.equal('proven');
    expect(clause(aReadyClient(), '12.4.1').state).to.equal('proven');
  });

  it('is only declared when no record stands behind the fact', () => {
    expect(clause(withoutRecord('BIA'), ANALYSIS)).to.deep.include({ state: 'declared', evidence: [] });
    expect(clause(withoutRecord('PLN'), PLANS).keys).to.deep.equal(['coverage.no-hashed-record']);
  });

  it('takes the record of a restore test for its integrity too', () => {
    expect(clause(withoutRecord('INT'), INTEGRITY)).to.deep.include({
      state: 'proven',
      evidence: ['RST of sql'],
    });
  });

  it('is not proven by a record of an earlier test', () => {
    const facts = withoutRecord('RST');
    facts.evidence = facts.evidence.filter(({ code }) => code !== 'INT');
    facts.evidence.push(aRecord('RST', 'asset', 'sql', { at: ago(20 * HOUR) }));

    expect(clause(facts, INTEGRITY).state).to.equal('declared');
  });

  it('is late when the fact or its record is older than its interval', () => {
    const old = aReadyClient({ activities: [anActivity({ approval: { by: 'Bob', at: ago(366 * DAY) } })] });
    const expired = withoutRecord('PLN');
    expired.evidence.push(aRecord('PLN', 'plan', 'drp', { validUntil: ago(HOUR) }));

    expect(clause(old, ANALYSIS)).to.include({ state: 'proven-late' });
    expect(clause(expired, PLANS)).to.include({ state: 'proven-late' });
    expect(clause(aReadyClient({ plans: [aPlan({ reviewIntervalDays: 19 })] }), PLANS).state).to.equal(
      'proven-late',
    );
  });

  it('is partial when some of its evidence is missing', () => {
    expect(clause(aReadyClient(), RESTORES_AND_ACTIONS)).to.include({ state: 'partial' });
    expect(clause(aReadyClient({ activities: [anActivity({ mbco: null })] }), ANALYSIS).state).to.equal(
      'partial',
    );
  });

  it('is partial when it asks for what is not recorded', () => {
    expect(clause(aReadyClient(), '12.1.2.c')).to.include({ state: 'partial' });
    expect(clause(aReadyClient(), '4.2.2.f').keys).to.deep.equal(['coverage.lacks-retention']);
  });

  it('is missing where nothing is held', () => {
    expect(clause(aReadyClient(), EXERCISES)).to.deep.include({
      state: 'missing',
      reasons: [{ key: 'coverage.no-record', params: { code: 'EXE' } }],
    });
  });
});

describe('a restore test', () => {
  const restores = (facts: ClientFacts) => {
    const reasons = clause(facts, '8.3.5').reasons.filter(({ params }) => params.code !== 'SWT');
    return { state: clause(facts, '8.3.5').state, keys: reasons.map(({ key }) => key) };
  };
  const tested = (...restoreTests: ReturnType<typeof aTest>[]) => aReadyClient({ restoreTests });

  it('proves when it rebuilt every data set', () => {
    expect(restores(aReadyClient())).to.deep.equal({ state: 'partial', keys: [] });
  });

  it('shows readability only, below L3', () => {
    expect(restores(tested(aTest('sql', HOUR, { requested: 'L2b', reached: 'L2b' }))).keys).to.deep.equal([
      'coverage.restore-below-level',
    ]);
  });

  it('shows nothing when it is inconclusive, not finished or absent', () => {
    const inconclusive = tested(aTest('sql', HOUR, { state: 'inconclusive', reached: null }));
    const running = tested(aTest('sql', HOUR, { state: 'running', reached: null, finishedAt: null }));

    expect(restores(inconclusive)).to.deep.equal({ state: 'missing', keys: ['coverage.test-inconclusive'] });
    expect(restores(running)).to.deep.equal({ state: 'missing', keys: ['readiness.restore-never-measured'] });
    expect(restores(tested())).to.deep.equal({
      state: 'missing',
      keys: ['readiness.restore-never-measured'],
    });
  });

  it('is needed for each data set of a priority activity', () => {
    const facts = aReadyClient();
    facts.assets.push(anAsset('files', 'data-set'));
    facts.dependencies.push(needs('erp', 'files'));

    expect(restores(facts).keys).to.deep.equal(['readiness.restore-never-measured']);
  });

  it('is late after a year', () => {
    const old = tested(aTest('sql', 366 * DAY));
    old.evidence.push(aRecord('RST', 'asset', 'sql', { id: 'old', at: ago(366 * DAY) }));

    expect(restores(old).keys).to.deep.equal(['readiness.restore-stale']);
  });
});

describe('what is said, not shown', () => {
  it('declares', () => {
    for (const assertedBy of ['person', 'vendor'] as const)
      expect(
        clause(withRecords(aRecord('EXE', 'client', 'clinic', { assertedBy })), EXERCISES),
      ).to.deep.include({
        state: 'declared',
        evidence: ['EXE of clinic'],
      });
  });

  it('is missing once it has expired', () => {
    const expired = aRecord('EXE', 'client', 'clinic', { assertedBy: 'person', validUntil: ago(HOUR) });

    expect(clause(withRecords(expired), EXERCISES)).to.include({ state: 'missing' });
  });

  it('fills in where there are no facts, and proves nothing where there are', () => {
    const vendor = aRecord('INT', 'asset', 'sql', { id: 'vendor', assertedBy: 'vendor' });
    const untested = { ...withRecords(vendor), restoreTests: [] };

    expect(clause(untested, INTEGRITY)).to.include({ state: 'declared' });
    expect(clause({ ...untested, evidence: [] }, INTEGRITY)).to.include({ state: 'missing' });
  });

  it('is all that a document can be, and all that a supplier is', () => {
    const audited = withRecords(aRecord('AUD', 'client', 'clinic'));

    expect(clause(audited, '9.2')).to.deep.include({ state: 'declared' });
    expect(clause(audited, '9.2').keys).to.include('coverage.document-only');
    expect(clause(aReadyClient(), '5.2')).to.include({ state: 'missing' });
    const promised = aReadyClient({
      suppliers: [
        {
          asset: 'vendor',
          contact: 'eve',
          promiseSeconds: HOUR,
          hours: 'always',
          hasExitPlan: true,
          contractUntil: null,
          checkedOn: null,
        },
      ],
    });
    expect(clause(promised, '5.2')).to.include({ state: 'declared' });
  });

  it('has its content judged by a person where the catalogue says so', () => {
    const approved = withRecords(aRecord('GOV', 'client', 'clinic'));

    expect(clause(approved, '5.2.1')).to.deep.include({
      state: 'proven',
      reasons: [{ key: 'coverage.judged-by-person', params: {} }],
    });
  });

  it('counts only for what is still there', () => {
    expect(clause(withRecords(aRecord('EXE', 'asset', 'retired')), EXERCISES).state).to.equal('missing');
  });
});

describe('the sections of a plan', () => {
  it('must not be empty', () => {
    const plan = aPlan();
    const sections = plan.inForce!.sections.map((one) =>
      one.kind === 'scope' ? { ...one, isEmpty: true } : one,
    );
    const facts = aReadyClient({ plans: [{ ...plan, inForce: { ...plan.inForce!, sections } }] });

    expect(clause(facts, '4.1.2.a')).to.deep.include({ state: 'missing' });
    expect(clause(facts, '4.1.2.b').state).to.equal('proven');
    expect(clause(facts, '8.4.4').state).to.equal('partial');
    expect(clause(aReadyClient(), '8.4.4').state).to.equal('proven');
  });
});

describe('what another tool backs up', () => {
  const others = () => {
    const facts = aReadyClient();
    return { ...facts, policies: facts.policies.map((policy) => ({ ...policy, tool: 'restic' })) };
  };

  it('is declared at most in how often, and proven in what of it was restored', () => {
    expect(clause(others(), '4.2.2.a').state).to.equal('partial');
    expect(clause(others(), '4.2.2.a').keys).to.deep.equal(['coverage.policy-of-other-tool']);
    const both = { ...others(), policies: [...others().policies, ...aReadyClient().policies] };
    expect(clause(both, '4.2.2.a').state).to.equal('proven');
  });
});

describe('the shares', () => {
  it('stand apart, and late is not proven', () => {
    for (const { total, provenShare, declaredShare, counts } of coverageOf(aReadyClient()).frameworks) {
      expect(provenShare).to.equal(counts.proven / total);
      expect(declaredShare).to.equal(counts.declared / total);
      expect(provenShare).to.be.greaterThan(0);
    }
  });

  it('are zero for a client of whom nothing is known', () => {
    const nothing = {
      activities: [],
      assets: [],
      dependencies: [],
      plans: [],
      policies: [],
      recoveryPoints: [],
      restoreTests: [],
      evidence: [],
    };
    for (const { total, counts } of coverageOf(aReadyClient(nothing)).frameworks)
      expect(counts.missing).to.equal(total);
  });
});
