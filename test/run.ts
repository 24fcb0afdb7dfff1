/**
 * Runs a suite, one mocha on each processor and one more, since many tests wait: `node test/run.ts [config of mocha]`. Each takes a handful of files of one folder at a
 * time, with a PostgreSQL and S3 server of its own. What it printed appears when it ends, and at the end what failed anywhere
 * and the sum of all, as mocha would tell it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const FILES_AT_ONCE = 10;
/** What one mocha compiled, the next need not, nor what it starts. */
const COMPILED = resolve('node_modules/.cache/compiled');
/** A handful that does not end by then is ended, and has failed. */
const LONGEST_MS = 10 * 60_000;

interface Suite {
  spec: string[];
  ignore: string[];
  timeout: number;
  slow: number;
  /** Folders whose tests take long. */
  long?: string[];
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
await Promise.all(Array.from({ length: Math.min(availableParallelism() + 1, 4) }, work));

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

/** Files of one folder together, the longest handfuls first, so that no processor is left with one at the end. */
function handfuls(): string[][] {
  const files = globSync(suite.spec, { exclude: suite.ignore }).sort();
  return [...Map.groupBy(files, dirname).values()]
    .flatMap((own) => chunksOf(own, FILES_AT_ONCE))
    .sort((left, right) => rank(right) - rank(left));
}

/** The folders that the suite names as long ones come first, and then whatever has most files. */
function rank(files: string[]): number {
  const isLong = suite.long?.some((folder) => files[0]!.startsWith(folder));
  return isLong ? FILES_AT_ONCE + files.length : files.length;
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
    env: { NODE_COMPILE_CACHE: COMPILED, ...process.env },
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
