/** From a source's address to the source. */
import { because } from '../recovery-points/finding-codes.ts';
import type { S3Credentials } from '../stores/store.ts';
import { type Source, SourceError } from './source.ts';

export interface OpenOptions {
  /** Where PostgreSQL's programs may be unpacked. */
  programsDir?: string | undefined;
  /** For buckets whose address holds no keys. */
  s3Credentials?: S3Credentials | undefined;
  /** As for stores: hosts of buckets that are not public and may be reached all the same. Absent: all may. */
  privateHosts?: readonly string[] | undefined;
}

/**
 * Reads a folder's path, `postgresql://…`, `mariadb://…`, `mysql://…`, `sqlite:///…` or `s3://…`. Nothing is opened yet;
 * only what the kind needs is loaded, which for a folder takes half the time of a start.
 */
export async function openSource(
  text: string,
  { programsDir, s3Credentials, privateHosts }: OpenOptions = {},
): Promise<Source> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return (await import('./folder.ts')).folderSource(text);
    case 'postgres':
    case 'postgresql':
      return (await import('./postgresql.ts')).postgresqlSource(text, programsDir ? { programsDir } : {});
    case 'mysql':
    case 'mariadb':
      return (await import('./mariadb.ts')).mariadbSource(text);
    case 'sqlite':
      return (await import('./sqlite.ts')).sqliteSource(text);
    case 's3':
      return (await import('./s3.ts')).s3Source(text, s3Credentials, privateHosts);
    default:
      throw new SourceError(
        'not-found',
        because('source.unknown-kind', { scheme }),
        `"${scheme}:" is not a source that can be backed up. Give a folder's path, postgresql://…, mariadb://…, mysql://…, sqlite:///… or s3://….`,
      );
  }
}
