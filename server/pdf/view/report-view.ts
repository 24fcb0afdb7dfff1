/** Everything the report's templates print, with its names and sentences computed from the snapshot. */
import { canonical, sha256 } from '#/plans/canonical.ts';
import { COVERAGE_STATES, type Coverage } from '#/plans/coverage/coverage.ts';
import type { ReportSnapshot } from '#/plans/reports/snapshot.ts';
import { qr } from '#/server/charts/qr.ts';
import { type SignName, signOf } from '#/server/charts/signs.ts';
import { typeset } from '#/server/formats.ts';
import { activitiesView } from './activities.ts';
import { citationsOf } from './citations.ts';
import { frameworkView } from './coverage.ts';
import { evidenceView, plansView, pointsView } from './holdings.ts';
import { managementView, standing } from './management.ts';
import { restoreTestsView } from './restore-tests.ts';
import { cleaned, shortened } from './user-text.ts';
import type { Voice } from './voice.ts';

const DEFINITIONS = [
  'mtpd',
  'rto',
  'rpo',
  'effective',
  'observed',
  'planted',
  'contradiction',
  'fingerprint',
];
const LIMITS = [1, 2, 3, 4, 5];
const EXPLAINED = COVERAGE_STATES.filter((state) => state !== 'waived' && state !== 'not-applicable');

export type ReportView = ReturnType<typeof reportView>;

/** The hash is that of the snapshot as it was given; only what is printed is cleaned. */
export function reportView(given: ReportSnapshot, voice: Voice) {
  const hash = sha256(canonical(given));
  const snapshot = cleaned({ ...given, coverage: typesetCoverage(given.coverage, voice) });
  const cite = citationsOf(snapshot.evidence);
  const { reference, client, provider, preparedBy, madeAt, readiness, coverage } = snapshot;
  return {
    locale: voice.locale,
    reference,
    client: client.name,
    coverClient: shortened(client.name, 110),
    provider: provider.name,
    preparedBy,
    made: voice.moment(madeAt),
    period: voice.say('period', { fromDate: snapshot.period.from, toDate: snapshot.period.to }),
    isEmpty: readiness.activities.length === 0,
    cover: standing(readiness, voice, { isNight: true }),
    contents: contentsView(snapshot, voice),
    verify: {
      hash,
      hashLines: hash.match(/.{16}/g) ?? [],
      qr: qr(`${reference} ${hash.slice(0, 16)}`, voice.say('verify.qr')),
      start: hash.slice(0, 16),
    },
    legend: legendView(voice),
    management: managementView(snapshot, voice),
    readiness: activitiesView(readiness, voice),
    frameworks: coverage.frameworks.map((framework, index) => frameworkView(framework, index, voice, cite)),
    tests: restoreTestsView(snapshot, voice, cite),
    plans: plansView(snapshot, voice),
    points: pointsView(snapshot, voice),
    evidence: evidenceView(snapshot, voice),
    closing: {
      definitions: DEFINITIONS.map((key) => ({
        word: voice.say(`define.${key}`),
        text: voice.say(`define.${key}.text`),
      })),
      limits: LIMITS.map((number) => voice.say(`limit.${number}`, { madeAt })),
    },
  };
}

/** The catalogue is typed on a keyboard. */
function typesetCoverage(coverage: Coverage, { locale }: Voice): Coverage {
  const frameworks = coverage.frameworks.map((framework) => ({
    ...framework,
    name: typeset(framework.name, locale),
    clauses: framework.clauses.map((clause) => ({
      ...clause,
      paraphrase: typeset(clause.paraphrase, locale),
    })),
  }));
  return { ...coverage, frameworks };
}

/** Chapters in order; coverage has one line for each framework. */
function contentsView({ client, madeAt, readiness, coverage, versions }: ReportSnapshot, voice: Voice) {
  const entry = (id: string, number: string, note = '') => ({
    id,
    number,
    name: voice.say(`chapter.${id.replace(/-\d+$/, '')}`),
    note,
  });
  const frameworks = coverage.frameworks.map(({ name }, index) => entry(`coverage-${index + 1}`, '3', name));
  return {
    entries: [
      entry('management', '1'),
      entry('readiness', '2'),
      ...frameworks,
      entry('tests', '4'),
      entry('plans', '5'),
      entry('points', '6'),
      entry('evidence', 'A'),
      entry('closing', 'B'),
    ],
    scope: voice.say('contents.scope-text', {
      count: readiness.activities.length,
      client: client.name,
      madeAt,
    }),
    versions: voice.say('contents.versions-text', versions),
  };
}

/** How states, measures and sources are drawn, in words. */
function legendView(voice: Voice) {
  const line = (group: string) => (key: SignName) => ({
    sign: signOf(key, 12),
    word: voice.say(`${group}.${key}`),
  });
  return {
    states: EXPLAINED.map((state) => ({ ...line('state')(state), means: voice.say(`state-means.${state}`) })),
    measures: (['within', 'late', 'declared', 'declared-late', 'unmeasured', 'no-objective'] as const).map(
      line('verdict'),
    ),
    sources: (['system', 'person', 'vendor'] as const).map(line('asserted')),
  };
}
