/** The recovery readiness report: one page for management, then each activity, clause, test, plan, point and record. */
import type { ReadinessSnapshot } from '#/plans/reports/readiness/snapshot.ts';
import { activitiesView } from '../view/activities.ts';
import { typesetCoverage } from '../view/catalogue-text.ts';
import { citationsOf } from '../view/citations.ts';
import { frameworkView } from '../view/coverage.ts';
import { chapter, frameOf } from '../view/frame.ts';
import { evidenceView, plansView, pointsView } from '../view/holdings.ts';
import { legendView } from '../view/legend.ts';
import { managementView, standing } from '../view/management.ts';
import { restoreTestsView } from '../view/restore-tests.ts';
import { cleaned } from '../view/user-text.ts';
import type { Voice } from '../view/voice.ts';

const DEFINITIONS = [
  ...['mtpd', 'rto', 'rpo', 'effective', 'observed'],
  ...['planted', 'contradiction', 'fingerprint'],
];
const LIMITS = ['recorded', 'no-opinion', 'measured', 'r7', 'one-point'];

export function readinessView(given: ReadinessSnapshot, voice: Voice) {
  const snapshot = cleaned({ ...given, coverage: typesetCoverage(given.coverage, voice) });
  const cite = citationsOf(snapshot.evidence);
  const { client, madeAt, readiness, coverage, period } = snapshot;
  return {
    ...frameOf(given, voice, {
      owner: client.name,
      chapters: chaptersOf(snapshot, voice),
      facts: [
        {
          word: voice.say('cover.period'),
          text: voice.say('period', { fromDate: period.from, toDate: period.to }),
        },
      ],
      definitions: DEFINITIONS,
      limits: LIMITS,
    }),
    scope: voice.say('contents.scope-text', {
      count: readiness.activities.length,
      client: client.name,
      madeAt,
    }),
    isEmpty: readiness.activities.length === 0,
    cover: standing(readiness, voice, { isNight: true }),
    legend: legendView(voice),
    management: managementView(snapshot, voice),
    readiness: activitiesView(readiness, voice),
    frameworks: coverage.frameworks.map((framework, index) =>
      frameworkView(framework, { index, number: '3' }, voice, cite),
    ),
    tests: restoreTestsView(snapshot, voice, cite),
    plans: plansView(snapshot, voice),
    points: pointsView(snapshot, voice),
    evidence: evidenceView(snapshot.evidence, voice),
  };
}

/** Coverage has one line for each framework. */
const chaptersOf = ({ coverage }: ReadinessSnapshot, voice: Voice) => [
  chapter(voice, 'management', '1'),
  chapter(voice, 'readiness', '2'),
  ...coverage.frameworks.map(({ name }, index) => chapter(voice, `coverage-${index + 1}`, '3', name)),
  chapter(voice, 'tests', '4'),
  chapter(voice, 'plans', '5'),
  chapter(voice, 'points', '6'),
  chapter(voice, 'evidence', 'A'),
  chapter(voice, 'closing', 'B'),
];
