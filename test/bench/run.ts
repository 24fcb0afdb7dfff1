/** `npm run bench`: our engine side by side with restic, Borg and four programs in a row. See README.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeContenders } from './contenders.ts';
import { type DataSet, prepareSet } from './data.ts';
import { describeMachine } from './machine.ts';
import { type Options, readOptions, usage } from './options.ts';
import { type Run, takeTurn } from './round.ts';
import { summarize } from './summary.ts';
import { resultTable } from './table.ts';

if (process.argv.includes('--help')) console.log(usage);
else await bench(readOptions(process.argv.slice(2)));

async function bench(options: Options): Promise<void> {
  mkdirSync(options.work, { recursive: true });
  const contenders = makeContenders(options.contenders, path.join(options.work, 'keys'));
  const machine = describeMachine(contenders);
  const runs: Run[] = [];
  for (const name of options.sets) {
    tell(`data set ${name} at scale ${options.scale}`);
    runs.push(...(await takeRounds(prepareSet(name, options), contenders, options)));
  }
  const summaries = summarize(runs);
  console.log([machine.text, resultTable(summaries)].join('\n\n'));
  if (options.json)
    writeFileSync(options.json, JSON.stringify({ machine, options, summaries, runs }, null, 2));
}

/** Every contender has a turn in every round, so that what changes on the machine meanwhile meets all alike. */
async function takeRounds(
  set: DataSet,
  contenders: ReturnType<typeof makeContenders>,
  { rounds, works, work }: Options,
): Promise<Run[]> {
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) {
      const turn = await takeTurn({ contender, set, works, round, work });
      runs.push(...turn);
      const seconds = turn.map(
        (one) => `${one.work} ${one.wallSeconds.toFixed(2)} s${one.isNoisy ? ' (noisy)' : ''}`,
      );
      tell(`${set.name} round ${round + 1} of ${rounds}, ${contender.name}: ${seconds.join(', ')}`);
    }
  return runs;
}

function tell(line: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
}
