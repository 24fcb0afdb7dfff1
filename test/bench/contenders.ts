/** Who takes part. */
import type { Contender } from './contender.ts';
import { borg } from './contenders/borg.ts';
import { reprise } from './contenders/reprise.ts';
import { restic } from './contenders/restic.ts';
import { shell } from './contenders/shell.ts';

/** All that can be asked for. `borg-lz4` is not among those of an ordinary run. */
export const CONTENDERS = ['reprise', 'restic', 'borg', 'shell', 'borg-lz4'];
export const USUAL_CONTENDERS = CONTENDERS.slice(0, 4);
export const OURS = 'reprise';
export const YARDSTICK = 'restic';

/** The contenders of these names, in this order. `keys` is a folder for our key files. */
export function makeContenders(names: string[], keys: string): Contender[] {
  const ours = reprise(keys);
  const all = [ours, restic, borg('borg', 'zstd,3'), shell(keys), borg('borg-lz4', 'lz4')];
  return names.map((name) => all.find((one) => one.name === name)!);
}
