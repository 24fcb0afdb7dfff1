/** What a backup of pgBackRest holds, by its own manifest: the files of a server, and those of its tablespaces. */
import type { ListedEntry } from './repository.ts';

/** Where files of tablespaces are restored to, below the same root. */
export const TABLESPACES = 'tablespaces';

/** Its restore makes the links itself, and leaves out the file that tells a server of them. */
const LINKS = 'pg_data/tablespace_map';

const SECTION = /^\[(.+)\]$/;
const ENTRY = /^(.+?)=(\{.*\})$/;

export function readManifest(lines: string[]): ListedEntry[] {
  const sections = sectionsOf(lines);
  const spaces = new Map(
    entriesOf(sections.get('backup:target')).flatMap(([target, told]) =>
      told['tablespace-name'] ? [[`${target}/`, `${TABLESPACES}/${told['tablespace-name']}/`] as const] : [],
    ),
  );
  const placed = (path: string) => {
    for (const [target, name] of spaces) if (path.startsWith(target)) return name + path.slice(target.length);
    return path;
  };
  const isItself = (path: string) => [...spaces.keys(), 'pg_tblspc/'].includes(`${path}/`);
  return [
    ...entriesOf(sections.get('target:path'))
      .filter(([path]) => !isItself(path))
      .map(([path]) => ({ path: placed(path), kind: 'folder' as const, size: 0, hash: null })),
    // Other links are restored as what they lead to.
    ...entriesOf(sections.get('target:link'))
      .filter(([path]) => path.startsWith('pg_data/pg_tblspc/'))
      .map(([path]) => ({ path, kind: 'other' as const, size: 0, hash: null })),
    ...entriesOf(sections.get('target:file'))
      .filter(([path]) => path !== LINKS)
      .map(([path, told]) => ({
        path: placed(path),
        kind: 'file' as const,
        size: Number(told.size ?? 0),
        hash: told.checksum ? `sha1:${told.checksum}` : null,
      })),
  ];
}

type Told = Record<string, string | number | undefined>;

function sectionsOf(lines: string[]): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let own: string[] = [];
  for (const line of lines) {
    const name = SECTION.exec(line)?.[1];
    if (name) {
      own = [];
      sections.set(name, own);
    } else own.push(line);
  }
  return sections;
}

const entriesOf = (lines: string[] = []): [string, Told][] =>
  lines.flatMap((line): [string, Told][] => {
    const [, path, told] = ENTRY.exec(line) ?? [];
    return path && told ? [[path, JSON.parse(told) as Told]] : [];
  });
