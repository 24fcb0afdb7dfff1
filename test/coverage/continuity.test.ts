/** What coverage makes of scenarios, runbooks, directories, decisions and levels. */
import { expect } from 'chai';
import type {
  ClauseDecisionFacts,
  ContactFacts,
  CrisisRoleFacts,
  ScenarioFacts,
  StepFacts,
} from '#/plans/continuity-facts.ts';
import { CATALOGUE } from '#/plans/coverage/catalogue.ts';
import { computeCoverage } from '#/plans/coverage/compute-coverage.ts';
import type { KnownCode } from '#/plans/coverage/evidence-codes.ts';
import { hold } from '#/plans/coverage/held.ts';
import { PREDICATES } from '#/plans/coverage/predicates/index.ts';
import type { ClientFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { ago, anActivity, aPlan, aPoint, aReadyClient, aRecord, DAY, NOW } from '../readiness/client.ts';

/** What a code's predicate makes of a client. */
const judge = (code: KnownCode, given: Partial<ClientFacts>) => {
  const facts = aReadyClient(given);
  const { state, reasons, evidence } = PREDICATES[code]!(hold(facts, computeReadiness(facts)), 365);
  return { state, keys: reasons.map(({ key }) => key), evidence };
};

const fire = (given: Partial<ScenarioFacts> = {}): ScenarioFacts => ({
  id: 'fire',
  name: 'Fire',
  family: 'premises-lost',
  likelihood: 2,
  state: 'retained',
  effects: [{ on: { kind: 'asset', id: 'host' }, effect: 'lost', durationSeconds: null }],
  ...given,
});
const step = (given: Partial<StepFacts> = {}): StepFacts => ({
  key: 'a',
  action: 'Restore',
  role: 'Technician',
  skill: null,
  resource: 'technician',
  p50Seconds: 600,
  p90Seconds: 900,
  hasSuccessTest: true,
  hasOwner: true,
  asset: null,
  after: [],
  ...given,
});
const ana = { contact: 'ana', rank: 0, since: '2020-01-01' };
const bob = { contact: 'bob', rank: 1, since: '2020-01-01' };
const role = (...holders: CrisisRoleFacts['holders']): CrisisRoleFacts => ({
  id: 'lead',
  name: 'Lead',
  cell: 'decision',
  mayApprove: true,
  holders,
});
const contact = (id: string, verifiedAt: string | null = ago(DAY)): ContactFacts => ({
  id,
  name: id,
  employer: null,
  hasLeft: false,
  points: [{ id: `${id} 1`, kind: 'mobile', isOutOfBand: true, needsAsset: null, verifiedAt }],
});
const both = { crisisRoles: [role(ana, bob)] };
const planWith = (given: object) => {
  const plan = aPlan({ scenarios: ['fire'] });
  return { ...plan, inForce: { ...plan.inForce!, ...given } };
};

describe('scenarios and strategies', () => {
  it('are rated by people, so never more than declared', () => {
    expect(judge('RSK', {}).state).to.equal('missing');
    expect(judge('RSK', { scenarios: [fire()] })).to.deep.include({ state: 'declared' });
    expect(judge('RSK', { scenarios: [fire({ likelihood: null })] }).keys).to.deep.equal([
      'coverage.scenario-not-rated',
    ]);
    expect(judge('RSK', { scenarios: [fire({ state: 'proposed' })] }).keys).to.deep.equal([
      'coverage.scenario-undecided',
    ]);
  });

  it('are answered by a plan in force, or not', () => {
    expect(judge('SCN', { scenarios: [fire()], plans: [planWith({})] })).to.deep.include({
      state: 'proven',
      evidence: ['PLN of drp'],
    });
    expect(judge('SCN', { scenarios: [fire()], plans: [aPlan({ scenarios: [] })] }).state).to.equal(
      'missing',
    );
    expect(
      judge('SCN', { scenarios: [fire()], plans: [{ ...aPlan({ scenarios: ['fire'] }), inForce: null }] })
        .state,
    ).to.equal('missing');
  });

  it('need a strategy where they stop a priority activity', () => {
    const chosen = {
      id: 's',
      name: 'Spare',
      protects: { kind: 'asset' as const, id: 'host' },
      scenario: null,
      state: 'chosen' as const,
      reason: 'cheap',
      chosen: null,
      decidedAt: ago(DAY),
    };
    const scenarios = [fire()];
    expect(judge('STR', { scenarios }).keys).to.deep.equal(['coverage.scenario-without-strategy']);
    expect(judge('STR', { scenarios, strategies: [chosen] }).state).to.equal('declared');
    const recorded = aReadyClient().evidence.concat(aRecord('STR', 'asset', 'host'));
    expect(judge('STR', { scenarios, strategies: [chosen], evidence: recorded })).to.deep.include({
      state: 'proven',
      evidence: ['STR of host'],
    });
    expect(judge('STR', { scenarios, strategies: [{ ...chosen, state: 'refused' }] }).state).to.equal(
      'missing',
    );
  });
});

describe('runbooks', () => {
  it('have steps with an owner, a duration and a test of success, and are no better than their plan', () => {
    expect(judge('RBK', { plans: [planWith({ steps: [] })] }).keys).to.deep.equal(['coverage.no-runbook']);
    expect(judge('RBK', { plans: [planWith({ steps: [step()] })] })).to.deep.include({ state: 'proven' });
    expect(judge('RBK', { plans: [planWith({ steps: [step({ hasSuccessTest: false })] })] }).state).to.equal(
      'partial',
    );
    const alone = planWith({
      steps: [step()],
      approvals: [{ by: 'Alice', role: 'owner', at: ago(DAY), isGone: false }],
    });
    expect(judge('RBK', { plans: [alone] }).state).to.equal('contradicted');
  });
});

describe('the crisis directory', () => {
  it('has a holder and a deputy for each role whom somebody reached within a year; it stays what people say', () => {
    const contacts = [contact('ana'), contact('bob')];
    expect(judge('CTC', { ...both, contacts }).state).to.equal('declared');
    expect(judge('CTC', { contacts }).keys).to.deep.equal(['coverage.no-crisis-role']);
    expect(judge('CTC', { crisisRoles: [role(ana)], contacts }).keys).to.deep.equal([
      'coverage.role-without-deputy',
    ]);
    expect(judge('CTC', { crisisRoles: [role(bob)], contacts }).keys).to.deep.equal([
      'coverage.role-without-holder',
    ]);
    expect(
      judge('CTC', { ...both, contacts: [contact('ana'), { ...contact('bob'), hasLeft: true }] }).keys,
    ).to.deep.equal(['coverage.role-without-deputy']);
    for (const never of [null, ago(366 * DAY)])
      expect(judge('CTC', { ...both, contacts: [contact('ana'), contact('bob', never)] }).keys).to.deep.equal(
        ['coverage.contact-unverified'],
      );
  });

  it('has read its plans only when each holder said so themself', () => {
    const contacts = [contact('ana'), contact('bob')];
    const read = (name: string, isReadBySelf: boolean) => ({
      contact: name,
      name,
      sentAt: ago(DAY),
      readAt: ago(DAY),
      isReadBySelf,
    });
    const with_ = (...distributions: object[]) => ({
      ...both,
      contacts,
      plans: [planWith({ distributions })],
    });
    expect(judge('ACK', with_(read('ana', true), read('bob', true))).state).to.equal('proven');
    expect(judge('ACK', with_(read('ana', true), read('bob', false))).state).to.equal('partial');
    expect(judge('ACK', with_()).state).to.equal('missing');
  });
});

describe('an immutable copy', () => {
  it('is a proven point whose lock nobody can lift yet', () => {
    const proven = aReadyClient().restoreTests[0]!.recoveryPoint;
    const locked = (lock: { mode: 'governance' | 'compliance'; until: string } | null) =>
      judge('CPY-imm', { recoveryPoints: [{ ...aPoint('sql', 12 * 3600), id: proven, lock }] }).state;
    expect(locked({ mode: 'compliance', until: '2027-01-01T00:00:00.000Z' })).to.equal('proven');
    expect(locked({ mode: 'compliance', until: NOW })).to.equal('missing');
    expect(locked({ mode: 'governance', until: '2027-01-01T00:00:00.000Z' })).to.equal('missing');
    expect(locked(null)).to.equal('missing');
  });
});

describe('what a framework asks beyond its evidence', () => {
  const clause = (facts: ClientFacts, framework: string, ref: string) =>
    computeCoverage(facts, computeReadiness(facts), {
      frameworks: [framework],
      locale: 'en',
    }).frameworks[0]!.clauses.find((one) => one.ref === ref)!;

  it('is an impact over time that reaches what cannot be borne', () => {
    expect(clause(aReadyClient(), 'ISO22301', '8.2.2#mtpd').state).to.equal('proven');
    const flat = aReadyClient({ activities: [anActivity({ derivedMtpdSeconds: null })] });
    expect(clause(flat, 'ISO22301', '8.2.2#mtpd').state).to.equal('partial');
  });

  it('is a crisis plan in force, not just any plan', () => {
    const [, own] = [aReadyClient(), aPlan({ id: 'crisis', kind: 'crisis-management', title: 'Crisis' })];
    expect(clause(aReadyClient(), '2024/2690', '4.3.1').state).to.equal('partial');
    const facts = aReadyClient();
    facts.plans.push(own);
    facts.evidence.push(aRecord('PLN', 'plan', 'crisis'));
    expect(clause(facts, '2024/2690', '4.3.1').state).to.equal('proven');
  });
});

describe('decisions of people', () => {
  const waiver = (given: Partial<ClauseDecisionFacts> = {}): ClauseDecisionFacts => ({
    id: 'w',
    framework: 'ISO22301',
    ref: '9.2',
    decision: 'waived',
    reason: 'Next year',
    by: 'Alice',
    at: ago(DAY),
    until: '2026-12-31',
    ...given,
  });
  const stateOf = (given: Partial<ClientFacts>, ref = '9.2') => {
    const facts = aReadyClient(given);
    const [framework] = computeCoverage(facts, computeReadiness(facts), {
      frameworks: ['ISO22301'],
      locale: 'en',
    }).frameworks;
    return { ...framework!.clauses.find((one) => one.ref === ref)!, total: framework!.total };
  };

  it('waive what is missing until their day, with a name and a reason', () => {
    expect(stateOf({}).state).to.equal('missing');
    const { state, reasons } = stateOf({ decisions: [waiver()] });
    expect(state).to.equal('waived');
    expect(reasons[0]).to.deep.equal({
      key: 'coverage.waived',
      params: { by: 'Alice', untilDate: '2026-12-31', why: 'Next year' },
    });
    expect(stateOf({ decisions: [waiver({ until: '2026-11-21' })] }).state).to.equal('missing');
    expect(stateOf({ decisions: [waiver({ until: NOW.slice(0, 10) })] }).state).to.equal('waived');
  });

  it('take what does not apply out of the count', () => {
    const { total } = stateOf({});
    const decided = stateOf({ decisions: [waiver({ decision: 'not-applicable', until: null })] });
    expect([decided.state, decided.total]).to.deep.equal(['not-applicable', total - 1]);
  });

  it('never hide a contradiction', () => {
    const contradicted = { activities: [anActivity({ rtoSeconds: 3 * DAY })] };
    const ref = '8.2.2#mtpd';
    expect(stateOf(contradicted, ref).state).to.equal('contradicted');
    expect(stateOf({ ...contradicted, decisions: [waiver({ ref })] }, ref).state).to.equal('contradicted');
  });
});

describe('a level', () => {
  it('leaves out what only higher ones ask', () => {
    const facts = aReadyClient({ frameworks: [{ framework: 'CyFun2025', level: 'Basic' }] });
    const [framework] = computeCoverage(facts, computeReadiness(facts), {
      frameworks: ['CyFun2025'],
      locale: 'en',
    }).frameworks;
    const higher = CATALOGUE.get('CyFun2025')!.rows.filter(
      ({ levels }) => levels.length > 0 && !levels.includes('Basic'),
    );
    expect(higher.length).to.be.greaterThan(0);
    expect(framework!.counts['not-applicable']).to.equal(higher.length);
    expect(framework!.level).to.equal('Basic');
  });
});
