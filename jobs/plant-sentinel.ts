import type { Finding } from '#/plans/findings.ts';
import { canariesToPlant, notePlantedCanary } from '#/plans/planted-canaries.ts';
import { notePlanted, sentinelFor } from '#/plans/sentinels.ts';
import type { Tools } from './job.ts';
import { plantCanary } from './sources/canary.ts';
import { plantSentinel } from './sources/sentinel.ts';
import { SourceError } from './sources/source.ts';

interface Planting {
  run: string;
  asset: string;
  sealedSource: Buffer;
}

type Planters = Pick<Tools, 'inProvider' | 'open'>;

/** Puts into a source what was allowed: canaries of ours, and a dated sentinel. One that takes none is backed up all the same. */
export async function plantBeforeBackup(
  planting: Planting,
  provider: string,
  tools: Planters,
): Promise<void> {
  await plantCanaries(planting, provider, tools);
  await plantDated(planting, provider, tools);
}

async function plantCanaries(
  { asset, sealedSource }: Planting,
  provider: string,
  { inProvider, open }: Planters,
): Promise<void> {
  const source = open(provider, 'source', sealedSource);
  if (/^[a-z]+:/i.test(source)) return; // a database of the same asset
  for (const canary of await inProvider(provider, (work) => canariesToPlant(work, asset))) {
    const refusal = await attempt(() => plantCanary(source, canary));
    await inProvider(provider, (work) => notePlantedCanary(work, canary, refusal));
  }
}

async function plantDated(
  { run, asset, sealedSource }: Planting,
  provider: string,
  { inProvider, open }: Planters,
): Promise<void> {
  const text = await inProvider(provider, (work) => sentinelFor(work, { run, asset }));
  if (text === null) return;
  const refusal = await attempt(() => plantSentinel(open(provider, 'source', sealedSource), text));
  await inProvider(provider, (work) => notePlanted(work, { run, asset }, { text, refusal }));
}

async function attempt(plant: () => Promise<void>): Promise<Finding | null> {
  try {
    await plant();
    return null;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { ...error.because, message: error.message };
  }
}
