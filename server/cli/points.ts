/** `reprise points`: lists the recovery points of an asset, and what else lies there; `show`, `files`, `reconcile` and `clean` stand beside. */
import type { ListedPoint } from '#/jobs/recovery-points/contract.ts';
import { type IncompletePoint, listPoints } from '#/jobs/recovery-points/points.ts';
import { DONE, follow, openStoreOf, readCall, textOrFile } from './call.ts';
import { inWords, tellOutcome } from './output.ts';

export const usage = `reprise points [list] --from STORE --asset NAME [--trust PUBKEY] [--json]
reprise points show POINT|latest --from STORE --asset NAME [--trust PUBKEY] [--json]
reprise points files POINT|latest --from STORE --asset NAME --identity FILE [--trust PUBKEY] [--glob GLOB] [--json]
reprise points reconcile --from STORE --asset NAME [--trust PUBKEY] [--json]
reprise points clean --from STORE --asset NAME [--older-than DAYS] [--apply] [--json]

Lists whole points, oldest first, and apart from them what a cut-off backup left behind. "sealed to" names the keys that open a
point by their fingerprints, as "reprise keys show" tells them.

show tells what may be known of one point without any key.

files lists what a point holds, and what could not be captured. Paths are written with %XX for characters that a terminal
would trip on; restore takes them in that form too. With --json each file is an object on a line of its own.

reconcile reads every head, looks at every object that one cites, and tells what nobody cites. Exit status 1 when a head
cannot be read or lacks what it cites, 3 when something lies there that is no whole, trusted point.

clean tells which packs and cut-off points nobody needs, and removes them with --apply: none younger than 7 days, or than
--older-than says (at least 1), none while a backup runs (status 4), and none at all while a head cannot be read (status 1).
What uploads left that broke off goes with them after 2 days. Status 3: the store holds on to some, for example as they are
locked.`;

const options = {
  from: { type: 'string' },
  asset: { type: 'string' },
  trust: { type: 'string', multiple: true },
} as const;

export async function run(args: string[]): Promise<number> {
  const [action, ...rest] = args;
  if (action === 'show') return (await import('./points-show.ts')).run(rest, usage);
  if (action === 'files') return (await import('./points-files.ts')).run(rest, usage);
  if (action === 'reconcile') return (await import('./points-reconcile.ts')).run(rest, usage);
  if (action === 'clean') return (await import('./points-clean.ts')).run(rest, usage);
  return list(action === 'list' ? rest : args);
}

function list(args: string[]): Promise<number> {
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
      ({ id, dataTime, files, bytes, signature, sealedTo }) =>
        `${id}  data of ${dataTime}  ${files} files  ${inWords(bytes)}  signature ${signature}  sealed to ${sealedTo.join(', ')}`,
    ),
    ...incomplete.map(({ id, reason }) => `${id}  not a recovery point: ${reason}`),
  ];
}
