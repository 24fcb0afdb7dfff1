/** `reprise points clean`: removes packs that no point cites, points whose head was never written, and broken-off uploads. */
import { type CleanUp, GRACE_DAYS, removeOrphans } from '#/jobs/recovery-points/reconcile/clean-up.ts';
import {
  CallError,
  DONE,
  FAILED,
  follow,
  INCONCLUSIVE,
  openStoreOf,
  readCall,
  WITH_RESERVATIONS,
} from './call.ts';
import { inWords, tellOutcome } from './output.ts';

const options = {
  from: { type: 'string' },
  asset: { type: 'string' },
  'older-than': { type: 'string' },
  apply: { type: 'boolean' },
} as const;

export function run(args: string[], usage: string): Promise<number> {
  return follow(args, usage, async (signal) => {
    const { values } = readCall(args, options, { positionals: [], required: ['from', 'asset'] });
    const olderThan = daysOf(values['older-than']);
    const store = await openStoreOf(values.from!);
    const cleanUp = { olderThan, dryRun: !values.apply, signal };
    const done = await removeOrphans(store, values.asset!, cleanUp).finally(() => store.close());
    tellOutcome(values.json, done, describe(done));
    return statusOf(done);
  });
}

function daysOf(given: string | undefined): number {
  if (given === undefined) return GRACE_DAYS;
  if (/^\d{1,4}$/.test(given)) return Number(given);
  throw new CallError('--older-than takes a whole number of days.');
}

function statusOf({ blocked, kept, uploadsUnknown }: CleanUp): number {
  if (blocked) return blocked.code === 'clean-up.head-unreadable' ? FAILED : INCONCLUSIVE;
  return kept.length > 0 || uploadsUnknown ? WITH_RESERVATIONS : DONE;
}

function describe(done: CleanUp): string[] {
  const { dryRun, packs, points, uploads, uploadsUnknown, bytes, young, kept, blocked, olderThan } = done;
  const verb = dryRun ? 'Would remove' : 'Removed';
  return [
    ...[
      ...packs.map(({ key }) => key),
      ...points.map(({ id }) => `${id} (no head)`),
      ...uploads.map(({ key }) => `${key} (broken-off upload)`),
    ].map((one) => `${verb} ${one}`),
    ...kept.map(({ finding }) => `Kept: ${finding.message}`),
    ...(uploadsUnknown ? [`Not looked for broken-off uploads: ${uploadsUnknown.message}`] : []),
    `${verb} ${packs.length} packs, ${points.length} cut-off points and ${uploads.length} broken-off uploads: ${inWords(bytes)}.`,
    ...(young.packs + young.points > 0
      ? [
          `Younger than ${olderThan} days, and left: ${young.packs} packs, ${young.points} cut-off points, ${inWords(young.bytes)}.`,
        ]
      : []),
    ...(blocked ? [`Nothing more was removed: ${blocked.message}`] : []),
    ...(dryRun && !blocked && bytes > 0 ? ['Run again with --apply to remove them.'] : []),
  ];
}
