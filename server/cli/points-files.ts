/** `reprise points files`: lists what a recovery point holds. */
import { setImmediate } from 'node:timers/promises';
import { type ListedFile, listFiles } from '#/jobs/recovery-points/restore/list-files.ts';
import { DONE, follow, openStoreOf, readCall, readKeyFile, textOrFile } from './call.ts';
import { inWords, printable } from './output.ts';

const LINES_AT_ONCE = 1000;

const options = {
  from: { type: 'string' },
  asset: { type: 'string' },
  identity: { type: 'string' },
  trust: { type: 'string', multiple: true },
  glob: { type: 'string' },
} as const;

export function run(args: string[], usage: string): Promise<number> {
  return follow(args, usage, async (signal) => {
    const { values, positionals } = readCall(args, options, {
      positionals: ['POINT'],
      required: ['from', 'asset', 'identity'],
    });
    const identity = readKeyFile(values.identity!, 'identity file');
    const trust = (values.trust ?? []).map(textOrFile);
    const { asset = '', glob = null } = values;
    const store = await openStoreOf(values.from!);
    const point = positionals[0]!;
    const listed = await listFiles({ store, asset, point, identity, trust, glob }).finally(() =>
      store.close(),
    );
    const { pointId, signature, sourceReservations } = listed;
    const totals = { listed: 0, bytes: 0, reservations: 0 };
    let lines: string[] = [];
    for (const file of listed.files) {
      totals.listed++;
      totals.bytes += file.size ?? 0;
      if (file.reservation) totals.reservations++;
      lines.push(values.json ? JSON.stringify(file) : describe(file));
      if (lines.length < LINES_AT_ONCE) continue;
      console.log(values.json ? lines.join('\n') : printable(lines));
      lines = [];
      await setImmediate();
      signal.throwIfAborted();
    }
    const { listed: count, bytes, reservations } = totals;
    if (!values.json)
      lines.push(...sourceReservations.map(({ kind, path, reason }) => `${kind}: ${path} (${reason})`));
    const summary = `${count} listed, ${inWords(bytes)}, ${reservations} with reservations; ${pointId}, signature ${signature}`;
    lines.push(
      values.json ? JSON.stringify({ asset, pointId, signature, ...totals, sourceReservations }) : summary,
    );
    console.log(values.json ? lines.join('\n') : printable(lines));
    return DONE;
  });
}

function describe({ path, type, size, time, link, isStored, reservation }: ListedFile): string {
  const facts = [(time ?? '-').padEnd(24), (size === null ? type : String(size)).padStart(14), `  ${path}`];
  const to = link === null ? '' : ` -> ${link}`;
  const note = reservation
    ? `  (${reservation.kind}: ${reservation.reason}${isStored ? '' : '; not in the point'})`
    : '';
  return `${facts.join(' ')}${to}${note}`;
}
