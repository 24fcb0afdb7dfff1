/** From a source's address to the source. */
import { because } from '../recovery-points/finding-codes.ts';
import { folderSource } from './folder.ts';
import { postgresqlSource } from './postgresql.ts';
import { type Source, SourceError } from './source.ts';

/** Reads a folder's path or `postgresql://…`. `programsDir` is where database programs may be unpacked. */
export function openSource(text: string, { programsDir }: { programsDir?: string | undefined } = {}): Source {
  if (/^postgres(ql)?:\/\//.test(text)) return postgresqlSource(text, programsDir ? { programsDir } : {});
  const scheme = /^([a-z][a-z0-9+.-]+):/.exec(text)?.[1];
  if (!scheme) return folderSource(text);
  throw new SourceError(
    'not-found',
    because('source.unknown-kind', { scheme }),
    `"${scheme}:" is not a source that can be backed up. Give a folder's path or postgresql://….`,
  );
}
