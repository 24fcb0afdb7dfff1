/** The order of everything: each contender has a turn in each round, so that what changes on the machine meets all alike. */
import type { Contender } from './contender.ts';
import type { DataSet } from './data.ts';
import type { Options } from './options.ts';
import { type Run, takeTurn } from './round.ts';

export async function takeRounds(
  set: DataSet,
  contenders: Contender[],
  { rounds, works, work }: Pick<Options, 'rounds' | 'works' | 'work'>,
): Promise<Run[]> {
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) {
      const turn = await takeTurn({ contender, set, works, round, work });
      runs.push(...turn);
      tell(`${set.name} round ${round + 1} of ${rounds}, ${contender.name}: ${turn.map(inWords).join(', ')}`);
    }
  return runs;
}

/** Says on standard error how far we are. */
export function tell(line: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
}

function inWords({ work, wallSeconds, isNoisy, othersShare }: Run): string {
  const noise = isNoisy ? ` (others ${(100 * othersShare).toFixed(0)} %)` : '';
  return `${work} ${wallSeconds.toFixed(2)} s${noise}`;
}
