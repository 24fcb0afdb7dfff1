/** Chapter 3: for each framework two shares that are never added, the contradictions, and every clause with its records. */
import { type ClauseCoverage, COVERAGE_STATES, type FrameworkCoverage } from '#/plans/coverage/coverage.ts';
import { shareBar } from '#/server/charts/share-bar.ts';
import { signOf } from '#/server/charts/signs.ts';
import { stateStrip } from '#/server/charts/state-strip.ts';
import type { Cite } from './citations.ts';
import { sentences, type Voice } from './voice.ts';

const MOST_REASONS = 3;

export function frameworkView(
  framework: FrameworkCoverage,
  { index, number }: { index: number; number: string },
  voice: Voice,
  cite: Cite,
) {
  const { name, counts, clauses, total } = framework;
  const rows = clauses.map((clause) => clauseView(clause, voice, cite));
  return {
    id: `coverage-${index + 1}`,
    number,
    name,
    title: titleOf(framework, voice),
    lead: voice.say('coverage.lead', { framework: name, count: total }),
    shares: (['proven', 'declared'] as const).map((of) => shareView(of, framework, voice)),
    strip: stateStrip({
      states: clauses.map(({ state }) => state),
      title: voice.say('chart.clauses', { framework: name }),
      desc: COVERAGE_STATES.map((state) => `${voice.say(`state.${state}`)} ${counts[state]}`).join(', '),
    }),
    legend: COVERAGE_STATES.filter((state) => counts[state] > 0).map((state) => ({
      sign: signOf(state),
      word: voice.say(`state.${state}`),
      count: counts[state],
    })),
    contradicted: rows.filter(isContradicted),
    others: rows.filter((row) => !isContradicted(row)),
    hasUnchecked: clauses.some(({ isUnchecked }) => isUnchecked),
  };
}

const isContradicted = ({ tone }: { tone: string }) => tone === 'is-contradicted';

function titleOf({ name, counts, total }: FrameworkCoverage, voice: Voice): string {
  const params = { framework: name, total };
  if (total === 0) return voice.say('coverage.title.empty', params);
  if (counts.contradicted > 0)
    return voice.say('coverage.title.contradicted', { ...params, count: counts.contradicted });
  if (counts.proven === 0) return voice.say('coverage.title.none', params);
  return voice.say('coverage.title.some', { ...params, count: counts.proven });
}

function shareView(of: 'proven' | 'declared', framework: FrameworkCoverage, voice: Voice) {
  const { name, counts, total } = framework;
  const share = of === 'proven' ? framework.provenShare : framework.declaredShare;
  const percent = voice.percent(share);
  return {
    tone: counts[of] === 0 ? 'share-none' : `share-${of}`,
    percent,
    word: voice.say(`coverage.${of}`),
    count: voice.say(`coverage.${of}-of`, { count: counts[of], total }),
    bar: shareBar({ share, of, title: voice.say(`coverage.${of}`), desc: `${name}, ${percent}` }),
  };
}

/** Rows of the catalogue that share a clause are told apart by what follows `#`; the text itself knows no such mark. */
export const printedRef = (ref: string) => ref.replace(/#.*$/, '');

function clauseView(clause: ClauseCoverage, voice: Voice, cite: Cite) {
  const told = sentences(clause.reasons, voice);
  const rest = told.length - MOST_REASONS;
  return {
    ref: printedRef(clause.ref),
    paraphrase: clause.paraphrase,
    state: voice.say(`state.${clause.state}`),
    sign: signOf(clause.state),
    tone: `is-${clause.state}`,
    reasons: told.slice(0, MOST_REASONS),
    more: rest > 0 ? voice.say('coverage.more', { count: rest }) : '',
    evidence: cite(clause.evidence),
    isUnchecked: clause.isUnchecked,
  };
}
