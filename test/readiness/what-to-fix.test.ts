/** What to fix first: one change at a time, with what it would bring. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { StrategyFacts } from '#/plans/continuity-facts.ts';
import type { ClientFacts } from '#/plans/facts.ts';
import { breaksOf } from '#/plans/readiness/breaks.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { byWorth, type Fix } from '#/plans/rules/fix.ts';
import { whatToFix } from '#/plans/rules/what-to-fix.ts';
import {
  aContact,
  anActivity,
  anAsset,
  aPlan,
  aReadyClient,
  aRole,
  aScenario,
  aTest,
  DAY,
  HOUR,
  needs,
} from './client.ts';

/** An ERP of 1 h on SQL of 4 h and files of 3 h, both over the one line, wanted back within 6 h; it takes 8 h. */
function aLateClient(given: Partial<ClientFacts> = {}): ClientFacts {
  return aReadyClient({
    activities: [anActivity({ rtoSeconds: 6 * HOUR })],
    assets: [
      anAsset('erp', 'application'),
      anAsset('sql', 'data-set', { recoveryResource: 'link' }),
      anAsset('files', 'data-set', { recoveryResource: 'link' }),
      anAsset('staff', 'team'),
    ],
    dependencies: [
      needs('activity:billing', 'erp'),
      needs('activity:billing', 'staff', 'human'),
      needs('erp', 'sql'),
      needs('erp', 'files'),
    ],
    restoreTests: [
      aTest('erp', DAY, { seconds: HOUR }),
      aTest('sql', DAY, { seconds: 4 * HOUR }),
      aTest('files', DAY, { seconds: 3 * HOUR }),
    ],
    ...given,
  });
}

const aStrategy = (given: Partial<StrategyFacts> = {}): StrategyFacts => ({
  id: 'standby',
  name: 'Standby',
  protects: { kind: 'asset', id: 'sql' },
  scenario: null,
  state: 'chosen',
  reason: null,
  chosen: { name: 'Warm', costOnce: 5000, costYearly: 1200, rtoSeconds: HOUR, rpoSeconds: null },
  decidedAt: null,
  ...given,
});

const told = (fixes: Fix[]) =>
  fixes
    .filter(({ gains }) => gains.length > 0)
    .map(({ kind, name, gains: [gain] }) => {
      const hours = gain!.gainedSeconds;
      return `${kind} ${name} ${hours === null ? 'at all' : `${hours.least / HOUR}-${hours.most / HOUR}`}`;
    });

describe('what to fix first', () => {
  it('ranks changes by the hours they bring, from what is sure to what is hoped for', () => {
    expect(told(whatToFix(aLateClient()))).to.deep.equal(['link  3-3', 'faster-restore sql 1-2']);
  });

  it('does not speed up people by a copy', () => {
    const facts = aLateClient();
    facts.assets.push(
      anAsset('decision', 'person', { declaredRecoverySeconds: 9 * HOUR, recoveryResource: 'none' }),
    );
    facts.dependencies.push(needs('sql', 'decision'));

    expect(told(whatToFix(facts))).to.deep.equal(['faster-restore sql 1-2']);
  });

  it('says what would be in time', () => {
    const fixes = whatToFix(aLateClient());

    expect(fixes.map(({ gains }) => gains[0]?.isInTimeThen)).to.include.members([true]);
    expect(fixes[0]?.gains).to.deep.equal([
      {
        activity: 'billing',
        name: 'Billing',
        beforeSeconds: 8 * HOUR,
        gainedSeconds: { least: 3 * HOUR, most: 3 * HOUR },
        isInTimeThen: true,
      },
    ]);
  });

  it('looks for hours only where an objective is missed', () => {
    expect(told(whatToFix(aLateClient({ activities: [anActivity()] })))).to.deep.equal([]);
    expect(
      told(whatToFix(aLateClient({ activities: [anActivity({ rtoSeconds: 1, isPriority: false })] }))),
    ).to.deep.equal([]);
  });

  it('counts strategies that are not in place by their own word, of which nothing is sure', () => {
    const strategies = [
      aStrategy(),
      aStrategy({
        id: 'cheap',
        name: 'Cheap',
        chosen: { ...aStrategy().chosen!, costOnce: null, costYearly: 100 },
      }),
      aStrategy({
        id: 'unpriced',
        name: 'Unpriced',
        chosen: { ...aStrategy().chosen!, costOnce: null, costYearly: null },
      }),
      aStrategy({ id: 'there', name: 'There', state: 'in-place' }),
      aStrategy({ id: 'open', name: 'Open', chosen: null }),
      aStrategy({
        id: 'fallback',
        name: 'Paper',
        protects: { kind: 'activity', id: 'billing' },
        state: 'proposed',
      }),
    ];

    expect(told(whatToFix(aLateClient({ strategies })))).to.deep.equal([
      'strategy Paper 0-7',
      'link  3-3',
      'strategy Cheap 0-3',
      'strategy Standby 0-3',
      'strategy Unpriced 0-3',
      'faster-restore sql 1-2',
    ]);
    expect(whatToFix(aLateClient({ strategies })).find(({ name }) => name === 'Standby')?.cost).to.deep.equal(
      {
        once: 5000,
        yearly: 1200,
      },
    );
  });

  it('puts first what lets an activity come back at all', () => {
    const facts = aLateClient({ plans: [aPlan({ keptIn: ['sql'] })], scenarios: [aScenario(['sql'])] });
    const [first] = whatToFix(facts);

    expect(first).to.deep.include({
      kind: 'deadlock',
      name: 'sql',
      change: { key: 'readiness.break-plan', params: { plan: 'Recovery plan', needed: 'sql' } },
      gains: [
        {
          activity: 'billing',
          name: 'Billing',
          beforeSeconds: null,
          gainedSeconds: null,
          isInTimeThen: false,
        },
      ],
    });
    expect(first?.closes.map(({ key }) => key)).to.deep.equal(['readiness.recovery-deadlock']);
  });

  it('names circles, missing measures and deputies, which bring no hours', () => {
    const facts = aLateClient({
      contacts: [aContact('alice')],
      crisisRoles: [aRole('director', ['alice'])],
      restoreTests: [aTest('sql', DAY), aTest('erp', DAY)],
    });
    facts.assets = facts.assets.map((asset) => ({ ...asset, deputy: null }));
    facts.assets.push(anAsset('loop', 'server', { declaredRecoverySeconds: HOUR }));
    facts.dependencies.push(needs('erp', 'loop'));
    const closes = (given: ClientFacts) =>
      whatToFix(given).flatMap(({ kind, name, closes: [reason] }) =>
        reason ? [`${kind} ${name}: ${reason.key}`] : [],
      );

    expect(closes(facts)).to.deep.equal([
      'deputy director: rules.role-without-deputy',
      'restore-test files: readiness.restore-never-measured',
      'restore-test loop: readiness.restore-never-measured',
      'deputy staff: readiness.team-without-deputy',
    ]);
    expect(
      whatToFix(facts)
        .filter(({ closes: [reason] }) => reason)
        .map(({ of }) => `${of?.kind} ${of?.id}`),
    ).to.deep.equal(['role director', 'asset files', 'asset loop', 'asset staff']);
    facts.dependencies.push(needs('loop', 'loop'));
    expect(closes(facts)).to.include('deadlock loop: readiness.dependency-cycle');
  });

  it('has a way out of every deadlock, also of one that waits for another, and each opens what it closes', () => {
    const facts = aLateClient({
      contacts: [aContact('bob', { hasLeft: true })],
      scenarios: [aScenario(['sql', 'files', 'erp'])],
      plans: [aPlan({ keptIn: ['files'] })],
    });
    facts.assets.push(anAsset('key', 'key', { holder: 'bob' }));
    facts.dependencies.push(needs('sql', 'key', 'recovery'), needs('files', 'sql', 'recovery'));

    expect(
      whatToFix(facts)
        .filter(({ kind }) => kind === 'deadlock')
        .map(({ change }) => change.key),
    ).to.have.members(['readiness.break-other-holder', 'readiness.break-plan']);
    const once = computeReadiness(facts).deadlocks.map(
      (deadlock) => computeReadiness(breaksOf(deadlock, facts)[0]!.done(facts)).deadlocks.length,
    );
    expect(once).to.deep.equal([1, 1]);
    const both = computeReadiness(facts).deadlocks.reduce(
      (now, deadlock) => breaksOf(deadlock, now)[0]!.done(now),
      facts,
    );
    expect(computeReadiness(both).deadlocks).to.deep.equal([]);
  });

  it('does not depend on the order of the facts', () => {
    const facts = aLateClient({ strategies: [aStrategy(), aStrategy({ id: 'b', name: 'B' })] });
    facts.activities.push(anActivity({ id: 'pay', name: 'Pay', rtoSeconds: HOUR }));
    facts.dependencies.push(needs('activity:pay', 'files'));
    const expected = whatToFix(facts);
    const backwards = Object.fromEntries(
      Object.entries(facts).map(([key, value]) => [key, Array.isArray(value) ? value.toReversed() : value]),
    ) as unknown as ClientFacts;

    expect(whatToFix(backwards)).to.deep.equal(expected);
  });

  it('never ranks what brings less before what brings more', () => {
    const gain = fc.option(fc.record({ least: fc.nat(3), most: fc.integer({ min: 3, max: 6 }) }), {
      nil: null,
    });
    const fix = fc
      .record({
        name: fc.constantFrom('a', 'b', 'c'),
        gains: fc.array(gain, { maxLength: 2 }),
        cost: fc.option(
          fc.record({
            once: fc.option(fc.nat(3), { nil: null }),
            yearly: fc.option(fc.nat(3), { nil: null }),
          }),
          { nil: null },
        ),
      })
      .map(
        ({ name, gains, cost }): Fix => ({
          kind: 'strategy',
          name,
          of: null,
          change: { key: 'x', params: {} },
          gains: gains.map((gainedSeconds) => ({
            activity: 'a',
            name: 'a',
            beforeSeconds: 9,
            gainedSeconds,
            isInTimeThen: false,
          })),
          closes: [],
          cost,
        }),
      );
    const most = ({ gains }: Fix) =>
      Math.max(0, ...gains.map(({ gainedSeconds }) => gainedSeconds?.most ?? 100));
    fc.assert(
      fc.property(fc.array(fix, { maxLength: 6 }), (fixes) => {
        const sorted = fixes.toSorted(byWorth);
        const again = fixes.toReversed().sort(byWorth);

        for (const [index, one] of sorted.entries()) {
          expect(byWorth(one, again[index]!)).to.equal(0);
          if (index > 0) expect(most(sorted[index - 1]!)).to.be.at.least(most(one));
        }
      }),
    );
  });
});
