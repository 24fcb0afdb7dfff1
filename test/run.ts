/**
 * Runs a suite, one mocha on each processor: `node test/run.ts [config of mocha]`. Each takes a handful of files of one folder at a
 * time, with a PostgreSQL and S3 server of its own. What it printed appears when it ends, and at the end what failed anywhere
 * and the sum of all, as mocha would tell it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';

const FILES_AT_ONCE = 10;
/** A handful that does not end by then is ended, and has failed. */
const LONGEST_MS = 10 * 60_000;

interface Suite {
  spec: string[];
  ignore: string[];
  timeout: number;
  slow: number;
}

interface Outcome {
  passed: number;
  failed: number;
  /** What mocha says of the tests that failed, as it says it. */
  failures: string;
  /** Mocha came to its end and every test passed. */
  isGood: boolean;
}

const [config = '.mocharc.json'] = process.argv.slice(2);
const began = performance.now();
const suite = JSON.parse(readFileSync(config, 'utf8')) as Suite;
const waiting = handfuls();
const outcomes: Outcome[] = [];
await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, work));

// Whoever sees the end of a long log only must still learn what failed.
for (const { failures } of outcomes) process.stdout.write(failures);
const sum = (key: 'passed' | 'failed') => outcomes.reduce((total, one) => total + one[key], 0);
console.log(`\n\n  ${sum('passed')} passing (${Math.round((performance.now() - began) / 1000)}s)`);
if (sum('failed') > 0) console.log(`  ${sum('failed')} failing`);
// No test at all is no pass.
process.exitCode = sum('passed') > 0 && outcomes.every(({ isGood }) => isGood) ? 0 : 1;

async function work() {
  for (let files = waiting.shift(); files; files = waiting.shift()) outcomes.push(await runMocha(files));
}

/** Files of one folder together, the biggest handfuls first, so that no processor is left with a long one at the end. */
function handfuls(): string[][] {
  const files = globSync(suite.spec, { exclude: suite.ignore }).sort();
  return [...Map.groupBy(files, dirname).values()]
    .flatMap((own) => chunksOf(own, FILES_AT_ONCE))
    .sort((left, right) => right.length - left.length);
}

function chunksOf(files: string[], most: number): string[][] {
  const count = Math.ceil(files.length / most);
  const size = Math.ceil(files.length / count);
  return Array.from({ length: count }, (_, index) => files.slice(index * size, (index + 1) * size));
}

async function runMocha(files: string[]): Promise<Outcome> {
  const { timeout, slow } = suite;
  const rules = ['--no-config', '--no-color', `--timeout=${timeout}`, `--slow=${slow}`];
  const mocha = spawn('mocha', [...rules, ...files], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  const [out, err, [status]] = await Promise.all([
    text(mocha.stdout),
    text(mocha.stderr),
    once(mocha, 'close') as Promise<[number | null]>,
  ]);
  process.stdout.write(out);
  process.stderr.write(err);
  const passed = countOf(out, 'passing');
  if (passed === null) console.error(`Mocha came to no end with ${files.join(' ')}.`);
  return {
    passed: passed ?? 0,
    failed: countOf(out, 'failing') ?? 0,
    failures: passed === null ? `\n\nNo end: ${files.join(' ')}\n` : failuresOf(out),
    isGood: passed !== null && status === 0,
  };
}

/** What mocha writes below its summary. */
function failuresOf(out: string): string {
  const at = out.search(/^ {2}\d+ failing\b/m);
  return at < 0 ? '' : out.slice(out.indexOf('\n', at) + 1);
}

/** Of mocha's summary, which is the last to say so. */
function countOf(out: string, word: 'passing' | 'failing'): number | null {
  const last = [...out.matchAll(new RegExp(`^ {2}(\\d+) ${word}\\b`, 'gm'))].at(-1);
  return last ? Number(last[1]) : null;
}
