/** The coverage report: each framework of the client, clause by clause, what contradicts, and what somebody decided. */
import type { FrameworkCoverage } from '#/plans/coverage/coverage.ts';
import type { CoverageSnapshot } from '#/plans/reports/coverage/snapshot.ts';
import { shareBar } from '#/server/charts/share-bar.ts';
import { signOf } from '#/server/charts/signs.ts';
import { typesetCoverage } from '../view/catalogue-text.ts';
import { citationsOf } from '../view/citations.ts';
import { frameworkView, printedRef } from '../view/coverage.ts';
import { chapter, frameOf } from '../view/frame.ts';
import { evidenceView } from '../view/holdings.ts';
import { legendView } from '../view/legend.ts';
import { cleaned } from '../view/user-text.ts';
import type { Voice } from '../view/voice.ts';

const DEFINITIONS = ['proven', 'declared', 'contradiction', 'waiver', 'fingerprint'];
const LIMITS = ['recorded', 'no-opinion', 'own-words'];

export function coverageView(given: CoverageSnapshot, voice: Voice) {
  const snapshot = cleaned({ ...given, coverage: typesetCoverage(given.coverage, voice) });
  const cite = citationsOf(snapshot.evidence);
  const { client, coverage, decisions, madeAt } = snapshot;
  const { frameworks } = coverage;
  const number = (index: number) => String(index + 2);
  return {
    ...frameOf(given, voice, {
      owner: client.name,
      chapters: [
        chapter(voice, 'frameworks', '1'),
        ...frameworks.map(({ name }, index) => chapter(voice, `coverage-${index + 1}`, number(index), name)),
        chapter(voice, 'decisions', 'A'),
        chapter(voice, 'evidence', 'B'),
        chapter(voice, 'closing', 'C'),
      ],
      definitions: DEFINITIONS,
      limits: LIMITS,
    }),
    scope: voice.say('contents.coverage-scope', { count: frameworks.length, client: client.name, madeAt }),
    legend: legendView(voice),
    summary: {
      title: summaryTitle(frameworks, voice),
      rows: frameworks.map((one) => summaryRow(one, voice)),
    },
    frameworks: frameworks.map((framework, index) =>
      frameworkView(framework, { index, number: number(index) }, voice, cite),
    ),
    decisions: {
      title: voice.say('decisions.title', { count: decisions.length }),
      rows: decisions.map((decision) => decisionView(decision, frameworks, voice)),
    },
    evidence: evidenceView(snapshot.evidence, voice),
  };
}

/** Contradictions first: no number of proofs makes up for one. */
function summaryTitle(frameworks: FrameworkCoverage[], voice: Voice): string {
  const of = (state: 'contradicted' | 'proven') =>
    frameworks.reduce((sum, { counts }) => sum + counts[state], 0);
  const total = frameworks.reduce((sum, framework) => sum + framework.total, 0);
  if (of('contradicted') > 0)
    return voice.say('frameworks.title.contradicted', { count: of('contradicted'), total });
  return voice.say('frameworks.title.proven', { count: of('proven'), total });
}

function summaryRow(
  { name, level, total, counts, provenShare, declaredShare }: FrameworkCoverage,
  voice: Voice,
) {
  const share = (of: 'proven' | 'declared', value: number) => ({
    tone: counts[of] === 0 ? 'share-none' : `share-${of}`,
    percent: voice.percent(value),
    count: voice.say(`coverage.${of}-of`, { count: counts[of], total }),
    bar: shareBar({
      share: value,
      of,
      title: voice.say(`coverage.${of}`),
      desc: `${name}, ${voice.percent(value)}`,
    }),
  });
  return {
    name,
    level: level === null ? '' : voice.say('frameworks.level', { level }),
    total,
    proven: share('proven', provenShare),
    declared: share('declared', declaredShare),
    contradicted: counts.contradicted,
    missing: counts.missing,
  };
}

type Decision = CoverageSnapshot['decisions'][number];

function decisionView(
  { framework, ref, state, reason, by, at, endsAt }: Decision,
  all: FrameworkCoverage[],
  voice: Voice,
) {
  return {
    framework: all.find((one) => one.framework === framework)?.name ?? framework,
    ref: printedRef(ref),
    state: voice.say(`state.${state}`),
    sign: signOf(state),
    reason,
    by,
    at: voice.moment(at),
    ends: endsAt === null ? voice.say('decisions.no-end') : voice.say('decisions.ends', { endsDate: endsAt }),
  };
}
