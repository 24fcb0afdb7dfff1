/** Points that were made once and are kept: how a set of them lies in a folder, and what a restored tree must be. */
import { hash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { walk } from '#/jobs/recovery-points/capture/walk.ts';
import { readXattrs, setXattr } from '#/jobs/recovery-points/native/xattrs.ts';
import { encodePath } from '#/jobs/recovery-points/paths.ts';

/** A folder of `store/`, `identity.txt`, `signing.pub` and, for each point, `expected/<id>.json`. */
export interface FixedPoints {
  folder: string;
  store: string;
  identityFile: string;
  identity: string;
  publicKeyFile: string;
  publicKey: string;
  /** Oldest first. */
  points: { id: string; expected: Described[] }[];
}

/** One thing in a tree. Names are encoded as manifests do it, times are nanoseconds since 1970. */
export interface Described {
  path: string;
  type: string;
  mode: string;
  mtime: string;
  size?: number;
  sha256?: string;
  /** Of a symlink. */
  target?: string;
  /** The first name of the same file. */
  sameAs?: string;
  hasHoles?: true;
  xattrs?: Record<string, string>;
}

export function readFixedPoints(folder: string): FixedPoints {
  const at = (name: string) => path.join(folder, name);
  return {
    folder,
    store: at('store'),
    identityFile: at('identity.txt'),
    identity: readFileSync(at('identity.txt'), 'utf8'),
    publicKeyFile: at('signing.pub'),
    publicKey: readFileSync(at('signing.pub'), 'utf8'),
    points: readdirSync(at('expected'))
      .sort()
      .map((name) => ({
        id: path.basename(name, '.json'),
        expected: JSON.parse(readFileSync(at(`expected/${name}`), 'utf8')),
      })),
  };
}

/** A copy in a folder of its own, with the restore script given, or the one that was published then. */
export async function copyStore({ store }: FixedPoints, script: string | null): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reprise-fixed-'));
  cpSync(store, folder, { recursive: true });
  if (script) cpSync(script, path.join(folder, 'restore.sh'));
  return folder;
}

/** Everything in a tree but its owners, which only root can give back. */
export function describeTree(root: string): Described[] {
  const firstNames = new Map<bigint, string>();
  return [...walk(Buffer.from(root))].map(({ path: bytes, full, stats }) => {
    const [name, { mode, mtimeNs, size, ino, nlink, blocks }] = [encodePath(bytes), stats!];
    const first = firstNames.get(ino);
    if (nlink > 1n && !stats!.isDirectory() && !first) firstNames.set(ino, name);
    const xattrs = readXattrs(full)?.map(([key, value]) => [
      encodePath(Buffer.from(key, 'latin1')),
      value.toString('base64'),
    ]);
    return {
      path: name,
      type: kindOf(stats!),
      // Who is not root gets no file that would run as another.
      mode: (Number(mode) & (isRoot ? 0o7777 : 0o1777)).toString(8).padStart(4, '0'),
      mtime: String(mtimeNs),
      ...(stats!.isFile() && { size: Number(size), sha256: hash('sha256', readFileSync(full)) }),
      ...(stats!.isSymbolicLink() && { target: encodePath(readlinkSync(full, { encoding: 'buffer' })) }),
      ...(first && { sameAs: first }),
      ...(blocks * 512n < size - 4096n && { hasHoles: true as const }),
      ...(xattrs && { xattrs: Object.fromEntries(xattrs.sort()) }),
    };
  });
}

/** What this user on this disk can be expected to get back. */
export function attainable(expected: Described[], folder: string): Described[] {
  const probe = path.join(folder, 'probe');
  writeFileSync(probe, '');
  const keepsAttributes = setXattr(Buffer.from(probe), 'user.probe', Buffer.from('x'));
  return expected.map(({ xattrs, mode, ...entry }) => ({
    ...entry,
    mode: isRoot ? mode : (Number.parseInt(mode, 8) & 0o1777).toString(8).padStart(4, '0'),
    ...(xattrs && keepsAttributes && { xattrs }),
  }));
}

const isRoot = process.geteuid?.() === 0;

function kindOf(stats: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): string {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'fifo';
}
