/** From a source's address to the source. */
import { because } from '../recovery-points/finding-codes.ts';
import type { S3Credentials } from '../stores/store.ts';
import { folderSource } from './folder.ts';
import { mariadbSource } from './mariadb.ts';
import { postgresqlSource } from './postgresql.ts';
import { s3Source } from './s3.ts';
import { type Source, SourceError } from './source.ts';
import { sqliteSource } from './sqlite.ts';

export interface OpenOptions {
  /** Where PostgreSQL's programs may be unpacked. */
  programsDir?: string | undefined;
  /** For buckets whose address holds no keys. */
  s3Credentials?: S3Credentials | undefined;
}

/** Reads a folder's path, `postgresql://…`, `mariadb://…`, `mysql://…`, `sqlite:///…` or `s3://…`. Nothing is opened yet. */
export function openSource(text: string, { programsDir, s3Credentials }: OpenOptions = {}): Source {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return folderSource(text);
    case 'postgres':
    case 'postgresql':
      return postgresqlSource(text, programsDir ? { programsDir } : {});
    case 'mysql':
    case 'mariadb':
      return mariadbSource(text);
    case 'sqlite':
      return sqliteSource(text);
    case 's3':
      return s3Source(text, s3Credentials);
    default:
      throw new SourceError(
        'not-found',
        because('source.unknown-kind', { scheme }),
        `"${scheme}:" is not a source that can be backed up. Give a folder's path, postgresql://…, mariadb://…, mysql://…, sqlite:///… or s3://….`,
      );
  }
}
