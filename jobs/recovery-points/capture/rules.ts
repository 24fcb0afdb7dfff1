/** Which parts of a source are captured. */
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { isNamed } from '../globs.ts';

/** Globs over paths below the root. What `exclude` names is left out with all that is in it, unless `include` names it. */
export interface Rules {
  include: string[];
  exclude: string[];
}

export const EVERYTHING: Rules = { include: [], exclude: [] };

/** Answers whether a path is left out. */
export type LeavesOut = (encodedPath: string) => boolean;

/** Reads the rules. Answers null when nothing is left out, so that looking costs nothing. */
export function readRules({ include, exclude }: Rules): LeavesOut | null {
  for (const glob of [...include, ...exclude])
    if (glob === '' || glob.startsWith('/') || glob.split('/').includes('..'))
      throw new EngineError(
        'call',
        because('ask.bad-rule', { rule: glob }),
        `"${glob}" is no rule: write a path or glob below the source, for example "tmp/**" or "*.iso".`,
      );
  if (exclude.length === 0) return null;
  return (own) => own !== '.' && matches(own, exclude) && !matches(own, include);
}

/** A glob without a slash is meant for names in every folder, as in most tools. */
function matches(own: string, globs: string[]): boolean {
  return globs.some((glob) => {
    const whole = glob.replace(/\/+$/, '');
    return isNamed(whole.includes('/') ? own : own.slice(own.lastIndexOf('/') + 1), whole);
  });
}
