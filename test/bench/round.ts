/** One contender's turn at one data set: an empty repository, then each kind of work, again when others were at work too. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Contender, Place, StoreKind, Work } from './contender.ts';
import type { DataSet } from './data.ts';
import { type Command, type Measured, measure } from './measure.ts';
import type { S3Server } from './s3/start.ts';

const TRIES = 3;
/** A bucket is a folder of what is served. */
const BUCKET = 'store';

/** One measurement. Each is kept, the noisy ones too. */
export interface Run extends Measured {
  set: string;
  work: Work;
  contender: string;
  store: StoreKind;
  round: number;
  attempt: number;
  /** What the work added to the store. */
  storedBytes: number;
}

export interface Turn {
  contender: Contender;
  /** The server to keep the store on, or null for a folder. */
  server: S3Server | null;
  set: DataSet;
  works: Work[];
  round: number;
  work: string;
}

/** What an S3 server must serve for the turns below a work folder. */
export function servedBelow(work: string): string {
  return path.join(work, 'turn', 'state');
}

/** Works through one turn and removes all it made. */
export async function takeTurn({ contender, server, set, works, round, work: folder }: Turn): Promise<Run[]> {
  const place = makePlace(folder, set.folder, server);
  const runs: Run[] = [];
  const note = (work: Work, storedBytes: number, measured: Measured[]) => {
    const store: StoreKind = server ? 's3' : 'folder';
    const kind = { set: set.name, work, contender: contender.name, store, round, storedBytes };
    runs.push(...measured.map((one, attempt) => ({ ...kind, attempt, ...one })));
  };
  const run = (work: Work) => measure(contender.works[work](place), server?.pid ?? null);

  const first = await untilQuiet(
    () => startAfresh(contender, place),
    () => run('first'),
  );
  const firstBytes = bytesBelow(place.store);
  if (works.includes('first')) note('first', firstBytes, first);
  for (const work of ['L2b', 'L3'] as const)
    if (works.includes(work))
      note(
        work,
        0,
        await untilQuiet(
          () => emptyFolder(place.target),
          () => run(work),
        ),
      );
  rmSync(place.target, { recursive: true, force: true });
  if (works.includes('day2')) {
    const again = keepState(place);
    const day2 = await set.onDay2(() => untilQuiet(again, () => run('day2')));
    note('day2', bytesBelow(place.store) - firstBytes, day2);
  }
  rmSync(path.join(folder, 'turn'), { recursive: true });
  return runs;
}

/** Prepares and measures until nobody else was at work, or the tries are used up. */
async function untilQuiet(prepare: () => void, once: () => Promise<Measured>): Promise<Measured[]> {
  const measured: Measured[] = [];
  do {
    prepare();
    measured.push(await once());
  } while (measured.at(-1)!.isNoisy && measured.length < TRIES);
  return measured;
}

function makePlace(work: string, source: string, server: S3Server | null): Place {
  const folder = path.join(work, 'turn');
  rmSync(folder, { recursive: true, force: true });
  const temporary = path.join(folder, 'tmp');
  const state = servedBelow(work);
  for (const one of [temporary, state]) mkdirSync(one, { recursive: true });
  // A person's folder stays from one backup to the next, with what programs keep there.
  const home = path.join(work, 'home');
  mkdirSync(home, { recursive: true });
  const env = { PATH: process.env.PATH!, HOME: home, TMPDIR: temporary, LANG: 'C.UTF-8' };
  const s3 = server && { endpoint: server.endpoint, bucket: BUCKET };
  return {
    ...{ source, state, s3, store: path.join(state, BUCKET), target: path.join(folder, 'target') },
    env: { ...env, ...(s3 && { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'not-secret' }) },
  };
}

function startAfresh(contender: Contender, place: Place): void {
  emptyFolder(place.state);
  if (place.s3) mkdirSync(place.store);
  for (const command of contender.init(place)) runQuietly(command);
}

/** A copy of the contender's state, which each call puts back: a second day can be backed up once only. */
function keepState({ state }: Place): () => void {
  const copy = `${state}-before`;
  const copyTo = (to: string, from: string) =>
    runQuietly({ program: 'cp', args: ['--archive', from, to], env: { PATH: process.env.PATH! } });
  copyTo(copy, state);
  return () => {
    rmSync(state, { recursive: true });
    copyTo(state, copy);
  };
}

function emptyFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
}

function runQuietly({ program, args, env }: Command): void {
  const { status, stderr } = spawnSync(program, args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stderr}`);
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
