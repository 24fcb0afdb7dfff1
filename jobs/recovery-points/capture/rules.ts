/** Which parts of a source are captured. */
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { globOf } from '../globs.ts';

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
  const [isExcluded, isIncluded] = [namedBy(exclude), namedBy(include)];
  return (own) => own !== '.' && isExcluded(own) && !isIncluded(own);
}

/** Whether one of the globs names a path, or a folder that it lies in. */
function namedBy(globs: string[]): LeavesOut {
  const tests = globs.map((text) => {
    const glob = text.replace(/(?<!\/)\/+$/, '');
    // A glob without a slash is meant for names in every folder, as in most tools; `cache/**` not for the folder itself.
    const whole = glob.includes('/') ? glob.replace(/\/\*\*$/, '/**/*') : `**/${glob}`;
    return globOf(`${whole}/**`);
  });
  return (own) => tests.some((isNamed) => isNamed(own));
}
