/** Addresses of what is backed up, as people write them: which kind they are, and how they look without their secrets. */
import { invalid } from './errors.ts';
import { isWithin } from './places.ts';
import type { Work } from './work.ts';

export const SOURCE_KINDS = ['folder', 'postgresql', 'mariadb', 'sqlite', 's3'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What may stand for a source, for people who write one. */
export const SOURCE_FORMS =
  'A folder of this machine, `postgresql://` or `mariadb://user:password@host:port/database` (`mysql://` too), ' +
  '`sqlite:///folder/file.db` of this machine, `s3://key:secret@bucket/prefix?endpoint=…&region=…`, ' +
  'or `agent://NAME/SOURCE`, a source that an agent offers';

/** Sources that can be brought back to life as a database and asked. */
const DATABASES: SourceKind[] = ['postgresql', 'mariadb', 'sqlite'];

export const isDatabase = (kind: SourceKind | undefined) => kind !== undefined && DATABASES.includes(kind);

/** Databases are asked, and files of a folder opened. */
export const hasApplicationLevel = (kind: SourceKind | undefined) => kind === 'folder' || isDatabase(kind);

/** Reads an address. Refuses one that is malformed, or that names a place of this machine which nobody has allowed. */
export function readSource(
  { places }: Pick<Work, 'places'>,
  text: string,
): { kind: SourceKind; address: string } {
  if (text.startsWith('/')) {
    refuseOtherPlaces(new URL(`file://${encodeURI(text)}`), places.sources);
    return { kind: 'folder', address: text };
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  switch (url?.protocol) {
    case 'postgres:':
    case 'postgresql:':
      return { kind: 'postgresql', address: ofServer(url) };
    case 'mysql:':
    case 'mariadb:':
      return { kind: 'mariadb', address: ofServer(url) };
    case 'sqlite:':
      return { kind: 'sqlite', address: ofFile(url, places.sources) };
    case 's3:':
      return { kind: 's3', address: ofBucket(url) };
    default:
      throw invalid('source', 'backup-policy.source');
  }
}

function ofServer(url: URL): string {
  if (!url.hostname || url.pathname.length < 2) throw invalid('source', 'backup-policy.no-database');
  return withoutSecrets(url);
}

function ofFile(url: URL, allowed: readonly string[]): string {
  const isPlain = url.host === '' && url.search === '' && url.hash === '';
  if (!isPlain || !/^\/.*[^/]$/.test(url.pathname)) throw invalid('source', 'backup-policy.source');
  refuseOtherPlaces(new URL(`file://${url.pathname}`), allowed);
  return url.toString();
}

function ofBucket(url: URL): string {
  if (!url.hostname) throw invalid('source', 'backup-policy.source');
  if (!url.username || !url.password) throw invalid('source', 'backup-policy.no-keys');
  const endpoint = url.searchParams.get('endpoint');
  const to = endpoint !== null && URL.canParse(endpoint) ? new URL(endpoint) : null;
  const isHttp = to !== null && /^https?:$/.test(to.protocol) && !to.username && !to.password;
  if (endpoint !== null && !isHttp) throw invalid('source', 'backup-policy.source');
  return withoutSecrets(url);
}

/** A password may also stand behind the question mark. The key's name is no secret, and says who reads. */
function withoutSecrets(url: URL): string {
  const shown = new URL(url);
  shown.password = '';
  for (const name of ['password', 'sslpassword'])
    if (shown.searchParams.has(name)) shown.searchParams.delete(name);
  return shown.toString();
}

function refuseOtherPlaces(place: URL, allowed: readonly string[]): void {
  if (!isWithin(place, allowed))
    throw invalid('source', 'backup-policy.place-not-allowed', { places: allowed.join(', ') || '–' });
}
