/** Globs over paths as manifests write them. A name that begins with a dot is one like any other: here nothing is hidden. */
import { decodePath } from './paths.ts';

/** Answers whether a path fits. `*` and `?` stay within a name, `**` does not; `[a-z]`, `[!a]` and `{one,other}` as in a shell. */
export function globOf(text: string): (path: string) => boolean {
  const glob = patternOf(text);
  return (path) => glob.test(path) || (path.includes('%') && glob.test(decodePath(path).toString('utf8')));
}

const SIGNS = /(\*\*\/|\/\*\*$|\*\*|\*|\?|\[!?[^\]/]+\]|\{[^{}]*\})/;
const PLAIN = /[.+^$()|\\\]}]/g;

function patternOf(glob: string): RegExp {
  try {
    return new RegExp(`^${sourceOf(glob)}$`, 'su');
  } catch {
    // A range that runs backwards is no range: the text can only be a name.
    return new RegExp(`^${escaped(glob)}$`, 'su');
  }
}

function sourceOf(glob: string): string {
  const parts = glob.split(SIGNS);
  return parts.map((part, at) => (at % 2 === 0 ? escaped(part) : meaningOf(part))).join('');
}

function meaningOf(sign: string): string {
  if (sign === '**/') return '(?:.*/)?';
  if (sign === '/**') return '(?:/.*)?';
  if (sign === '**') return '.*';
  if (sign === '*') return '[^/]*';
  if (sign === '?') return '[^/]';
  if (sign.startsWith('{')) return `(?:${sign.slice(1, -1).split(',').map(sourceOf).join('|')})`;
  const isNegated = sign.startsWith('[!');
  return `[${isNegated ? '^/' : ''}${sign.slice(isNegated ? 2 : 1, -1).replace(/[\\^[]/g, '\\$&')}]`;
}

const escaped = (text: string) => text.replace(PLAIN, '\\$&').replace(/[[{*?/]/g, (sign) => `\\${sign}`);
