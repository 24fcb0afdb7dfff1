/** Borg with the compression given, which knows no S3; its key, cache and configuration beside its repository. */
import path from 'node:path';
import type { Contender, Place } from '../contender.ts';
import type { Command } from '../measure.ts';

/** `zstd,3` stores about as many bytes as the others; `lz4` is Borg's own choice, faster and larger. */
export function borg(name: string, compression: string): Contender {
  const create = (place: Place, archive: string) =>
    call(place, ['create', '--compression', compression, `${place.store}::${archive}`, place.source]);
  return {
    name,
    stores: ['folder'],
    isIncremental: true,
    version: { program: 'borg', args: ['--version'], env: {} },
    init: (place) => [call(place, ['init', '--encryption', 'repokey', place.store])],
    works: {
      first: (place) => create(place, 'first'),
      day2: (place) => create(place, 'day2'),
      L2b: (place) => call(place, ['check', '--verify-data', place.store]),
      // Borg extracts into the folder it is started in.
      L3: (place) => inFolder(place.target, call(place, ['extract', `${place.store}::first`])),
    },
  };
}

function call({ state, env }: Place, args: string[]): Command {
  const own = {
    BORG_BASE_DIR: path.join(state, 'base'),
    BORG_PASSPHRASE: 'bench',
    BORG_CHECK_I_KNOW_WHAT_I_AM_DOING: 'YES',
  };
  return { program: 'borg', args, env: { ...env, ...own } };
}

function inFolder(folder: string, { program, args, env }: Command): Command {
  return { program: 'env', args: ['--chdir', folder, program, ...args], env };
}
