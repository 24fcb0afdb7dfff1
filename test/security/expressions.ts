/** Regular expressions of the product, and texts that make a careless one take for ever. */
import { globSync, readFileSync } from 'node:fs';

export interface Expression {
  file: string;
  source: string;
  flags: string;
}

/** Where an expression may stand, its signs, and its flags. A division is followed by no such thing and is left out. */
const LITERAL =
  /(?<=(?:[=(,:?&|![{;>]|\breturn)\s*)\/(?![*/])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+)\/([dgimsuvy]*)/g;

export function listExpressions(folders: string[]): Expression[] {
  return globSync(folders.map((folder) => `${folder}/**/*.{ts,js,mjs}`))
    .filter((file) => !file.includes('node_modules'))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(LITERAL)].map(([, source = '', flags = '']) => ({
        file,
        source,
        flags,
      })),
    )
    .filter(isOne);
}

function isOne({ source, flags }: Expression): boolean {
  try {
    return new RegExp(source, flags) instanceof RegExp;
  } catch {
    return false;
  }
}

const COMMON = ['a', 'A', '0', ' ', '\t', '\n', '-', '_', '.', '/', '"', '<', 'é'];
const STARTS = ['', '0', 'a', '/'];
const ENDS = ['', '\0', '!'];

/** Its own signs over and over, alone and in pairs, ended by what it does not expect. */
export function* attacksOn({ source }: Expression, length: number): Generator<string> {
  const own = [...new Set(source.replaceAll(/\\[a-zA-Z]|[\\()[\]{}|?*+^$]/g, ''))].slice(0, 10);
  const signs = [...new Set([...COMMON, ...own])];
  const pumps = [
    ...signs,
    ...own.flatMap((first) => [...own, 'a', ' ', '0'].map((second) => first + second)),
  ];
  for (const pump of pumps)
    for (const start of STARTS)
      for (const end of ENDS) yield start + pump.repeat(Math.ceil(length / pump.length)) + end;
}
