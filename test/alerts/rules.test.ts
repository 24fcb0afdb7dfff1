import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ALERT_RULES, RULE_SEVERITIES } from '#/plans/alerts/condition.ts';
import { conditionsOf, FACT_RULES, momentsOf, RECORD_RULES } from '#/plans/alerts/rules/index.ts';
import type { ClientFacts } from '#/plans/facts.ts';
import { LOCALES } from '#/plans/reports/head.ts';
import { sayReason } from '#/server/reason-words.ts';
import { loadTemplates } from '#/server/templates.ts';
import {
  aFailedTest,
  ago,
  aKey,
  anActivity,
  aPlan,
  aPoint,
  aReadyClient,
  aTest,
  DAY,
  HOUR,
  NOW,
} from '../readiness/client.ts';

const told = (given: Partial<ClientFacts>) =>
  conditionsOf(aReadyClient(given)).map(({ rule, severity, subjects }) => [
    rule,
    severity,
    subjects[0]?.name,
  ]);

/** One RPO for all, and one backup so many seconds old. */
const backedUp = (age: number, { rpo = DAY, interval = 8 * HOUR } = {}) => ({
  activities: [anActivity({ rpoSeconds: rpo })],
  recoveryPoints: [aPoint('sql', age)],
  restoreTests: [],
  policies: aReadyClient().policies.map((policy) => ({ ...policy, intervalSeconds: interval })),
});

describe('the rules of alerts', () => {
  it('find nothing at a client at whom all is well', () => expect(told({})).to.deep.equal([]));

  it('tell data that near the RPO, and that have passed it', () => {
    expect(told(backedUp(21 * HOUR))).to.deep.equal([]);
    expect(told(backedUp(22 * HOUR))).to.deep.equal([['data-too-old', 'warning', 'sql']]);
    expect(told(backedUp(25 * HOUR))).to.deep.equal([['data-too-old', 'critical', 'sql']]);
    expect(told({ ...backedUp(25 * HOUR), policies: [] })).to.deep.equal([]);
  });

  it('take no data for young that a wrong clock dated ahead', () => {
    const { recoveryPoints, ...others } = backedUp(25 * HOUR);
    expect(told({ ...others, recoveryPoints: [...recoveryPoints, aPoint('sql', -3 * DAY)] })).to.deep.equal([
      ['data-too-old', 'critical', 'sql'],
    ]);
  });

  it('forgive a nightly backup the time that it takes, and no more', () => {
    const nightly = { interval: DAY };
    expect(told(backedUp(25 * HOUR, nightly))).to.deep.equal([]);
    expect(told(backedUp(27 * HOUR, nightly))).to.deep.equal([['data-too-old', 'critical', 'sql']]);
  });

  it('tell data that nothing backs up again by itself', () => {
    const never = { interval: 10 * 365 * DAY };
    expect(told(backedUp(27 * HOUR, never))).to.deep.equal([['data-too-old', 'critical', 'sql']]);
  });

  it('name the moments at which time alone changes what they say', () => {
    const facts = aReadyClient(backedUp(2 * HOUR));
    for (const moment of momentsOf(facts)) {
      const at = (ms: number) =>
        conditionsOf({ ...facts, now: new Date(moment + ms).toISOString() }).map(
          ({ rule, severity }) => rule + severity,
        );
      expect(at(1000), new Date(moment).toISOString()).to.not.deep.equal(at(-1000));
    }
    expect(momentsOf(facts)).to.have.length(2);
  });

  it('tell a failed and an inconclusive test until another says more', () => {
    expect(
      told({ restoreTests: [aFailedTest('sql', HOUR, { recoveryPoint: 'sql of 43200' })] }),
    ).to.deep.equal([['test-failed', 'critical', 'sql']]);
    const unclear = aTest('sql', HOUR, { state: 'inconclusive', reached: null, seconds: null });
    expect(told({ restoreTests: [unclear] })).to.deep.equal([['test-inconclusive', 'warning', 'sql']]);
    expect(told({ restoreTests: [unclear, aTest('sql', 1)] })).to.deep.equal([]);
  });

  it('tell proof that grows old a fortnight before, and then that it is none', () => {
    const proven = (days: number) => told({ restoreTests: [aTest('sql', days * DAY)] });
    expect(proven(350)).to.deep.equal([]);
    expect(proven(352)).to.deep.equal([['proof-expiring', 'notice', 'sql']]);
    expect(proven(366)).to.deep.equal([['proof-stale', 'warning', 'sql']]);
  });

  it('tell what is overdue from the day after on, where the client is', () => {
    const action = (dueOn: string) => ({
      actions: [
        { id: 'a', title: 'UPS', owner: 'Ana', dueOn, doneAt: null, verifiedAt: null, isDropped: false },
      ],
    });
    expect(told(action('2026-11-22'))).to.deep.equal([]);
    expect(told(action('2026-11-21'))).to.deep.equal([['action-overdue', 'notice', 'UPS']]);
    const [late] = conditionsOf(aReadyClient(action('2026-11-21')));
    expect(late?.since.toISOString()).to.equal('2026-11-21T23:00:00.000Z');
    const review = {
      id: 'r',
      of: { kind: 'exercise' as const, id: 'e', title: 'Drill' },
      dueOn: '2026-10-01',
      heldOn: null,
    };
    expect(told({ reviews: [{ ...review, closedAt: null }] })).to.deep.equal([
      ['review-overdue', 'notice', 'Drill'],
    ]);
    expect(told({ reviews: [{ ...review, closedAt: NOW }] })).to.deep.equal([]);
    expect(told({ plans: [aPlan({ reviewIntervalDays: 10 })] })).to.deep.equal([
      ['review-overdue', 'notice', 'Recovery plan'],
    ]);
  });

  it('tell a plan whose approvers are all gone, and keys that nobody showed to open', () => {
    const { inForce } = aPlan();
    const approvals = inForce!.approvals.map((one) => ({ ...one, isGone: true }));
    expect(told({ plans: [aPlan({ inForce: { ...inForce!, approvals } })] })).to.deep.equal([
      ['approvers-gone', 'warning', 'Recovery plan'],
    ]);
    const key = (dueAt: string) => [aKey('ab12', [{ contact: 'bob', openedAt: ago(400 * DAY), dueAt }])];
    expect(told({ recoveryKeys: key(ago(DAY)) })).to.deep.equal([['key-drill-overdue', 'warning', 'Bob']]);
    expect(told({ recoveryKeys: key(ago(-DAY)) })).to.deep.equal([]);
  });

  it('are each of the list, found in one place, and never more pressing than the list says', () => {
    const names = [...FACT_RULES, ...RECORD_RULES].map(({ name }) => name);
    expect(names.toSorted()).to.deep.equal(ALERT_RULES.toSorted());
    const worst = aReadyClient({ ...backedUp(30 * DAY), restoreTests: [aFailedTest('sql', HOUR)] });
    for (const { rule, severity } of conditionsOf(worst))
      expect(RULE_SEVERITIES[rule] as readonly string[]).to.include(severity);
  });

  it('have a name and a sentence for all that they find, in every language', () => {
    const templates = loadTemplates();
    const sources = [...FACT_RULES, ...RECORD_RULES].map(({ name }) => name);
    const written = readFileSync('templates/words/fr/alerts.json', 'utf8');
    const reasons = [...ruleSources().matchAll(/'(alert\.[a-z-]+)'/g)].map(([, key]) => key!);
    expect(reasons.length).to.be.greaterThan(sources.length);
    for (const locale of LOCALES) {
      for (const name of sources) expect(templates.has(locale, `alert-rule.${name}`), name).to.equal(true);
      for (const key of reasons)
        expect(
          sayReason({ key, params: { count: 2 } }, (one, params) => templates.say(locale, one, params)),
        ).to.be.a('string');
    }
    for (const key of reasons) expect(written).to.include(`"${key}"`);
  });
});

const ruleSources = () =>
  readdirSync('plans/alerts/rules')
    .map((file) => readFileSync(`plans/alerts/rules/${file}`, 'utf8'))
    .join('\n');
