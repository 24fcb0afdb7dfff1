/** `reprise points show`: one recovery point, and which keys open it. */
import type { ListedPoint } from '#/jobs/recovery-points/contract.ts';
import { showPoint } from '#/jobs/recovery-points/points.ts';
import { DONE, follow, openStoreOf, readCall, textOrFile } from './call.ts';
import { inWords, tellOutcome } from './output.ts';

const options = {
  from: { type: 'string' },
  asset: { type: 'string' },
  trust: { type: 'string', multiple: true },
} as const;

export function run(args: string[], usage: string): Promise<number> {
  return follow(args, usage, async () => {
    const { values, positionals } = readCall(args, options, {
      positionals: ['POINT'],
      required: ['from', 'asset'],
    });
    const trust = (values.trust ?? []).map(textOrFile);
    const store = await openStoreOf(values.from!);
    const point = await showPoint(store, values.asset!, positionals[0]!, { trust }).finally(() =>
      store.close(),
    );
    tellOutcome(values.json, { store: store.address, ...point }, describe(point));
    return DONE;
  });
}

function describe(point: ListedPoint): string[] {
  const { torn, vanished, unreadable, skipped } = point.reservations;
  const facts: [name: string, value: string][] = [
    ['data of', point.dataTime],
    ['made', `${point.startedAt} to ${point.endedAt}`],
    ['holds', `${point.files} files, ${inWords(point.bytes)}`],
    ['stored', `${inWords(point.storedBytes)} by this run; ${point.packs} packs cited`],
    ['reservations', `${torn} torn, ${vanished} vanished, ${unreadable} unreadable, ${skipped} skipped`],
    ['signature', point.signature],
    ['sealed to', point.sealedTo.join(', ')],
    ['head', `sha256 ${point.headSha256}`],
  ];
  return [point.id, ...facts.map(([name, value]) => `${name.padEnd(14)}${value}`)];
}
