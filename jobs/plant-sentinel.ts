import type { Finding } from '#/plans/findings.ts';
import { notePlanted, sentinelFor } from '#/plans/sentinels.ts';
import type { Tools } from './job.ts';
import { plantSentinel } from './sources/sentinel.ts';
import { SourceError } from './sources/source.ts';

/** Puts a dated sentinel into a source, where that is allowed. A source that takes none is backed up all the same. */
export async function plantBeforeBackup(
  { run, asset, sealedSource }: { run: string; asset: string; sealedSource: Buffer },
  provider: string,
  { inProvider, open }: Pick<Tools, 'inProvider' | 'open'>,
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
