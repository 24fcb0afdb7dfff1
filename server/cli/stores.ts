/** `reprise stores probe`: finds out what a store can do, by doing it. */
import type { Line, Probe } from '#/jobs/stores/probe.ts';
import { probeStore } from '#/jobs/stores/probe-store.ts';
import { readSettings } from '../settings.ts';
import { CallError, DONE, follow, INCONCLUSIVE, readCall, WITH_RESERVATIONS } from './call.ts';
import { tellOutcome } from './output.ts';

export const usage = `reprise stores probe STORE [--json]

Finds out what a store can do by doing it, on throw-away objects: create where there is nothing, check what it is sent,
keep versions, hold what is locked. It tries to delete a locked canary, which must fail; the canary goes once its lock
has ended. Exit status 3 when something is missing, 4 when something could not be tried.`;

const SIGNS: Record<Line['found'], string> = { yes: '+', no: '-', unknown: '?' };

export function run(args: string[]): Promise<number> {
  return follow(args, usage, async () => {
    const [action, ...rest] = args;
    if (action !== 'probe') throw new CallError('This takes probe and the address of a store.');
    const { values, positionals } = readCall(rest, {}, { positionals: ['STORE'], required: [] });
    const probe = await probeStore(positionals[0]!, { credentials: readSettings().s3 ?? undefined });
    tellOutcome(values.json, probe, describe(probe));
    return statusOf(probe);
  });
}

function statusOf({ lines, brokeOff }: Probe): number {
  if (brokeOff || lines.some(({ found }) => found === 'unknown')) return INCONCLUSIVE;
  return lines.every(({ found }) => found === 'yes') ? DONE : WITH_RESERVATIONS;
}

function describe({ address, lines, leftBehind, brokeOff }: Probe): string[] {
  return [
    `What ${address} can do:`,
    ...lines.map(
      ({ ability, found, tried, answered }) =>
        `${SIGNS[found]} ${ability.padEnd(28)} ${answered}${tried === 'nothing' ? '' : `  (${tried})`}`,
    ),
    ...leftBehind.map(({ key, until }) => `Left behind: ${key}, locked until ${until || 'an unknown time'}.`),
    ...(brokeOff ? [`The probe broke off: ${brokeOff.message}`] : []),
  ];
}
