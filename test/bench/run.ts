/** `npm run bench`: our engine side by side with restic, Borg and standard programs in a row. See README.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Contender } from './contender.ts';
import { makeContenders } from './contenders.ts';
import { factsOf, prepareSet, type SetFacts } from './data.ts';
import { grow } from './growth.ts';
import { type Limits, measureLimits } from './limits.ts';
import { describeMachine } from './machine.ts';
import { type Options, readOptions, usage } from './options.ts';
import { writeReadme } from './readme.ts';
import { inText, type Report } from './report.ts';
import { type Run, servedBelow } from './round.ts';
import { takeRounds, tell } from './rounds.ts';
import { type S3Server, startS3 } from './s3/start.ts';
import { summarize } from './summary.ts';

const given = process.argv.slice(2);
if (given.includes('--help')) console.log(usage);
else await bench(readOptions(given));

async function bench(options: Options): Promise<void> {
  const report: Report = options.from
    ? JSON.parse(readFileSync(options.from, 'utf8'))
    : await measureAll(options);
  if (options.json)
    writeFileSync(options.json, JSON.stringify({ ...report, summaries: summarize(report.runs) }, null, 2));
  console.log(inText(report));
  if (options.writeReadme) writeReadme(report);
}

async function measureAll(options: Options): Promise<Report> {
  mkdirSync(options.work, { recursive: true });
  const contenders = makeContenders(options.contenders, path.join(options.work, 'keys'));
  const machine = describeMachine(contenders);
  await using s3 = options.stores.includes('s3') ? await startS3(servedBelow(options.work)) : null;
  const measured = options.growth
    ? { ...(await grow(contenders, options.growth, options, s3)), limits: [] }
    : await compare(contenders, options, s3);
  const command = ['npm run bench --', ...given].join(' ');
  return { date: new Date().toISOString().slice(0, 10), command, machine, options, ...measured };
}

async function compare(contenders: Contender[], options: Options, s3: S3Server | null) {
  const sets: SetFacts[] = [];
  const runs: Run[] = [];
  const limits: Limits[] = [];
  for (const name of options.sets) {
    tell(`data set ${name} at scale ${options.scale}`);
    const set = prepareSet(name, options);
    runs.push(...(await takeRounds(set, contenders, options, s3)));
    tell('limits of the stages');
    limits.push(await measureLimits(set, options.work));
    sets.push(factsOf(set));
  }
  return { sets, runs, limits };
}
