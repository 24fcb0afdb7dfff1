/** `reprise points`: lists the recovery points of an asset. */
import type { ListedPoint } from '#/jobs/recovery-points/contract.ts';
import { type IncompletePoint, listPoints } from '#/jobs/recovery-points/points.ts';
import { DONE, follow, openStoreOf, readCall, textOrFile } from './call.ts';
import { inWords, tellOutcome } from './output.ts';

export const usage = `reprise points --from STORE --asset NAME [--trust PUBKEY] [--json]

Lists whole points, oldest first, and apart from them what a cut-off backup left behind.`;

const options = {
  from: { type: 'string' },
  asset: { type: 'string' },
  trust: { type: 'string', multiple: true },
} as const;

export function run(args: string[]): Promise<number> {
  return follow(args, usage, async () => {
    const { values } = readCall(args, options, { positionals: [], required: ['from', 'asset'] });
    const store = await openStoreOf(values.from!);
    const trust = (values.trust ?? []).map(textOrFile);
    const { points, incomplete } = await listPoints(store, values.asset!, { trust }).finally(() =>
      store.close(),
    );
    tellOutcome(
      values.json,
      { asset: values.asset, store: store.address, points, incomplete },
      describe(points, incomplete),
    );
    return DONE;
  });
}

function describe(points: ListedPoint[], incomplete: IncompletePoint[]): string[] {
  if (points.length + incomplete.length === 0) return ['No recovery points.'];
  return [
    ...points.map(
      ({ id, dataTime, files, bytes, signature }) =>
        `${id}  data of ${dataTime}  ${files} files  ${inWords(bytes)}  signature ${signature}`,
    ),
    ...incomplete.map(({ id, reason }) => `${id}  not a recovery point: ${reason}`),
  ];
}
