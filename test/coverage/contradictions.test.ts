import { expect } from 'chai';
import {
  aFailedTest,
  ago,
  anActivity,
  aPlan,
  aPoint,
  aReadyClient,
  aRecord,
  DAY,
  HOUR,
  needs,
} from '../readiness/client.ts';
import { clause, withoutRecord, withRecords } from './ask.ts';

const INTEGRITY = '4.2.3';
const RESTORES_AND_ACTIONS = '4.2.6';
const ANALYSIS = '8.2.2#rto';
const PLANS = '4.1.1';
const EXERCISES = '3.5.5';
const OFFSITE = '4.2.2.c';

describe('a contradicted clause', () => {
  it('is a failed restore', () => {
    const facts = aReadyClient();
    facts.restoreTests.push(aFailedTest('sql', HOUR));

    expect(clause(facts, RESTORES_AND_ACTIONS).state).to.equal('contradicted');
    expect(clause(facts, INTEGRITY).keys).to.deep.equal(['readiness.restore-failed']);
  });

  it('is an RTO that is not below the MTPD', () => {
    const facts = aReadyClient({ activities: [anActivity({ mtpdSeconds: HOUR })] });

    expect(clause(facts, ANALYSIS).state).to.equal('contradicted');
  });

  it('is a plan that its author approved alone, in each of its sections too', () => {
    const plan = aPlan();
    const facts = aReadyClient({ plans: [{ ...plan, inForce: { ...plan.inForce!, createdBy: 'Bob' } }] });

    expect(clause(facts, PLANS).state).to.equal('contradicted');
    expect(clause(facts, '4.1.2.a').state).to.equal('contradicted');
  });

  it('is a circle of dependencies', () => {
    const facts = aReadyClient();
    facts.dependencies.push(needs('host', 'erp'));

    expect(clause(facts, '4.1.3')).to.deep.include({ state: 'contradicted' });
  });

  it('is a copy at the same site', () => {
    const facts = aReadyClient();
    facts.policies[0]!.store.isOffsite = false;

    expect(clause(facts, OFFSITE).state).to.equal('contradicted');
    expect(clause(aReadyClient(), OFFSITE).state).to.equal('declared');
  });

  it('is a schedule slower than the objective', () => {
    const facts = aReadyClient({ activities: [anActivity({ rpoSeconds: DAY - 1 })] });

    expect(clause(aReadyClient(), '4.2.2.a').state).to.equal('proven');
    expect(clause(facts, '4.2.2.a').keys).to.deep.equal(['readiness.interval-over-rpo']);
    expect(clause(facts, '4.2.2.a').state).to.equal('contradicted');
  });

  it('is a gap between runs, or torn files, but not a lack of tests', () => {
    const reservations = { torn: 1, vanished: 0, unreadable: 0, skipped: 0 };
    const gap = aReadyClient({ recoveryPoints: [aPoint('sql', 12 * HOUR), aPoint('sql', 3 * DAY)] });
    const torn = aReadyClient({ recoveryPoints: [aPoint('sql', 12 * HOUR, { reservations })] });

    expect(clause(gap, '4.2.1').keys).to.include('coverage.gap-over-rpo');
    expect(clause(torn, '4.2.1').keys).to.include('readiness.point-with-reservations');
    expect(clause(aReadyClient({ restoreTests: [] }), '4.2.1').state).to.equal('partial');
  });

  it('stands whatever else is proven', () => {
    const failed = aRecord('BRN', 'asset', 'sql', { id: 'failed run', finding: 'contradicts' });
    const facts = withoutRecord('BRN');
    facts.evidence.push(aRecord('BRN', 'asset', 'sql', { at: ago(HOUR) }), failed);

    expect(clause(facts, '4.2.1')).to.include({ state: 'contradicted' });
    expect(clause(facts, '4.2.1').evidence).to.include('failed run');
  });

  it('is taken back by a later record of the service, not by a word', () => {
    const failed = aRecord('EXE', 'client', 'clinic', {
      id: 'failed',
      finding: 'contradicts',
      at: ago(2 * DAY),
    });
    const said = aRecord('EXE', 'client', 'clinic', { id: 'said', assertedBy: 'person', at: ago(DAY) });
    const shown = aRecord('EXE', 'client', 'clinic', { id: 'shown', at: ago(DAY) });

    expect(clause(withRecords(failed, said), EXERCISES).state).to.equal('contradicted');
    expect(clause(withRecords(failed, shown), EXERCISES).state).to.equal('proven');
  });
});
