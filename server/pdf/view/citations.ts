/** Numbers of evidence as they stand in the text: runs of numbers become ranges, so that many still fit in a line. */
import type { ReadinessSnapshot } from '#/plans/reports/readiness/snapshot.ts';

export interface Citation {
  text: string;
  /** The row of the annex that the number leads to. */
  href: string;
}

export type Cite = (ids: readonly string[]) => Citation[];

export function citationsOf(evidence: ReadinessSnapshot['evidence']): Cite {
  const numbers = new Map(evidence.map(({ id, number }, index) => [id, { number, index }]));
  return (ids) => {
    const cited = ids.flatMap((id) => numbers.get(id) ?? []).sort((left, right) => left.index - right.index);
    return runsOf(cited).map((run) => {
      const [first, last] = [run[0]!.number, run.at(-1)!.number];
      return { text: run.length === 1 ? first : `${first} – ${last}`, href: `#${first}` };
    });
  };
}

type Numbered = { number: string; index: number };

function runsOf(cited: Numbered[]): Numbered[][] {
  const runs: Numbered[][] = [];
  for (const one of cited) {
    const run = runs.at(-1);
    if (run && run.at(-1)!.index + 1 === one.index) run.push(one);
    else if (run?.at(-1)?.index !== one.index) runs.push([one]);
  }
  return runs;
}
