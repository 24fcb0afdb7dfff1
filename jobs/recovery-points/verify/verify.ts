/** Verifies a point up to a level, and at each level proves on planted damage that it would have noticed. */
import { EngineError, type VerifyRequest, type VerifyResult } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { pointKeys } from '../layout.ts';
import { ReadPool } from '../packs/read-pool.ts';
import { findPoint, getOrNull, judgeHead, noSuchPoint } from '../points.ts';
import { toolVersions } from '../tools.ts';
import { findDamage } from './damage.ts';
import { Ledger } from './ledger.ts';
import { checkContent } from './levels-content.ts';
import { checkPresence, settleStoreChecksum } from './levels-open.ts';
import type { FetchedHead } from './plant-heads.ts';
import { scopeOf, settledProofs } from './rotation.ts';
import type { Run } from './run.ts';

/**
 * Runs every level up to the one asked for. Throws `EngineError` when there is no whole head to begin with, and
 * `StoreError` when the store cannot be reached, which shows nothing about the data.
 */
export async function verify(request: VerifyRequest): Promise<VerifyResult> {
  const { asset, level, now = () => new Date() } = request;
  refuseBadBudget(request);
  const startedAt = now();
  const began = performance.now();
  const head = await fetchHead(request, await findPoint(request.store, asset, request.point));
  await using pool = new ReadPool(head.opened.head);
  const run: Run = {
    request,
    head,
    ledger: new Ledger({ isSample: request.budget !== undefined }),
    pool,
    fetchedBytes: 0,
    contentBytes: 0,
    sourceReservations: null,
    profile: null,
    proofs: [],
    storeChecksums: new Map(),
    badKeys: new Set(),
    badPaths: new Set(),
    sample: [],
    copy: null,
  };

  await checkPresence(run);
  if (level === 'L1') settleStoreChecksum(run, { isReadBack: false });
  else if (level !== 'L0') await checkContent(run);

  const damage = await findDamage(run);
  const { head: facts, headSha256, signature } = head.opened;
  const { ledger, fetchedBytes, contentBytes } = run;
  return {
    asset,
    pointId: facts.point,
    requested: level,
    reached: ledger.reached,
    verdict: ledger.verdict,
    signature,
    levels: ledger.levels,
    checks: ledger.checks,
    plantedFaults: ledger.planted,
    scope: scopeOf(run, now()),
    proofs: settledProofs(run),
    damage,
    sourceReservations: run.sourceReservations,
    content: run.profile,
    startedAt: startedAt.toISOString(),
    endedAt: now().toISOString(),
    seconds: (performance.now() - began) / 1000,
    fetchedBytes,
    contentBytes,
    dataTime: facts.dataTime,
    headSha256,
    manifestSha256: facts.manifest.sha256,
    tools: toolVersions(),
  };
}

function refuseBadBudget({ budget, level }: VerifyRequest): void {
  if (!budget) return;
  const limits = [budget.seconds, budget.bytes].filter((limit) => limit !== undefined);
  const isSound = limits.length > 0 && limits.every((limit) => Number.isFinite(limit) && limit > 0);
  if (isSound && (level === 'L2a' || level === 'L2b')) return;
  throw new EngineError(
    'call',
    because('ask.bad-budget', {}),
    'A budget is a number of seconds or bytes above 0, for level L2a or L2b.',
  );
}

async function fetchHead({ store, asset, trust }: VerifyRequest, pointId: string): Promise<FetchedHead> {
  const keys = pointKeys(asset, pointId);
  const bytes = await getOrNull(store, keys.head);
  if (!bytes) throw noSuchPoint(store, asset, pointId);
  const signature = await getOrNull(store, keys.signature);
  return { bytes, signature, opened: judgeHead(bytes, signature, { asset, pointId }, trust) };
}
