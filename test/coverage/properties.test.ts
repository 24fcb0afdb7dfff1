/** What must hold of coverage and readiness whatever the facts: nothing that was not shown ever turns green. */
import { expect } from 'chai';
import fc from 'fast-check';
import { COVERAGE_STATES, type CoverageState } from '#/plans/coverage/coverage.ts';
import { type ClientFacts, type EvidenceFacts, type RestoreTestFacts, TEST_LEVELS } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import {
  aFailedTest,
  ago,
  aPoint,
  aReadyClient,
  aRecord,
  aTest,
  DAY,
  HOUR,
  needs,
} from '../readiness/client.ts';
import { coverageOf } from './ask.ts';

const FROM_WORST: CoverageState[] = [
  'contradicted',
  'missing',
  'declared',
  'partial',
  'proven-late',
  'proven',
];

const CODES = ['BIA', 'PLN', 'BRN', 'RST', 'INT', 'EXE', 'ACT', 'CTC', 'RBK', 'STR', 'SUP', 'GOV', 'DEP'];
const SUBJECTS = [
  ['activity', 'billing'],
  ['plan', 'drp'],
  ['asset', 'sql'],
  ['asset', 'erp'],
  ['client', 'clinic'],
] as const;
const AGES = [0, HOUR, DAY, 40 * DAY, 200 * DAY, 400 * DAY];

const records: fc.Arbitrary<EvidenceFacts> = fc
  .record({
    id: fc.uuid(),
    code: fc.constantFrom(...CODES),
    subject: fc.constantFrom(...SUBJECTS),
    finding: fc.constantFrom('supports', 'supports', 'contradicts'),
    assertedBy: fc.constantFrom('system', 'system', 'person', 'vendor'),
    age: fc.constantFrom(...AGES),
    validFor: fc.constantFrom(null, 30 * DAY, 365 * DAY),
  })
  .map(({ id, code, subject: [kind, subject], finding, assertedBy, age, validFor }) =>
    aRecord(code, kind, subject, {
      id,
      finding: finding as EvidenceFacts['finding'],
      assertedBy: assertedBy as EvidenceFacts['assertedBy'],
      at: ago(age),
      validUntil: validFor === null ? null : ago(age - validFor),
    }),
  );

const points = fc.record({ asset: fc.constantFrom('sql', 'erp'), age: fc.constantFrom(...AGES) });

const tests: fc.Arbitrary<RestoreTestFacts> = fc
  .record({
    id: fc.uuid(),
    asset: fc.constantFrom('sql', 'erp', 'host'),
    state: fc.constantFrom('passed', 'passed', 'failed', 'inconclusive', 'queued', 'running'),
    level: fc.constantFrom(...TEST_LEVELS),
    pointAge: fc.constantFrom(...AGES),
    age: fc.constantFrom(...AGES),
    caught: fc.constantFrom(7, 7, 7, 6),
  })
  .map(({ id, asset, state, level, pointAge, age, caught }) =>
    aTest(asset, age, {
      id,
      state: state as RestoreTestFacts['state'],
      requested: level,
      reached: state === 'passed' ? level : null,
      recoveryPoint: `${asset} of ${pointAge}`,
      caught,
    }),
  );

/** A ready client with any records, points and tests besides, some edges of it gone, and perhaps a circle. */
const clients: fc.Arbitrary<ClientFacts> = fc
  .record({
    evidence: fc.array(records, { maxLength: 12 }),
    points: fc.array(points, { maxLength: 5 }),
    tests: fc.array(tests, { maxLength: 6 }),
    edges: fc.shuffledSubarray(aReadyClient().dependencies, { minLength: 5 }),
    hasCircle: fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0),
  })
  .map(({ evidence, points: drawn, tests: more, edges, hasCircle }) => {
    const facts = aReadyClient({ dependencies: hasCircle ? [...edges, needs('host', 'erp')] : edges });
    facts.evidence.push(...evidence);
    facts.recoveryPoints.push(...drawn.map(({ asset, age }) => aPoint(asset, age)));
    facts.restoreTests.push(...more);
    return facts;
  });

const statesOf = (facts: ClientFacts) =>
  coverageOf(facts).frameworks.flatMap(({ framework, clauses }) =>
    clauses.map(({ ref, state }) => ({ clause: `${framework} ${ref}`, state })),
  );

function expectNoneBetter(after: ClientFacts, before: ClientFacts) {
  const were = statesOf(before);
  for (const [index, { clause, state }] of statesOf(after).entries())
    expect(FROM_WORST.indexOf(state), `${clause}: ${state}`).to.be.at.most(
      FROM_WORST.indexOf(were[index]!.state),
      `${clause} was ${were[index]!.state}`,
    );
}

describe('coverage, whatever the facts', () => {
  it('is never better after a failed test', () => {
    const failed = tests.map((test) => ({ ...test, state: 'failed' as const, reached: null }));
    fc.assert(
      fc.property(clients, failed, (facts, test) => {
        const after = { ...facts, restoreTests: [...facts.restoreTests, test] };

        expectNoneBetter(after, facts);
        const [was] = computeReadiness(facts).activities;
        const [is] = computeReadiness(after).activities;
        expect(is!.level).to.be.at.most(was!.level);
        if (is!.effective.verdict === 'within') expect(was!.effective.verdict).to.equal('within');
        if (is!.observedRpo.verdict === 'within') expect(was!.observedRpo.verdict).to.equal('within');
      }),
      { numRuns: 300 },
    );
  });

  it('is never better for an inconclusive or unfinished test', () => {
    const unfinished = fc
      .tuple(tests, fc.constantFrom('inconclusive', 'queued', 'running'))
      .map(([test, state]) => ({ ...test, state: state as RestoreTestFacts['state'] }));
    fc.assert(
      fc.property(clients, unfinished, (facts, test) =>
        expectNoneBetter({ ...facts, restoreTests: [...facts.restoreTests, test] }, facts),
      ),
    );
  });

  it('is never better without a record that supports it', () => {
    fc.assert(
      fc.property(clients, fc.nat(), (facts, drawn) => {
        const supporting = facts.evidence.filter(({ finding }) => finding === 'supports');
        const gone = supporting[drawn % supporting.length];
        expectNoneBetter({ ...facts, evidence: facts.evidence.filter((record) => record !== gone) }, facts);
      }),
      { numRuns: 300 },
    );
  });

  it('is never proven by what is stale: two years on, all proof is late', () => {
    fc.assert(
      fc.property(clients, (facts) => {
        const later = { ...facts, now: ago(-730 * DAY) };
        const aging = new Set([
          '8.2.2#rto',
          '8.4.1',
          '8.4.4',
          '4.1.1',
          '4.1.2.a',
          '4.1.3',
          '4.2.3',
          '4.2.6',
          '3.5.5',
        ]);

        for (const { ref, state } of coverageOf(later).frameworks.flatMap(({ clauses }) => clauses))
          if (aging.has(ref)) expect(state, ref).not.to.equal('proven');
        expect(computeReadiness(later).level).to.be.at.most(3);
      }),
    );
  });

  it('has shares that are counts of rows, and never blends them', () => {
    fc.assert(
      fc.property(clients, (facts) => {
        for (const { total, counts, provenShare, declaredShare, clauses } of coverageOf(facts).frameworks) {
          expect(COVERAGE_STATES.reduce((sum, state) => sum + counts[state], 0)).to.equal(clauses.length);
          expect(provenShare).to.equal(clauses.filter(({ state }) => state === 'proven').length / total);
          expect(declaredShare).to.equal(clauses.filter(({ state }) => state === 'declared').length / total);
          expect(provenShare + declaredShare).to.be.at.most(1);
          expect(counts.waived + counts['not-applicable']).to.equal(0);
        }
      }),
    );
  });

  it('does not depend on the order of the facts', () => {
    fc.assert(
      fc.property(clients, (facts) => {
        const backwards = Object.fromEntries(
          Object.entries(facts).map(([key, value]) => [
            key,
            Array.isArray(value) ? value.toReversed() : value,
          ]),
        ) as unknown as ClientFacts;

        expect(coverageOf(backwards)).to.deep.equal(coverageOf(facts));
        expect(computeReadiness(backwards)).to.deep.equal(computeReadiness(facts));
      }),
    );
  });

  it('never hides a failure that stands', () => {
    const facts = aReadyClient();
    facts.restoreTests.push(aFailedTest('sql', HOUR));
    const states = new Map(statesOf(facts).map(({ clause, state }) => [clause, state]));

    for (const clause of [
      'ISO22301 8.3.5',
      '2024/2690 4.2.2.b',
      '2024/2690 4.2.3',
      '2024/2690 4.2.6',
      '2024/2690 4.1.4',
    ])
      expect(states.get(clause), clause).to.equal('contradicted');
  });
});
