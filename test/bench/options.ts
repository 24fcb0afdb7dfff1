/** What can be chosen when the benchmark is started. */
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { STORES, type StoreKind, WORKS, type Work } from './contender.ts';
import { CONTENDERS, USUAL_CONTENDERS } from './contenders.ts';
import { SETS, type SetName } from './data.ts';

export const usage = `npm run bench -- [--sets A,B,C] [--works first,day2,L2b,L3] [--contenders reprise,restic,borg,shell]
  [--stores folder,s3] [--rounds 5] [--scale 1] [--work DIR] [--json FILE] [--write-readme]
  [--growth [--counts 10000,100000,1000000]]
npm run bench -- --from FILE [--write-readme]

stores  where the repositories lie: in a folder, and on an S3 server on loopback
scale   shares of the full data sets: 0.1 for a look, 1 for figures one may show
work    where data and stores lie; /dev/shm when it has room, so that no disk is measured
growth  instead of the sets: ever more tiny files, for time and memory
from    measures nothing, and tells again what an earlier run wrote with --json
write-readme  writes the main table into the project's README
Contenders that can be named besides: ${CONTENDERS.filter((name) => !USUAL_CONTENDERS.includes(name)).join(', ')}.`;

/** Data, one store, a copy of it and a restored tree lie in the work folder at once. */
const ROOM_AT_FULL_SCALE = 8e9;

export interface Options {
  sets: SetName[];
  works: Work[];
  stores: StoreKind[];
  contenders: string[];
  rounds: number;
  scale: number;
  work: string;
  json: string | null;
  growth: number[] | null;
  from: string | null;
  writeReadme: boolean;
}

/** Reads the call. Throws what is wrong with it. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      sets: { type: 'string', default: SETS.join() },
      works: { type: 'string', default: WORKS.join() },
      stores: { type: 'string', default: STORES.join() },
      contenders: { type: 'string', default: USUAL_CONTENDERS.join() },
      rounds: { type: 'string', default: '5' },
      scale: { type: 'string', default: '1' },
      work: { type: 'string' },
      json: { type: 'string' },
      growth: { type: 'boolean', default: false },
      from: { type: 'string' },
      'write-readme': { type: 'boolean', default: false },
      counts: { type: 'string', default: '10000,100000,1000000' },
    },
  });
  const scale = readNumber('scale', values.scale);
  if (values.growth && values['write-readme'])
    throw new Error('--write-readme takes no --growth: its table is of the sets.');
  return {
    sets: readNames('sets', values.sets, SETS),
    works: readNames('works', values.works, WORKS),
    stores: readNames('stores', values.stores, STORES),
    contenders: readNames('contenders', values.contenders, CONTENDERS),
    rounds: readNumber('rounds', values.rounds),
    scale,
    work: path.resolve(values.work ?? defaultWork(scale)),
    json: values.json ?? null,
    growth: values.growth ? values.counts.split(',').map((count) => readNumber('counts', count)) : null,
    from: values.from ?? null,
    writeReadme: values['write-readme'],
  };
}

function readNames<Name extends string>(option: string, given: string, known: readonly Name[]): Name[] {
  const names = given.split(',');
  const strange = names.find((name) => !known.includes(name as Name));
  if (strange !== undefined) throw new Error(`--${option} takes ${known.join(', ')}, not "${strange}".`);
  return known.filter((name) => names.includes(name));
}

function readNumber(option: string, given: string): number {
  if (!(Number(given) > 0)) throw new Error(`--${option} takes a number above 0, not "${given}".`);
  return Number(given);
}

function defaultWork(scale: number): string {
  const { bavail, bsize } = statfsSync('/dev/shm');
  const hasRoom = bavail * bsize > ROOM_AT_FULL_SCALE * scale;
  return path.join(hasRoom ? '/dev/shm' : tmpdir(), 'reprise-bench');
}
