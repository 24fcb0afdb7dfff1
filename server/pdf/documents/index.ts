/** Each kind of report: its template, and what turns its snapshot into what the template prints. */
import type { ReportKind, ReportSnapshot } from '#/plans/reports/snapshot.ts';
import type { Frame } from '../view/frame.ts';
import type { Voice } from '../view/voice.ts';
import { cardsView } from './cards.ts';
import { coverageView } from './coverage.ts';
import { exerciseView } from './exercise.ts';
import { incidentView } from './incident.ts';
import { planView } from './plan.ts';
import { portfolioView } from './portfolio.ts';
import { readinessView } from './readiness.ts';
import { restoreTestView } from './restore-test.ts';

type Views = {
  [Kind in ReportKind]: (snapshot: Extract<ReportSnapshot, { kind: Kind }>, voice: Voice) => Frame;
};

const VIEWS: Views = {
  readiness: readinessView,
  plan: planView,
  cards: cardsView,
  coverage: coverageView,
  'restore-test': restoreTestView,
  incident: incidentView,
  exercise: exerciseView,
  portfolio: portfolioView,
};

/** The template of a kind is `reports/<kind>`. */
export function documentOf<Kind extends ReportKind>(
  snapshot: Extract<ReportSnapshot, { kind: Kind }>,
  voice: Voice,
): { template: string; view: Frame } {
  const view = VIEWS[snapshot.kind as Kind] as Views[Kind];
  return { template: `reports/${snapshot.kind}`, view: view(snapshot, voice) };
}
