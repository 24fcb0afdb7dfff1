/** `reprise points reconcile`: what a store holds of an asset, and whether heads and objects agree. */
import { type Reconciliation, reconcile } from '#/jobs/recovery-points/reconcile/reconcile.ts';
import { DONE, FAILED, follow, openStoreOf, readCall, textOrFile, WITH_RESERVATIONS } from './call.ts';
import { inWords, tellOutcome } from './output.ts';

const options = {
  from: { type: 'string' },
  asset: { type: 'string' },
  trust: { type: 'string', multiple: true },
} as const;

/** Heads of which nothing is known to be wrong but their maker. */
const OF_OTHERS = ['head.signer-unknown', 'head.of-another-client'];

export function run(args: string[], usage: string): Promise<number> {
  return follow(args, usage, async (signal) => {
    const { values } = readCall(args, options, { positionals: [], required: ['from', 'asset'] });
    const store = await openStoreOf(values.from!);
    const trust = (values.trust ?? []).map(textOrFile);
    const found = await reconcile(store, values.asset!, { known: [], trust, signal }).finally(() =>
      store.close(),
    );
    tellOutcome(values.json, found, describe(found));
    return statusOf(found);
  });
}

function statusOf(found: Reconciliation): number {
  const { unreadable, refused, incomplete, orphans, uploads, foreign } = found;
  const isBad = refused.some(({ finding }) => !OF_OTHERS.includes(finding.code));
  if (unreadable.length > 0 || isBad) return FAILED;
  const leftOver = incomplete.length + (orphans?.length ?? 0) + (uploads?.length ?? 0);
  const left = refused.length + leftOver + foreign.count;
  return left > 0 ? WITH_RESERVATIONS : DONE;
}

function describe(found: Reconciliation): string[] {
  const { toAdopt, refused, unreadable, incomplete, orphans, orphansUnknown, uploads, foreign } = found;
  return [
    ...toAdopt.map(
      ({ point, dataTime, files, bytes }) =>
        `${point}  whole and trusted, data of ${dataTime}  ${files} files  ${inWords(bytes)}`,
    ),
    ...refused.map(({ point, finding }) => `${point}  not relied on: ${finding.message}`),
    ...unreadable.map(({ id, finding }) => `${id}  head cannot be read: ${finding.message}`),
    ...incomplete.map(({ id, bytes }) => `${id}  no head, its backup was cut off: ${inWords(bytes)}`),
    ...(orphansUnknown ? [orphansUnknown.message] : []),
    ...(orphans?.length
      ? [
          `${orphans.length} packs that no point cites: ${inWords(orphans.reduce((sum, { bytes }) => sum + bytes, 0))}, sealed from ${orphans[0]!.sealedAt.toISOString()} to ${orphans.at(-1)!.sealedAt.toISOString()}`,
        ]
      : []),
    ...(uploads ?? []).map(
      ({ key, startedAt }) => `${key}  upload that never ended, begun ${startedAt.toISOString()}`,
    ),
    ...(found.uploadsUnknown ? [found.uploadsUnknown.message] : []),
    ...foreign.first.map((key) => `${key}  is none of ours`),
    `${found.heads} heads read.`,
  ];
}
