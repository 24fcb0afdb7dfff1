/** Limits as Markdown, and our time against them. */
import { OURS } from '../contenders.ts';
import type { SetFacts } from '../data.ts';
import { type Limits, limitOfFirst, limitOfProof } from '../limits.ts';
import { NOISY_SHARE } from '../measure.ts';
import type { Summary } from '../summary.ts';
import { inWords, table } from '../table.ts';
import { STAGES, type Stage } from './stages.ts';

/** Our time may be so many times the sum of the stages. */
const TARGETS: Record<string, number> = { 'A first': 1.5, 'C first': 1.8 };

/** One line for each stage, one core and two. */
export function limitsTable(all: Limits[]): string {
  const head = ['stage (MB/s; list: thousand files/s)', ...all.map(({ set }) => `${set}: one core, two`)];
  const others = all.map(({ othersShare }) => `${(100 * othersShare).toFixed(0)} %`);
  return table(head, [
    ...STAGES.map((stage) => [stage, ...all.map((limits) => rates(limits, stage))]),
    ['others on the machine', ...others],
  ]);
}

/** Our wall time on one store against the sum of the stages' limits, one line each. */
export function againstLimits(limits: Limits, set: SetFacts, summaries: Summary[]): string[] {
  const ours = summaries.filter(({ contender, set: name }) => contender === OURS && name === set.name);
  const storedBytes = ours.find(({ work }) => work === 'first')?.storedBytes;
  return ours.flatMap(({ work, wallSeconds, isQuiet }) => {
    if (storedBytes === undefined || (work !== 'first' && work !== 'L2b')) return [];
    const limit = (work === 'first' ? limitOfFirst : limitOfProof)(limits, set, storedBytes);
    const what = `${set.name} ${work}: ${wallSeconds.toFixed(2)} s, sum of the stages ${limit.toFixed(2)} s`;
    const observed = wallSeconds / limit;
    const atMost = TARGETS[`${set.name} ${work}`];
    const isSure = isQuiet && limits.othersShare < NOISY_SHARE;
    return [
      atMost
        ? inWords({ what: `${what}, ratio`, observed, atMost, isSure })
        : `${what}, ratio ${observed.toFixed(2)}`,
    ];
  });
}

function rates({ oneCore, twoCores }: Limits, stage: Stage): string {
  const unit = stage === 'list' ? 1e3 : 1e6;
  return `${(oneCore[stage] / unit).toFixed(0)}, ${(twoCores[stage] / unit).toFixed(0)}`;
}
