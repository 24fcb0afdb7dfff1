/** Chapter 1: what a board needs to know, each sentence computed. */
import type { Reason } from '#/plans/facts.ts';
import type { Readiness } from '#/plans/readiness/readiness.ts';
import type { ReadinessSnapshot } from '#/plans/reports/readiness/snapshot.ts';
import { ladderSteps } from '#/server/charts/ladder.ts';
import { outcomeOf } from './restore-tests.ts';
import { shortened } from './user-text.ts';
import { sentences, type Voice } from './voice.ts';

const MOST_CONTRADICTIONS = 4;
const MOST_ACTIONS = 4;
const MOST_NAMES = 3;
const STEPS = [0, 1, 2, 3, 4, 5, 6, 7];

export function managementView(snapshot: ReadinessSnapshot, voice: Voice) {
  const { readiness } = snapshot;
  const contradictions = sentences(contradictionsIn(readiness), voice);
  return {
    title: titleOf(snapshot, contradictions.length, voice),
    ...standing(readiness, voice),
    figures: figuresOf(snapshot, voice),
    contradictions: contradictions.slice(0, MOST_CONTRADICTIONS),
    otherContradictions: moreThan(contradictions.length, MOST_CONTRADICTIONS, 'management.more', voice),
    clauses: clausesContradicted(snapshot, voice),
    tests: testsShow(snapshot, voice),
    actions: actionsOf(readiness, voice).slice(0, MOST_ACTIONS),
  };
}

/** The level of the client, and the activity and the step that hold it there. */
export function standing(readiness: Readiness, voice: Voice, { isNight = false } = {}) {
  const level = `R${readiness.level}`;
  const step = voice.say(`level.${level}`);
  const weakest = readiness.activities.find(({ activity }) => activity === readiness.weakest);
  return {
    level,
    step,
    weakest: weakest
      ? voice.say('standing.weakest', { activity: weakest.name })
      : voice.say('standing.no-weakest'),
    missingTitle: readiness.missing
      ? voice.say('standing.missing', { level: `R${readiness.level + 1}` })
      : '',
    missing: readiness.missing ? voice.reason(readiness.missing) : voice.say('readiness.nothing-missing'),
    ladder: ladderSteps(
      {
        level: readiness.level,
        title: voice.say('chart.client-ladder'),
        desc: voice.say('chart.ladder-of', { level, step }),
      },
      { names: STEPS.map((number) => voice.say(`level-short.R${number}`)), isNight },
    ),
  };
}

function titleOf({ readiness, client }: ReadinessSnapshot, contradictions: number, voice: Voice): string {
  const params = { client: shortened(client.name), level: `R${readiness.level}` };
  if (readiness.activities.length === 0) return voice.say('management.title.empty', params);
  if (readiness.weakest === null) return voice.say('management.title.no-priority', params);
  if (contradictions > 0)
    return voice.say('management.title.contradicted', { ...params, count: contradictions });
  if (readiness.level >= 5) return voice.say('management.title.within', params);
  return voice.say('management.title.step', { ...params, next: `R${readiness.level + 1}` });
}

const contradictionsIn = ({ activities, contradictions }: Readiness): Reason[] => [
  ...activities.flatMap((activity) => activity.contradictions),
  ...contradictions,
];

const moreThan = (count: number, most: number, key: string, voice: Voice) =>
  count > most ? voice.say(key, { count: count - most }) : '';

function clausesContradicted({ coverage }: ReadinessSnapshot, voice: Voice): string[] {
  return coverage.frameworks
    .filter(({ counts }) => counts.contradicted > 0)
    .map(({ name, counts }) =>
      voice.say('management.clauses', { framework: name, count: counts.contradicted }),
    );
}

/** Counts of things, each over what it was counted among; none is a score. */
function figuresOf({ readiness, restoreTests, evidence }: ReadinessSnapshot, voice: Voice) {
  const priority = readiness.activities.filter(({ isPriority }) => isPriority);
  const figure = (key: string, value: number, total: number) => ({
    label: voice.say(`figure.${key}`),
    value,
    total: voice.say('figure.of', { total }),
    isNone: total === 0,
  });
  const count = <Item>(items: Item[], isCounted: (item: Item) => boolean) => items.filter(isCounted).length;
  return [
    figure(
      'rto',
      count(priority, ({ effective }) => effective.verdict === 'within'),
      priority.length,
    ),
    figure(
      'rpo',
      count(priority, ({ observedRpo }) => observedRpo.verdict === 'within'),
      priority.length,
    ),
    figure(
      'tests',
      count(restoreTests, (test) => outcomeOf(test) === 'passed'),
      restoreTests.length,
    ),
    figure(
      'proofs',
      count(evidence, ({ assertedBy }) => assertedBy === 'system'),
      evidence.length,
    ),
  ];
}

function testsShow({ restoreTests }: ReadinessSnapshot, voice: Voice): string[] {
  if (restoreTests.length === 0) return [voice.say('management.tests.none')];
  const told = (['failed', 'without-value', 'inconclusive', 'passed'] as const).flatMap((outcome) => {
    const tests = restoreTests.filter((test) => outcomeOf(test) === outcome);
    if (tests.length === 0) return [];
    const assets = [...new Set(tests.map(({ asset }) => asset))];
    return [voice.say(`management.tests.${outcome}`, { count: tests.length, assets: fewOf(assets, voice) })];
  });
  const full = restoreTests.some((test) => outcomeOf(test) === 'passed' && /L[34]/.test(test.reached ?? ''));
  return full ? told : [...told, voice.say('management.tests.no-full-restore')];
}

function fewOf(names: string[], voice: Voice): string {
  const rest = names.length - MOST_NAMES;
  const few = names.slice(0, MOST_NAMES).join(', ');
  return rest > 0 ? voice.say('names-and-more', { names: few, count: rest }) : few;
}

/** Contradictions first, then what holds the weakest activity, then what holds the other priority ones. */
function actionsOf(readiness: Readiness, voice: Voice): string[] {
  const priority = readiness.activities
    .filter(({ isPriority }) => isPriority)
    .toSorted((left, right) => left.level - right.level);
  const reasons = [
    ...contradictionsIn(readiness),
    ...(readiness.missing ? [readiness.missing] : []),
    ...priority.flatMap(({ missing }) => missing ?? []),
    ...priority.flatMap(({ effective }) => effective.reasons),
  ];
  return [...new Set(reasons.map(({ key, params }) => voice.say(`action.${key}`, params)))];
}
