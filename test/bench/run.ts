/** `npm run bench`: our engine side by side with restic, Borg and four programs in a row. See README.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Contender } from './contender.ts';
import { makeContenders } from './contenders.ts';
import { prepareSet } from './data.ts';
import { grow } from './growth.ts';
import { againstLimits, limitsTable } from './limits/table.ts';
import { type Limits, measureLimits } from './limits.ts';
import { describeMachine } from './machine.ts';
import { type Options, readOptions, usage } from './options.ts';
import type { Run } from './round.ts';
import { takeRounds, tell } from './rounds.ts';
import { type Summary, summarize } from './summary.ts';
import { resultTable } from './table.ts';

if (process.argv.includes('--help')) console.log(usage);
else await bench(readOptions(process.argv.slice(2)));

async function bench(options: Options): Promise<void> {
  mkdirSync(options.work, { recursive: true });
  const contenders = makeContenders(options.contenders, path.join(options.work, 'keys'));
  const machine = describeMachine(contenders);
  const result = options.growth
    ? await grow(contenders, options.growth, options)
    : await compare(contenders, options);
  console.log([machine.text, result.text].join('\n\n'));
  if (options.json) writeFileSync(options.json, JSON.stringify({ machine, options, ...result }, null, 2));
}

async function compare(contenders: Contender[], options: Options) {
  const runs: Run[] = [];
  const summaries: Summary[] = [];
  const limits: Limits[] = [];
  const ratios: string[] = [];
  for (const name of options.sets) {
    tell(`data set ${name} at scale ${options.scale}`);
    const set = prepareSet(name, options);
    const these = await takeRounds(set, contenders, options);
    runs.push(...these);
    summaries.push(...summarize(these));
    tell('limits of the stages');
    limits.push(await measureLimits(set, options.work));
    ratios.push(...againstLimits(limits.at(-1)!, set, summaries));
  }
  const text = [resultTable(summaries), limitsTable(limits), ratios.join('  \n')].join('\n\n');
  return { text, summaries, runs, limits, ratios };
}
