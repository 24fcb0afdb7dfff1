/** Globs over paths in a backup. A star also stands for names that begin with a dot: here nothing is hidden. */
import path from 'node:path';

/** Whether a glob names this path, or a folder that it lies in. Braces, brackets and stars are as in a shell. */
export function isNamed(own: string, glob: string): boolean {
  return [glob, `${glob}/**`].some(
    (pattern) => path.matchesGlob(own, pattern) || path.matchesGlob(shown(own), shown(pattern)),
  );
}

/** Node's globs pass over leading dots, so another character takes their place. It stands in no path. */
function shown(text: string): string {
  return text.replace(/(?<=^|\/)\.(?=[^/])/g, '\u0001');
}
