/** A place with a store, keys and a source, for the tests of the engine. */
import { execFileSync, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newIdentity } from '#/jobs/recovery-points/age/keys.ts';
import { backup } from '#/jobs/recovery-points/backup.ts';
import { walk } from '#/jobs/recovery-points/capture/walk.ts';
import type { BackupResult, Hold, Level, VerifyResult } from '#/jobs/recovery-points/contract.ts';
import { setMtime } from '#/jobs/recovery-points/native/files.ts';
import { encodePath } from '#/jobs/recovery-points/paths.ts';
import { newSigningKey } from '#/jobs/recovery-points/signing.ts';
import { verify } from '#/jobs/recovery-points/verify/verify.ts';
import { folderSource } from '#/jobs/sources/folder.ts';
import { openStore } from '#/jobs/stores/open.ts';
import type { Store } from '#/jobs/stores/store.ts';

export interface World extends AsyncDisposable {
  folder: string;
  source: string;
  storeFolder: string;
  storeAddress: string;
  store: Store;
  identity: string;
  identityFile: string;
  recipient: string;
  signingKey: string;
  publicKey: string;
  backUp(options?: {
    store?: Store;
    onProgress?: () => void;
    source?: string;
    signal?: AbortSignal;
    /** Builds on the last point. */
    onLast?: boolean;
    rules?: { include: string[]; exclude: string[] };
    now?: () => Date;
    retention?: Hold;
  }): Promise<BackupResult>;
  verify(
    level: Level,
    options?: {
      store?: Store;
      identity?: string | null;
      trust?: string[];
      point?: string;
      budget?: { bytes: number };
      watched?: string[];
    },
  ): Promise<VerifyResult>;
}

export const ASSET = 'files';

export async function makeWorld(): Promise<World> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reprise-points-'));
  chmodSync(folder, 0o755);
  const [source, storeFolder, identityFile] = ['source', 'store', 'identity.txt'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  mkdirSync(source);
  mkdirSync(storeFolder);
  const { identity, recipient } = newIdentity();
  const { privateKey: signingKey, publicKey } = newSigningKey();
  writeFileSync(identityFile, `# for tests\n${identity}\n`);
  const storeAddress = `file://${storeFolder}`;
  const store = await openStore(storeAddress);
  const scratchDir = path.join(folder, 'scratch');
  mkdirSync(scratchDir);
  return {
    folder,
    source,
    storeFolder,
    storeAddress,
    store,
    identity,
    identityFile,
    recipient,
    signingKey,
    publicKey,
    backUp: ({ source: from = source, store: to = store, onLast = false, ...options } = {}) =>
      backup({
        ...(onLast && { identity }),
        source: folderSource(from),
        store: to,
        asset: ASSET,
        recipients: [recipient],
        signingKey,
        scratchDir,
        ...options,
      }),
    verify: (
      level,
      { store: from = store, identity: key = identity, trust = [publicKey], point = 'latest', ...more } = {},
    ) =>
      verify({
        store: from,
        asset: ASSET,
        point,
        level,
        trust,
        scratchDir,
        ...(key !== null && { identity: key }),
        ...more,
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Fills a folder with what people and programs really leave on disks, and with what only an enemy would. */
export function makeHostileTree(root: string): void {
  const at = (name: string | Buffer) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name as string)]);
  for (const name of ['empty', 'deep', 'deep/a', 'deep/a/b', 'sticky']) mkdirSync(at(name));
  mkdirSync(at(Buffer.from('dir\xff', 'latin1')));
  for (const name of HOSTILE_NAMES) writeFileSync(at(name), `content of ${name.toString('latin1')}`);
  writeFileSync(at('zero'), '');
  writeFileSync(at('deep/a/b/file'), 'x'.repeat(70_000));
  writeFileSync(at('large'), Buffer.alloc(5_000_001, 'not very random '));
  symlinkSync('plain', at('symlink'));
  symlinkSync(Buffer.from('/nowhere/\xe9', 'latin1'), at(Buffer.from('dangling\xfe', 'latin1')));
  symlinkSync(`${'long/'.repeat(60)}target`, at('long-symlink'));
  linkSync(at('plain'), at('hard-link'));
  spawnSync('mkfifo', [`${root}/fifo`]);
  makeSparse(at('sparse'), 3_000_000, 1_500_000);
  makeSparse(at('sparse-tail'), 5_000_000, 4_999_990);
  truncateSync(at('zero'), 0);
  writeFileSync(at('all-hole'), '');
  truncateSync(at('all-hole'), 4_000_000);
  chmodSync(at('plain'), 0o4755);
  chmodSync(at('sticky'), 0o1777);
  chmodSync(at('zero'), 0o600);
  if (process.geteuid?.() === 0) chownSync(at('large'), 1234, 5678);
  setMtime(at('plain'), '981173106123456789');
  setMtime(at('zero'), '-315619199500000001');
  setMtime(at('symlink'), '1321009871111111111');
  setMtime(at('deep/a'), '1580608922020202020');
  chmodSync(at('deep/a/b'), 0o555);
  setMtime(at('.'), '936868149090909091');
}

const HOSTILE_NAMES = [
  Buffer.from('plain'),
  Buffer.from('new\nline'),
  Buffer.from('back\\slash'),
  Buffer.from('quo"te'),
  Buffer.from('100%25'),
  Buffer.from('latin\xe9', 'latin1'),
  Buffer.from('return\r'),
  Buffer.from('tab\tand\u0001control\u007f'),
  Buffer.from('rtl\u202etxt.exe'),
  Buffer.from(' lead and trail '),
  Buffer.from('-dash'),
  Buffer.from('&*?[glob]$(x)`y`'),
  Buffer.from('all\n\\\r\xff%0A"& ', 'latin1'),
  Buffer.from('x'.repeat(255)),
  Buffer.from('é'.repeat(127)),
  Buffer.from('dir\xff/inside', 'latin1'),
  Buffer.from('日本語 🗄'),
];

function makeSparse(file: Buffer, size: number, dataAt: number): void {
  const fd = openSync(file, 'w');
  writeSync(fd, Buffer.from('some data'), 0, 9, dataAt);
  closeSync(fd);
  truncateSync(file, size);
}

/** A tree as lines that are equal exactly when the trees are: kind, mode, owner, time, links, holes and content. */
export function listTree(root: string): string[] {
  const names = new Map<bigint, string>();
  return [...walk(Buffer.from(root))].map(({ path: bytes, full, stats }) => {
    const name = encodePath(bytes);
    const first = stats!.nlink > 1n && !stats!.isDirectory() ? (names.get(stats!.ino) ?? name) : name;
    names.set(stats!.ino, first);
    const facts = [name, stats!.mode.toString(8), stats!.uid, stats!.gid, stats!.mtimeNs, first];
    if (stats!.isFile())
      facts.push(
        stats!.size,
        hash('sha256', readFileSync(full)),
        String(stats!.blocks * 512n < stats!.size - 4096n),
      );
    if (stats!.isSymbolicLink()) facts.push(encodePath(readlinkSync(full, { encoding: 'buffer' })));
    return facts.join(' ');
  });
}

/** A folder with nothing but links to the named programs, to be the whole PATH of a script. */
export function makeBinFolder(parent: string, programs: string[]): string {
  const bin = path.join(parent, 'bin');
  mkdirSync(bin);
  for (const program of programs)
    symlinkSync(
      execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim(),
      path.join(bin, program),
    );
  return bin;
}
