/** Verifies a point up to a level, and at each level proves on planted damage that it would have noticed. */
import type { VerifyRequest, VerifyResult } from '../contract.ts';
import { pointKeys } from '../layout.ts';
import { ReadPool } from '../packs/read-pool.ts';
import { findPoint, getOrNull, judgeHead, noSuchPoint } from '../points.ts';
import { toolVersions } from '../tools.ts';
import { Ledger } from './ledger.ts';
import { checkContent } from './levels-content.ts';
import { checkPresence, settleStoreChecksum } from './levels-open.ts';
import type { FetchedHead } from './plant-heads.ts';
import type { Run } from './run.ts';

/**
 * Runs every level up to the one asked for. Throws `EngineError` when there is no whole head to begin with, and
 * `StoreError` when the store cannot be reached, which shows nothing about the data.
 */
export async function verify(request: VerifyRequest): Promise<VerifyResult> {
  const { asset, level, now = () => new Date() } = request;
  const startedAt = now();
  const began = performance.now();
  const head = await fetchHead(request, await findPoint(request.store, asset, request.point));
  await using pool = new ReadPool();
  const run: Run = {
    request,
    head,
    ledger: new Ledger(),
    pool,
    fetchedBytes: 0,
    contentBytes: 0,
    sample: [],
  };

  await checkPresence(run);
  if (level === 'L1') settleStoreChecksum(run, { isReadBack: false });
  else if (level !== 'L0') await checkContent(run);

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

async function fetchHead({ store, asset, trust }: VerifyRequest, pointId: string): Promise<FetchedHead> {
  const keys = pointKeys(asset, pointId);
  const bytes = await getOrNull(store, keys.head);
  if (!bytes) throw noSuchPoint(store, asset, pointId);
  const signature = await getOrNull(store, keys.signature);
  return { bytes, signature, opened: judgeHead(bytes, signature, { asset, pointId }, trust) };
}
