/** Which packs a proof with a budget reads first, and what all proofs together say of a point. */
import type { PackProof, ProofScope } from '../contract.ts';
import type { Head } from '../head.ts';
import { packKey } from '../layout.ts';
import type { Run } from './run.ts';

const LATELY_MS = 30 * 86_400_000;

/** Numbers of packs: those nobody ever read first, then the stalest, each in the order of the tar streams. */
export function byStaleness({ packs }: Head, proven: PackProof[]): number[] {
  const times = lastRead(proven);
  const timeOf = (index: number) => times.get(packs[index]!.sha256) ?? '';
  return packs
    .map((_, index) => index)
    .sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : a - b));
}

/** How much of a point was read by this run and by earlier ones. */
export function scopeOf({ request, head, proofs, badKeys }: Run, now: Date): ProofScope {
  const { asset, packs } = head.opened.head;
  const bad = packs.flatMap(({ sha256 }) => (badKeys.has(packKey(asset, sha256)) ? [sha256] : []));
  const times = lastRead(joinProofs(request.proven ?? [], proofs, bad));
  const read = packs.flatMap(({ sha256 }) => times.get(sha256) ?? []).sort();
  const since = new Date(now.getTime() - LATELY_MS).toISOString();
  return {
    isSample: request.budget !== undefined,
    packsRead: new Set(proofs.map(({ sha256 }) => sha256)).size,
    packsCited: packs.length,
    packsReadLately: read.filter((at) => at >= since).length,
    neverRead: packs.length - read.length,
    oldestProofAt: read[0] ?? null,
  };
}

/** The proofs of a run. Beside something bad, members that go on from there could not all be compared. */
export function settledProofs({ proofs, badKeys, badPaths }: Run): PackProof[] {
  if (badKeys.size + badPaths.size === 0) return proofs;
  return proofs.map((proof) => ({ ...proof, level: 'L2a' }));
}

/** Earlier proofs and those of a run in one, the newest of each pack; what was found bad is proven no more. */
export function joinProofs(earlier: PackProof[], proofs: PackProof[], bad: Iterable<string>): PackProof[] {
  const joined = new Map<string, PackProof>();
  for (const proof of [...earlier, ...proofs]) {
    const before = joined.get(proof.sha256);
    if (!before || before.at <= proof.at) joined.set(proof.sha256, proof);
  }
  for (const sha256 of bad) joined.delete(sha256);
  return [...joined.values()];
}

/** ISO times in UTC, which compare as text. */
function lastRead(proven: PackProof[]): Map<string, string> {
  const times = new Map<string, string>();
  for (const { sha256, at } of proven) if ((times.get(sha256) ?? '') < at) times.set(sha256, at);
  return times;
}
