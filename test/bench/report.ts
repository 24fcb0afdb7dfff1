/** A run of the benchmark as it is kept, and how it is told. */
import type { SetFacts } from './data.ts';
import { growthTable } from './growth.ts';
import { againstLimits, limitsTable } from './limits/table.ts';
import type { Limits } from './limits.ts';
import type { Options } from './options.ts';
import type { Run } from './round.ts';
import { comparedOn, summarize } from './summary.ts';
import { resultTable } from './table.ts';

export interface Report {
  /** When it ended. */
  date: string;
  command: string;
  machine: { text: string; versions: Record<string, string> };
  options: Options;
  sets: SetFacts[];
  runs: Run[];
  /** None of a growth test. */
  limits: Limits[];
}

/** Every table in Markdown, one for each store. */
export function inText(report: Report): string {
  const stores = report.options.stores.map((store) => {
    const summaries = comparedOn(store, summarize(report.runs));
    const isGrowth = report.options.growth !== null;
    return `Store: ${store}\n\n${isGrowth ? growthTable(report.sets, summaries) : resultTable(summaries)}`;
  });
  const limits = report.limits.length > 0 ? [limitsTable(report.limits), ...ratiosOf(report)] : [];
  return [`${report.date}: ${report.command}`, report.machine.text, ...stores, ...limits].join('\n\n');
}

/** Our times against the sums of the stages, store by store. */
function ratiosOf({ options, sets, runs, limits }: Report): string[] {
  return options.stores.map((store) => {
    const summaries = comparedOn(store, summarize(runs));
    const lines = sets.flatMap((set) => {
      const ofSet = limits.find((one) => one.set === set.name);
      return ofSet ? againstLimits(ofSet, set, summaries) : [];
    });
    return [`Store: ${store}`, ...lines].join('  \n');
  });
}
