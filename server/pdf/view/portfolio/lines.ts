/** All clients in a few figures, what changed since the last report, and one line for each client. */
import { RESTORE_INTERVAL_DAYS } from '#/plans/readiness/compute-readiness.ts';
import type { PortfolioLine, PortfolioSnapshot, PortfolioTrend } from '#/plans/reports/portfolio/snapshot.ts';
import { levelBar } from '#/server/charts/level-bar.ts';
import { type SignName, signOf } from '#/server/charts/signs.ts';
import type { Voice } from '../voice.ts';

const LEVELS = [0, 1, 2, 3, 4, 5, 6, 7];
const MOST_MOVED = 12;
const LATE = ['late', 'declared-late'];

export function overviewView({ lines, madeAt }: PortfolioSnapshot, voice: Voice) {
  const figure = (key: string, isCounted: (line: PortfolioLine) => boolean) => ({
    label: voice.say(`portfolio.figure.${key}`),
    value: lines.filter(isCounted).length,
    total: voice.say('figure.of', { total: lines.length }),
    isNone: lines.length === 0,
  });
  return {
    title: titleOf(lines, voice),
    figures: [
      figure('contradicted', ({ contradictions }) => contradictions > 0),
      figure('late', ({ weakest }) => weakest !== null && LATE.includes(weakest.verdict)),
      figure('stale', (line) => isProofOld(line, madeAt)),
      figure('overdue', (line) => line.overdueReviews + line.overdueTests + line.overdueActions > 0),
    ],
    levels: LEVELS.map((level) => levelView(level, lines, voice)),
  };
}

/** Contradictions first: a good level does not make up for one. */
function titleOf(lines: PortfolioLine[], voice: Voice): string {
  const total = lines.length;
  if (total === 0) return voice.say('portfolio.title.none');
  const contradicted = lines.filter(({ contradictions }) => contradictions > 0).length;
  if (contradicted > 0) return voice.say('portfolio.title.contradicted', { count: contradicted, total });
  const late = lines.filter(({ weakest }) => weakest !== null && LATE.includes(weakest.verdict)).length;
  if (late > 0) return voice.say('portfolio.title.late', { count: late, total });
  return voice.say('portfolio.title.clean', { count: total });
}

function levelView(level: number, lines: PortfolioLine[], voice: Voice) {
  const count = lines.filter((line) => line.level === level).length;
  const name = voice.say(`level-short.R${level}`);
  const told = voice.say('portfolio.of-clients', { count, total: lines.length });
  return {
    ...{ level: `R${level}`, name, count },
    bar: levelBar({ share: lines.length === 0 ? 0 : count / lines.length, title: name, desc: told }),
  };
}

export function lineView(line: PortfolioLine, madeAt: string, voice: Voice) {
  const { name, level, missing, weakest, provenDataAt } = line;
  return {
    name,
    level: `R${level}`,
    stale: line.isStale ? voice.say('portfolio.as-of', { computedAt: line.computedAt }) : '',
    missing: missing ? voice.reason(missing) : voice.word('portfolio.complete'),
    weakest: weakestView(weakest, voice),
    against: [
      ...counted('count.contradictions', line.contradictions, 'contradicted'),
      ...counted('count.rto-breaches', line.rtoBreaches, 'late'),
      ...counted('count.rpo-breaches', line.rpoBreaches, 'late'),
      ...counted('count.failed', line.failedTests, 'failed'),
      ...counted('count.inconclusive', line.inconclusiveTests, 'inconclusive'),
    ].map(({ key, count, sign }) => ({ text: voice.word(key, { count }), sign: signOf(sign, 9) })),
    overdue: [
      ...counted('count.overdue-reviews', line.overdueReviews, 'late'),
      ...counted('count.overdue-tests', line.overdueTests, 'late'),
      ...counted('count.overdue-actions', line.overdueActions, 'late'),
    ].map(({ key, count }) => voice.word(key, { count })),
    proof: provenDataAt
      ? voice.say('portfolio.proven-ago', { seconds: ageOf(provenDataAt, madeAt) })
      : voice.word('portfolio.never'),
    proofTone: isProofOld(line, madeAt) ? 'is-missing' : 'is-proven',
    proofNote: provenDataAt && isProofOld(line, madeAt) ? voice.say('portfolio.proof-old') : '',
  };
}

const counted = (key: string, count: number, sign: SignName) => (count > 0 ? [{ key, count, sign }] : []);

function weakestView(weakest: PortfolioLine['weakest'], voice: Voice) {
  if (!weakest) return null;
  const { name, verdict, seconds, rtoSeconds } = weakest;
  return {
    name,
    tone: `is-${verdict}`,
    sign: signOf(verdict, 10),
    verdict: voice.say(`verdict.${verdict}`),
    time:
      seconds === null
        ? voice.say('portfolio.no-time', { rtoSeconds })
        : voice.say(verdict === 'unmeasured' ? 'portfolio.time-at-least' : 'portfolio.time', {
            seconds,
            rtoSeconds,
          }),
  };
}

const ageOf = (at: string, madeAt: string): number =>
  Math.max(0, Math.floor((Date.parse(madeAt) - Date.parse(at)) / 1000));

/** Never proven counts as old: nothing recent shows that it comes back. */
const isProofOld = ({ provenDataAt }: PortfolioLine, madeAt: string): boolean =>
  provenDataAt === null || ageOf(provenDataAt, madeAt) > RESTORE_INTERVAL_DAYS * 86_400;

export function trendView(trend: PortfolioTrend | null, voice: Voice) {
  if (!trend) return null;
  const { reference, madeAt, up, down, joined, left, totals } = trend;
  const moved = (changes: PortfolioTrend['up']) =>
    changes
      .slice(0, MOST_MOVED)
      .map(({ name, from, to }) => voice.say('portfolio.moved', { name, from, to }));
  const group = (key: string, names: string[], count: number) => ({
    title: voice.say(`portfolio.trend.${key}`, { count }),
    names: names.slice(0, MOST_MOVED),
    more: count > MOST_MOVED ? voice.say('portfolio.more', { count: count - MOST_MOVED }) : '',
  });
  return {
    lead: voice.say('portfolio.trend.lead', { reference, madeAt }),
    groups: [
      group('down', moved(down), down.length),
      group('up', moved(up), up.length),
      group('joined', joined, joined.length),
      group('left', left, left.length),
    ].filter(({ names }) => names.length > 0),
    totals: totals.map(({ key, before, now }) => ({
      word: voice.say(`portfolio.total.${key}`),
      ...{ before, now },
      tone: now > before ? 'is-late' : '',
      change: voice.say(
        now === before ? 'portfolio.same' : now > before ? 'portfolio.more-than' : 'portfolio.less-than',
        {
          count: Math.abs(now - before),
        },
      ),
    })),
  };
}
