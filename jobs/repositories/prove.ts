/** Proving a snapshot of another tool's repository: there, all data read, restored and compared; and the proof itself is tried. */
import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenedFiles, openFiles } from '../verifiers/files/open-files.ts';
import { plantInFiles } from '../verifiers/files/plant-faults.ts';
import { compare, type Difference, type Restored, readRestored } from './compare.ts';
import { plantDamage } from './damage.ts';
import { openRepository, openView } from './open.ts';
import type { ListedEntry, OpenRequest } from './repository.ts';
import { whileWatching } from './while-watching.ts';

const MOST_NAMED = 20;

export const REPOSITORY_LEVELS = ['L0', 'L2b', 'L3', 'L4'] as const;
export type RepositoryLevel = (typeof REPOSITORY_LEVELS)[number];
type Verdict = 'passed' | 'failed' | 'inconclusive';

export interface ProvingRequest extends OpenRequest {
  snapshot: string;
  /** `L4` opens the files that came back, by kind. */
  level: RepositoryLevel;
  /** What did not open the last time, and was no fault of its snapshot. */
  brokenBefore: readonly BrokenFile[];
  /** What it does, and how much of it is done. */
  onProgress?: (far: { phase: string; files: number; bytes: number; totalBytes: number | null }) => void;
}

export interface BrokenFile {
  path: string;
  kind: string;
  sha256: string;
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
  /** Of a kind that is opened here, and what of it did not; null where none were. */
  opened: { files: number; broken: BrokenFile[] } | null;
  /** What this tool's own list cannot show, or was not tried: never counted as passed. */
  notShown: string[];
}

/** Throws `SourceError` where tool, password or place keep it from being tried. */
export async function proveSnapshot(request: ProvingRequest): Promise<RepositoryProof> {
  const { snapshot, scratchDir, signal, onProgress = () => {} } = request;
  const begin = (phase: string, totalBytes: number | null = null) =>
    onProgress({ phase, files: 0, bytes: 0, totalBytes });
  begin('fetch');
  const repository = openRepository(request);
  const tool = await repository.version();
  const proof: RepositoryProof = {
    ...{ verdict: 'failed', reached: null, seconds: null, files: 0, bytes: 0, tool },
    ...{ levels: [], plantedFaults: [], differences: [], differenceCount: 0, notShown: [], opened: null },
  };
  const known = await repository.snapshots();
  const isThere = known.some(({ id }) => id === snapshot);
  proof.levels.push({
    level: 'L0',
    verdict: isThere ? 'passed' : 'failed',
    observed: `${known.length} snapshots`,
  });
  if (!isThere) return proof;

  begin('verify');
  const complaint = await repository.check(snapshot);
  proof.levels.push({
    ...{ level: 'L2b', verdict: complaint === null ? 'passed' : 'failed' },
    observed: complaint ?? 'all data were read',
  });
  if (complaint !== null) return proof;
  begin('plant');
  await plantInRepository(request, proof);

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
  await whileWatching(
    into,
    (bytes) => onProgress({ phase: 'restore', files: 0, bytes, totalBytes: proof.bytes }),
    () => repository.restore(snapshot, into),
  );
  begin('compare');
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
  if (!listed.some(({ hash }) => hash !== null)) proof.notShown.push('content-by-list');
  if (request.tool === 'pgbackrest') proof.notShown.push('not-started');
  if (isSame && request.level === 'L4') await openRestored(into, request, proof);
  return conclude(proof);
}

/** What came back is opened, by kind, with damaged copies beside it. */
async function openRestored(into: string, request: ProvingRequest, proof: RepositoryProof): Promise<void> {
  const { scratchDir, signal, brokenBefore } = request;
  const startedAt = performance.now();
  const opened = await openFiles(into, { signal });
  proof.seconds = (proof.seconds ?? 0) + (performance.now() - startedAt) / 1000;
  const judged = judgeOpened(opened, brokenBefore);
  proof.opened = judged.opened;
  proof.levels.push({ level: 'L4', ...judged.told });
  const faults = await plantInFiles(into, join(scratchDir, 'file-faults'), { opened, signal });
  proof.plantedFaults.push(...faults.map(({ kind, level, caught }) => ({ kind, level, caught })));
}

/** As it was backed up it is: a file that does not open broke before, and is told once as a fault. */
export function judgeOpened(
  { kinds, failed }: Pick<OpenedFiles, 'kinds' | 'failed'>,
  brokenBefore: readonly BrokenFile[],
): { opened: NonNullable<RepositoryProof['opened']>; told: { verdict: Verdict; observed: string } } {
  const files = Object.values(kinds).reduce((sum, one) => sum + one.opened + one.failed, 0);
  const broken = failed.map(({ path, kind, sha256 }) => ({ path, kind, sha256 }));
  const opened = { files, broken };
  if (files === 0)
    return { opened, told: { verdict: 'inconclusive', observed: 'no file of a kind that is opened here' } };
  const known = new Set(brokenBefore.map(({ path, sha256 }) => `${sha256} ${path}`));
  const fresh = broken.filter(({ path, sha256 }) => !known.has(`${sha256} ${path}`));
  const named = fresh[0] ? `, as ${fresh[0].path}` : '';
  return {
    opened,
    told: {
      verdict: fresh.length === 0 ? 'passed' : 'failed',
      observed: `${files} files, ${fresh.length} do not open${named}`,
    },
  };
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
    ...(victim.hash
      ? [['content-changed', changed({ hash: `${victim.hash.split(':')[0]}:0` })] as [string, Restored[]]]
      : []),
  ];
  const before = proof.differenceCount;
  for (const [kind, wrong] of faults)
    proof.plantedFaults.push({ kind, level: 'L3', caught: compare(listed, wrong).length > before });
}

/** In the repository itself, as its tool sees it. */
async function plantInRepository(request: ProvingRequest, proof: RepositoryProof): Promise<void> {
  await using view = await openView(request);
  const planted = view && (await plantDamage(view));
  if (planted) proof.plantedFaults.push(...planted.map((fault) => ({ ...fault, level: 'L2b' as const })));
  else proof.notShown.push('faults-in-repository');
}
