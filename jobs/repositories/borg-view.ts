/** A Borg repository made of links to its segments, but for the one that holds content of the snapshot: that is damaged or gone. */
import { copyFile, cp, mkdir, mkdtemp, open, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { borgEnv, borgName } from './borg.ts';
import type { Damage, DamageView, ViewRequest } from './damage.ts';
import { type Call, refused, runTool } from './tool.ts';

/** Before its entries, in each segment. */
const MAGIC_BYTES = 8;
/** Checksum, size, tag, key. */
const HEADER_BYTES = 4 + 4 + 1 + 32;
const PUTS = [0, 3];

interface Held {
  segment: string;
  /** Of a byte within the content. */
  at: number;
}

export async function viewBorg(request: ViewRequest): Promise<DamageView | null> {
  const { address, scratchDir, secrets, signal } = request;
  const place = fileURLToPath(address);
  const name = await borgName(request);
  const root = await mkdtemp(join(scratchDir, 'view-'));
  const env = borgEnv(request);
  await link(place, join(root, 'sound'), null);
  const chunk = await firstChunk(`${join(root, 'sound')}::${name}`, { env, secrets, signal });
  if (!chunk) return null;
  const held = await findChunk(place, chunk.id);
  return {
    async check(damage) {
      const view = join(root, damage ?? 'sound');
      if (damage) await link(place, view, { held, damage });
      const args = ['--bypass-lock', 'extract', '--dry-run', `${view}::${name}`, `pp:${chunk.path}`];
      const { status, complaint } = await runTool({ program: 'borg', args, env, secrets, signal });
      if (damage) await rm(view, { recursive: true });
      return status === 0 ? null : complaint || 'borg extract ended badly';
    },
    async [Symbol.asyncDispose]() {
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function link(place: string, view: string, hit: { held: Held; damage: Damage } | null): Promise<void> {
  for (const entry of await readdir(place, { withFileTypes: true }))
    if (entry.isFile()) await cp(join(place, entry.name), join(view, entry.name));
  for (const segment of await segmentsOf(place)) {
    await mkdir(join(view, segment, '..'), { recursive: true });
    if (segment !== hit?.held.segment) await symlink(join(place, segment), join(view, segment));
    else if (hit.damage === 'byte-changed')
      await damaged(join(place, segment), join(view, segment), hit.held.at);
  }
}

async function damaged(from: string, to: string, at: number): Promise<void> {
  await copyFile(from, to);
  await using handle = await open(to, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  byte[0]! ^= 0x01;
  await handle.write(byte, 0, 1, at);
}

/** The first content that the snapshot holds, and whose; null where it holds none. */
async function firstChunk(
  archive: string,
  { env, secrets, signal }: Pick<Call, 'env' | 'secrets' | 'signal'>,
): Promise<{ id: string; path: string } | null> {
  const enough = new AbortController();
  let isAmongItems = false;
  let id: string | null = null;
  let path: string | null = null;
  const read = (line: string) => {
    if (path !== null) return;
    isAmongItems ||= line.includes('"_items": [');
    if (!isAmongItems) return;
    id ??= /^\s+"\\u007f([0-9a-f]{64})",?$/.exec(line)?.[1] ?? null;
    if (id !== null && /^\s+"path": /.test(line)) {
      path = JSON.parse(`{${line.trim().replace(/,$/, '')}}`).path as string;
      enough.abort();
    }
  };
  const call = {
    program: 'borg',
    args: ['debug', 'dump-archive', archive, '-'],
    ...{ env, secrets },
    signal: AbortSignal.any([signal, enough.signal]),
  };
  await runTool(call, read).catch((error) => {
    if (!enough.signal.aborted || signal.aborted) throw error;
  });
  return id === null || path === null ? null : { id, path };
}

/** Where the repository keeps it now: of several entries, the last one counts. */
async function findChunk(place: string, id: string): Promise<Held> {
  for (const segment of (await segmentsOf(place)).toReversed()) {
    const at = await lastPut(join(place, segment), id);
    if (at !== null) return { segment, at };
  }
  throw refused('borg', `no segment holds ${id}`);
}

async function lastPut(file: string, id: string): Promise<number | null> {
  await using handle = await open(file);
  const { size: end } = await handle.stat();
  const header = Buffer.alloc(HEADER_BYTES);
  let found: number | null = null;
  for (let at = MAGIC_BYTES; at + 9 <= end; ) {
    const { bytesRead } = await handle.read(header, 0, HEADER_BYTES, at);
    const size = header.readUInt32LE(4);
    if (size < 9) break;
    const isPut = PUTS.includes(header[8]!) && bytesRead === HEADER_BYTES;
    if (isPut && header.toString('hex', 9) === id) found = at + HEADER_BYTES + ((size - HEADER_BYTES) >> 1);
    at += size;
  }
  return found;
}

/** In the order in which they were written. */
async function segmentsOf(place: string): Promise<string[]> {
  const below = await readdir(join(place, 'data'), { recursive: true, withFileTypes: true });
  return below
    .filter((entry) => entry.isFile() && /^\d+$/.test(entry.name))
    .sort((left, right) => Number(left.name) - Number(right.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(place.replace(/\/+$/, '').length + 1));
}
