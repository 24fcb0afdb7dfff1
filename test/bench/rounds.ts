/**
 * The order of everything: each contender has a turn on each store in each round, so that what changes on the machine
 * meets all alike.
 */
import type { Contender, StoreKind } from './contender.ts';
import type { DataSet } from './data.ts';
import type { Options } from './options.ts';
import { type Run, takeTurn } from './round.ts';
import type { S3Server } from './s3/start.ts';

export async function takeRounds(
  set: DataSet,
  contenders: Contender[],
  { rounds, works, work, stores }: Pick<Options, 'rounds' | 'works' | 'work' | 'stores'>,
  s3: S3Server | null,
): Promise<Run[]> {
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders)
      for (const store of storesOf(contender, stores)) {
        const server = store === 's3' ? s3 : null;
        const turn = await takeTurn({ contender, server, set, works, round, work });
        runs.push(...turn);
        const who = `${contender.name} on ${store}`;
        tell(`${set.name} round ${round + 1} of ${rounds}, ${who}: ${turn.map(inWords).join(', ')}`);
      }
  return runs;
}

/** Who knows no S3 is measured on a folder, once. */
function storesOf(contender: Contender, stores: StoreKind[]): Set<StoreKind> {
  return new Set(stores.map((store) => (contender.stores.includes(store) ? store : 'folder')));
}

/** Says on standard error how far we are. */
export function tell(line: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
}

function inWords({ work, wallSeconds, isNoisy, othersShare }: Run): string {
  const noise = isNoisy ? ` (others ${(100 * othersShare).toFixed(0)} %)` : '';
  return `${work} ${wallSeconds.toFixed(2)} s${noise}`;
}
