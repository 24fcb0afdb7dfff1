/** KEY: a key counts as recoverable once each holder opened something with it, and for as long as the client said. */
import { expect } from 'chai';
import { computeCoverage } from '#/plans/coverage/compute-coverage.ts';
import type { ClientFacts, EvidenceFacts, RecoveryKeyFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { ago, aKey, aReadyClient, aRecord, DAY } from '../readiness/client.ts';

const FRAMEWORK = 'ANSSI-BP-100';

describe('a clause that asks for keys', () => {
  const opened = (contact: string, days = 1) => ({
    contact,
    openedAt: ago(days * DAY),
    dueAt: ago((days - 180) * DAY),
  });
  const never = (contact: string) => ({ contact, openedAt: null, dueAt: null });
  const record = (contact: string, days = 1, given: Partial<EvidenceFacts> = {}) =>
    aRecord('KEY', 'key-holder', `${contact} with aa`, {
      at: ago(days * DAY),
      validUntil: ago((days - 180) * DAY),
      ...given,
    });
  const keyClause = (recoveryKeys: RecoveryKeyFacts[], ...evidence: EvidenceFacts[]) => {
    const facts: ClientFacts = aReadyClient({ recoveryKeys });
    facts.evidence.push(...evidence);
    const { frameworks } = computeCoverage(facts, computeReadiness(facts), {
      frameworks: [FRAMEWORK],
      locale: 'en',
    });
    const { state, reasons } = frameworks[0]!.clauses.find(({ ref }) => ref === '3.3')!;
    return {
      state,
      keys: reasons.map(({ key }) => key).filter((key) => key !== 'coverage.judged-by-person'),
    };
  };

  it('is proven when each holder of each key opened a sealed answer', () => {
    const both = [aKey('aa', [opened('ana'), opened('bob')])];
    expect(keyClause(both, record('ana'), record('bob'))).to.deep.equal({ state: 'proven', keys: [] });
    expect(keyClause(both, record('ana'))).to.deep.equal({
      state: 'partial',
      keys: ['coverage.no-hashed-record'],
    });
  });

  it('is missing its key while a holder never did, or a key has nobody', () => {
    expect(keyClause([aKey('aa', [opened('ana'), never('bob')])], record('ana'))).to.deep.equal({
      state: 'partial',
      keys: ['coverage.key-never-opened'],
    });
    expect(keyClause([aKey('aa', [opened('ana')]), aKey('bb', [])], record('ana')).keys).to.deep.equal([
      'coverage.key-without-holder',
    ]);
  });

  it('is late once the interval is over, and contradicted by a drill that failed since', () => {
    expect(keyClause([aKey('aa', [opened('ana', 200)])], record('ana', 200))).to.deep.equal({
      state: 'proven-late',
      keys: ['coverage.record-expired'],
    });
    const failed = record('ana', 0, { id: 'wrong', finding: 'contradicts', validUntil: null });
    expect(keyClause([aKey('aa', [opened('ana')])], record('ana'), failed).state).to.equal('contradicted');
  });

  it('is only declared by what somebody says', () => {
    const said = aRecord('KEY', 'client', aReadyClient().client.id, { assertedBy: 'person', by: 'Bob' });
    expect(keyClause([], said).keys).to.deep.equal(['coverage.declared-only']);
    expect(keyClause([aKey('aa', [never('ana')])], said).keys).to.include('coverage.key-never-opened');
  });
});
