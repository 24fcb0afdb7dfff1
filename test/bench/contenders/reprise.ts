/** Ours, through the command line as people start it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Contender, type Place, STORES, type Work } from '../contender.ts';
import type { Command } from '../measure.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../../server/reprise.mjs');
const ASSET = 'bench';

/** `keys` is a folder for the four key files, made when it holds none. */
export function reprise(keys: string): Contender {
  if (!existsSync(path.join(keys, 'identity.txt'))) say(['keys', 'new', '--out', keys]);
  const key = (name: string) => path.join(keys, name);
  // A backup that may open the last point stores what changed since.
  const isIncremental = say(['backup', '--help']).includes('--identity');

  const backup = (place: Place, args: string[] = []): Command =>
    call(place, [
      ...['backup', place.source, '--to', addressOf(place), '--asset', ASSET],
      ...['--recipient', key('recipient.txt'), '--sign-key', key('signing.key'), ...args],
    ]);
  const verify = (place: Place, level: string): Command =>
    call(place, [
      ...['verify', 'latest', '--from', addressOf(place), '--asset', ASSET],
      ...['--level', level, '--identity', key('identity.txt'), '--trust', key('signing.pub')],
    ]);
  const works: Record<Work, (place: Place) => Command> = {
    first: (place) => backup(place),
    day2: (place) => backup(place, isIncremental ? ['--identity', key('identity.txt')] : []),
    L2b: (place) => verify(place, 'L2b'),
    L3: (place) => verify(place, 'L3'),
  };
  const version = { program: process.execPath, args: ['--print', '"Node " + process.version'], env: {} };
  return { name: 'reprise', stores: STORES, isIncremental, version, init: () => [], works };
}

function addressOf({ store, s3 }: Place): string {
  return s3 ? `s3://${s3.bucket}?endpoint=${s3.endpoint}` : String(pathToFileURL(store));
}

function call({ env }: Place, args: string[]): Command {
  return { program: PROGRAM, args, env };
}

function say(args: string[]): string {
  const { status, stdout, stderr } = spawnSync(PROGRAM, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`reprise ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout;
}
