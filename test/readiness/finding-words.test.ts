/** What the rules find, as people read it: sentences in every language, with names and never with ids or keys. */
import { expect } from 'chai';
import type { ClientFacts } from '#/plans/facts.ts';
import { LOCALES } from '#/plans/reports/head.ts';
import { runRules } from '#/plans/rules/index.ts';
import { RULES, ruled } from '#/plans/rules/rule.ts';
import { loadTemplates } from '#/server/templates.ts';
import {
  aContact,
  aFailedTest,
  ago,
  aKey,
  anActivity,
  aPlan,
  aReadyClient,
  aRole,
  aScenario,
  aSupplier,
  DAY,
  HOUR,
  needs,
} from './client.ts';

/** Ids that can be told from names. */
function withStrangeIds(facts: ClientFacts): ClientFacts {
  const { assets, activities, contacts, plans, crisisRoles, scenarios, sites } = facts;
  const named = [assets, activities, contacts, plans, crisisRoles, scenarios, sites].flat();
  const ids = new Set(named.map(({ id }) => id));
  return JSON.parse(
    JSON.stringify(facts, (key, value) =>
      key !== 'name' && typeof value === 'string' && ids.has(value) ? `#${value}` : value,
    ),
  );
}

/** One of each thing that a drill can fall short of. */
function aDrillThatFellShort(): ClientFacts['drills'][number] {
  const [activity, item, scenario] = ['Billing', 'Start the ERP', 'Ransomware'];
  const object = { kind: 'activity' as const, id: 'billing', name: activity };
  const reasons = [
    ruled('rules.drill-no-path', { activity, scenario }),
    ruled('rules.drill-late', { activity, scenario, seconds: DAY, rtoSeconds: HOUR }),
    ruled('rules.drill-data-old', { activity, scenario, lossSeconds: DAY, rpoSeconds: HOUR }),
    ruled('rules.drill-failed', { item, scenario }),
    ruled('rules.drill-nothing-shown', { item, scenario }),
    ruled('rules.drill-skipped', { item, scenario }),
    ruled('rules.drill-not-reached', { item, scenario }),
  ];
  return {
    id: 'drill',
    scenario: 'ransomware',
    state: 'failed',
    endedAt: ago(HOUR),
    deviations: reasons.map((reason) => ({ object, reason })),
    plans: [],
    isTableTop: false,
  };
}

function spoilt(): ClientFacts {
  const facts = aReadyClient({
    activities: [
      anActivity({ rtoSeconds: null }),
      anActivity({ id: 'payroll', name: 'Payroll', mtpdSeconds: HOUR, derivedMtpdSeconds: DAY }),
      anActivity({ id: 'sales', name: 'Sales', rtoSeconds: 60 }),
    ],
    policies: [],
    contacts: [],
    crisisRoles: [aRole('director', [])],
    scenarios: [aScenario(['sql', 'host', 'erp'])],
  });
  const plan = aPlan({ keptIn: ['sql'] });
  plan.inForce!.approvals = [{ by: 'Bob', role: 'client-reader', at: ago(DAY), isGone: false } as never];
  return {
    ...facts,
    plans: [plan],
    restoreTests: [aFailedTest('erp', DAY)],
    drills: [aDrillThatFellShort()],
    recoveryKeys: [
      aKey('aa', []),
      aKey('bb', [
        { contact: 'ana', openedAt: null, dueAt: null },
        { contact: 'bob', openedAt: ago(9 * DAY), dueAt: ago(DAY) },
        { contact: 'cleo', openedAt: ago(DAY), dueAt: ago(-DAY), hasLeft: true },
      ]),
    ],
    dependencies: [
      ...facts.dependencies,
      needs('host', 'erp'),
      needs('activity:payroll', 'sql'),
      needs('activity:sales', 'erp'),
    ],
  };
}

/** A runbook in the wrong order, an asset that takes too long, a promise that comes too late, a telephone that is lost, and points kept too short. */
function clashing(): ClientFacts {
  const facts = aReadyClient({
    activities: [anActivity({ rtoSeconds: HOUR / 2 })],
    scenarios: [aScenario(['sql', 'host'])],
    crisisRoles: [aRole('director', ['alice'])],
    contacts: [
      aContact('alice', {
        points: [{ id: 'desk', kind: 'phone', isOutOfBand: true, needsAsset: 'sql', verifiedAt: null }],
      }),
    ],
    suppliers: [aSupplier('vendor', { promiseSeconds: DAY })],
  });
  const plan = aPlan();
  const step = (asset: string) => ({
    key: asset,
    action: `Bring back ${asset}`,
    role: null,
    skill: null,
    resource: 'technician' as const,
    p50Seconds: null,
    p90Seconds: null,
    hasSuccessTest: true,
    hasOwner: true,
    asset,
    after: [],
  });
  return {
    ...facts,
    plans: [{ ...plan, inForce: { ...plan.inForce!, steps: [step('erp'), step('sql')] } }],
    dependencies: [...facts.dependencies, needs('erp', 'vendor')],
    policies: facts.policies.map((policy) => ({
      ...policy,
      retention: { reachDays: 7, noticedDays: 30 },
    })),
  };
}

const templates = loadTemplates();
const findings = [aReadyClient(), spoilt(), clashing()].flatMap((facts) => runRules(withStrangeIds(facts)));

describe('what the rules find, in words', () => {
  for (const locale of LOCALES) {
    it(`names no id and no key in ${locale}`, () => {
      for (const { rule, object, reason, remedy } of findings)
        for (const { key, params } of [reason, remedy]) {
          expect(templates.has(locale, key), `${rule} ${key}`).to.equal(true);
          const sentence = templates.say(locale, key, params);
          expect(sentence, key).to.not.match(/#|[{}]|undefined|null|NaN|\b(readiness|rules|report)\.[a-z]/);
          expect(object.name, key).to.not.include('#');
        }
    });

    it(`has a name for each rule in ${locale}`, () => {
      for (const rule of RULES) expect(templates.has(locale, `rule.${rule}`), rule).to.equal(true);
    });
  }

  it('are of every rule but the last, which finds what is not reproducible', () => {
    const rules = new Set(findings.map(({ rule }) => rule));
    expect(findings.some(({ object }) => object.id.includes('#'))).to.equal(true);
    expect(rules.size, [...rules].join()).to.be.equal(RULES.length - 1);
  });
});
