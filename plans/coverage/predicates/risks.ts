/** Scenarios, the plans that answer them, and the strategies that were chosen. */
import type { ScenarioFacts } from '../../continuity-facts.ts';
import { byName } from '../../readiness/graph.ts';
import { lossesOf } from '../../readiness/scenario-losses.ts';
import { combine, type Finding, finding } from '../finding.ts';
import type { Held, Predicate } from '../held.ts';
import { because } from '../reasons.ts';
import { provingRecord } from '../records.ts';
import { planFinding } from './plans.ts';

const standing = ({ survey }: Held): ScenarioFacts[] =>
  byName(survey.facts.scenarios.filter(({ state }) => state !== 'set-aside'));

const retained = (held: Held) => standing(held).filter(({ state }) => state === 'retained');

/** RSK: every scenario is rated and decided upon. How likely one is, is what people say: never more than declared. */
export const risks: Predicate = (held) => {
  const scenarios = standing(held);
  if (scenarios.length === 0) return finding('missing', [because('coverage.no-scenario', {})]);
  return combine(scenarios.map(riskOf));
};

/** SCN: each retained scenario is answered by a plan in force. */
export const scenarios: Predicate = (held, maxAgeDays) => {
  const own = retained(held);
  if (own.length === 0) return finding('missing', [because('coverage.no-scenario', {})]);
  return combine(own.map((scenario) => answerOf(scenario, held, maxAgeDays)));
};

/** STR: a strategy was chosen for each priority activity that a retained scenario stops, or for something it needs. */
export const strategies: Predicate = (held) => {
  const own = retained(held);
  if (own.length === 0) return finding('missing', [because('coverage.no-scenario', {})]);
  return combine(own.flatMap((scenario) => strategiesFor(scenario, held)));
};

function riskOf({ name, likelihood, state }: ScenarioFacts): Finding {
  if (likelihood === null)
    return finding('missing', [because('coverage.scenario-not-rated', { scenario: name })]);
  if (state === 'proposed')
    return finding('missing', [because('coverage.scenario-undecided', { scenario: name })]);
  return finding('declared', [because('coverage.risk-said', {})]);
}

function answerOf(scenario: ScenarioFacts, held: Held, maxAgeDays: number | null): Finding {
  const plans = held.survey.facts.plans.filter(
    ({ inForce, scenarios: answered }) => inForce && answered.includes(scenario.id),
  );
  if (plans.length === 0)
    return finding('missing', [because('coverage.scenario-unanswered', { scenario: scenario.name })]);
  return combine(plans.map((plan) => planFinding(plan, held, maxAgeDays)));
}

function strategiesFor(scenario: ScenarioFacts, { survey, priorities, records, now }: Held): Finding[] {
  const { facts } = survey;
  const { activities, down } = lossesOf(facts, scenario, survey.graph);
  const stopped = priorities.filter(({ id }) => activities.has(id));
  return stopped.map(({ id, name }) => {
    const chosen = facts.strategies.filter(
      ({ state, scenario: of, protects }) =>
        (state === 'chosen' || state === 'in-place') &&
        (of === null || of === scenario.id) &&
        (protects.kind === 'activity' ? protects.id === id : down.has(protects.id)),
    );
    if (chosen.length === 0)
      return finding('missing', [
        because('coverage.scenario-without-strategy', { scenario: scenario.name, activity: name }),
      ]);
    const proofs = chosen.flatMap(
      ({ protects }) => provingRecord(records, 'STR', `${protects.kind}:${protects.id}`, { now }) ?? [],
    );
    return proofs.length > 0
      ? finding(
          'proven',
          [],
          proofs.map((record) => record.id),
        )
      : finding('declared', [because('coverage.no-hashed-record', { code: 'STR', subject: name })]);
  });
}
