/** restic: repository version 2, which compresses; its cache beside its repository. */
import path from 'node:path';
import { type Contender, type Place, STORES } from '../contender.ts';
import type { Command } from '../measure.ts';

export const restic: Contender = {
  name: 'restic',
  stores: STORES,
  isIncremental: true,
  version: { program: 'restic', args: ['version'], env: {} },
  init: (place) => [call(place, ['init', '--repository-version', '2'])],
  works: {
    first: (place) => call(place, ['backup', '--quiet', place.source]),
    day2: (place) => call(place, ['backup', '--quiet', place.source]),
    L2b: (place) => call(place, ['check', '--quiet', '--read-data']),
    L3: (place) => call(place, ['restore', 'latest', '--quiet', '--verify', '--target', place.target]),
  },
};

function call({ store, s3, state, env }: Place, args: string[]): Command {
  const own = {
    RESTIC_REPOSITORY: s3 ? `s3:${s3.endpoint}/${s3.bucket}` : store,
    RESTIC_PASSWORD: 'bench',
    RESTIC_CACHE_DIR: path.join(state, 'cache'),
  };
  return { program: 'restic', args, env: { ...env, ...own } };
}
