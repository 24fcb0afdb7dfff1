/** Proving a snapshot of another tool's repository: there, all data read, restored and compared; and the proof itself is tried. */
import { cp, mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compare, type Difference, type Restored, readRestored } from './compare.ts';
import { openRepository } from './open.ts';
import type { ListedEntry, OpenRequest } from './repository.ts';

/** A copy of a larger repository takes more room and time than a planted fault is worth. */
const LARGEST_COPY = 4e9;
const MOST_NAMED = 20;

export const REPOSITORY_LEVELS = ['L0', 'L2b', 'L3'] as const;
export type RepositoryLevel = (typeof REPOSITORY_LEVELS)[number];
type Verdict = 'passed' | 'failed' | 'inconclusive';

export interface ProvingRequest extends OpenRequest {
  snapshot: string;
}

export interface RepositoryProof {
  verdict: Verdict;
  reached: RepositoryLevel | null;
  /** From the first byte fetched until all of it was back; null when nothing was restored. */
  seconds: number | null;
  files: number;
  bytes: number;
  tool: string;
  levels: { level: RepositoryLevel; verdict: Verdict; observed: string }[];
  plantedFaults: { kind: string; level: RepositoryLevel; caught: boolean }[];
  differences: Difference[];
  differenceCount: number;
  /** What this tool's own list cannot show, or was not tried: never counted as passed. */
  notShown: string[];
}

/** Throws `SourceError` where tool, password or place keep it from being tried. */
export async function proveSnapshot(request: ProvingRequest): Promise<RepositoryProof> {
  const { snapshot, scratchDir, signal } = request;
  const repository = openRepository(request);
  const tool = await repository.version();
  const proof: RepositoryProof = {
    ...{ verdict: 'failed', reached: null, seconds: null, files: 0, bytes: 0, tool },
    ...{ levels: [], plantedFaults: [], differences: [], differenceCount: 0, notShown: [] },
  };
  const known = await repository.snapshots();
  const isThere = known.some(({ id }) => id === snapshot);
  proof.levels.push({
    level: 'L0',
    verdict: isThere ? 'passed' : 'failed',
    observed: `${known.length} snapshots`,
  });
  if (!isThere) return proof;

  const complaint = await repository.check(snapshot);
  proof.levels.push({
    ...{ level: 'L2b', verdict: complaint === null ? 'passed' : 'failed' },
    observed: complaint ?? 'all data were read',
  });
  await plantInCopy(request, proof);
  if (complaint !== null) return proof;

  const listed = await repository.list(snapshot);
  const files = listed.filter(({ kind }) => kind === 'file');
  proof.files = files.length;
  proof.bytes = files.reduce((sum, { size }) => sum + size, 0);
  const { bavail, bsize } = await statfs(scratchDir);
  if (bavail * bsize < proof.bytes * 1.1) {
    proof.levels.push({ level: 'L3', verdict: 'inconclusive', observed: 'there is no room to restore it' });
    return conclude(proof);
  }
  const into = join(scratchDir, 'restored');
  await mkdir(into);
  const startedAt = performance.now();
  await repository.restore(snapshot, into);
  const restored = await readRestored(into, listed, signal);
  const differences = compare(listed, restored);
  proof.seconds = (performance.now() - startedAt) / 1000;
  proof.differences = differences.slice(0, MOST_NAMED);
  proof.differenceCount = differences.length;
  const isSame = differences.length === 0 && proof.files > 0;
  proof.levels.push({
    ...{ level: 'L3', verdict: isSame ? 'passed' : differences.length === 0 ? 'inconclusive' : 'failed' },
    observed: `${restored.length} entries, ${differences.length} differences`,
  });
  if (proof.files > 0) plantInComparison(listed, restored, proof);
  if (!listed.some(({ sha256 }) => sha256 !== null)) proof.notShown.push('content-by-list');
  return conclude(proof);
}

/** A fault that is not noticed makes the whole proof fail. */
function conclude(proof: RepositoryProof): RepositoryProof {
  const worst = proof.levels.some(({ verdict }) => verdict === 'failed')
    ? 'failed'
    : proof.levels.some(({ verdict }) => verdict === 'inconclusive')
      ? 'inconclusive'
      : 'passed';
  proof.verdict = proof.plantedFaults.every(({ caught }) => caught) ? worst : 'failed';
  const upTo = proof.levels.findIndex(({ verdict }) => verdict !== 'passed');
  const passed = upTo < 0 ? proof.levels : proof.levels.slice(0, upTo);
  proof.reached = proof.verdict === 'failed' ? null : (passed.at(-1)?.level ?? null);
  return proof;
}

/** In what was read, as if the restore had gone wrong in one place. */
function plantInComparison(listed: ListedEntry[], restored: Restored[], proof: RepositoryProof): void {
  const at = restored.findIndex(({ kind, size }) => kind === 'file' && size > 0);
  const victim = restored[at];
  if (!victim) return;
  const changed = (other: Partial<Restored>) => restored.with(at, { ...victim, ...other });
  const faults: [string, Restored[]][] = [
    ['file-missing', restored.toSpliced(at, 1)],
    ['file-shortened', changed({ size: victim.size - 1 })],
    ['file-added', [...restored, { ...victim, path: `${victim.path}.planted` }]],
    ...(victim.sha256
      ? [['content-changed', changed({ sha256: '0'.repeat(64) })] as [string, Restored[]]]
      : []),
  ];
  const before = proof.differenceCount;
  for (const [kind, wrong] of faults)
    proof.plantedFaults.push({ kind, level: 'L3', caught: compare(listed, wrong).length > before });
}

/** In a private copy of the repository: one byte changed, one pack gone. The tool's own check must complain of each. */
async function plantInCopy(request: ProvingRequest, proof: RepositoryProof): Promise<void> {
  const { address, scratchDir } = request;
  if (!address.startsWith('file:') || (await bytesBelow(fileURLToPath(address))) > LARGEST_COPY) {
    proof.notShown.push('faults-in-repository');
    return;
  }
  for (const kind of ['byte-changed', 'pack-missing'] as const) {
    const copy = join(scratchDir, kind);
    await cp(fileURLToPath(address), copy, { recursive: true });
    const victim = await largestBelow(join(copy, 'data'));
    if (kind === 'pack-missing') await rm(victim);
    else await changeByte(victim);
    const cache = join(scratchDir, `${kind}-cache`);
    await mkdir(cache);
    const damaged = openRepository({ ...request, address: pathToFileURL(copy).href, scratchDir: cache });
    proof.plantedFaults.push({
      kind,
      level: 'L2b',
      caught: (await damaged.check(request.snapshot)) !== null,
    });
    await rm(copy, { recursive: true });
  }
}

async function changeByte(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  const at = Math.floor((await handle.stat()).size / 2);
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  byte[0]! ^= 0x01;
  await handle.write(byte, 0, 1, at);
}

async function filesBelow(folder: string): Promise<{ path: string; size: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path, size: (await stat(path)).size };
      }),
  );
}

const bytesBelow = async (folder: string) =>
  (await filesBelow(folder)).reduce((sum, { size }) => sum + size, 0);

async function largestBelow(folder: string): Promise<string> {
  const files = await filesBelow(folder);
  return files.reduce((largest, one) => (one.size > largest.size ? one : largest)).path;
}
