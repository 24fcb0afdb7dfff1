/** `reprise own-backup`: backs up the installation itself now, or tells what became of the last ones. */
import { parseArgs } from 'node:util';
import { listOwnBackups, type OwnBackup } from '../own-backup/records.ts';
import { backUpWhenDue } from '../own-backup/rounds.ts';
import { startService } from '../service.ts';
import { readSettings } from '../settings.ts';
import { DONE, FAILED, INCONCLUSIVE, WRONG_CALL } from './call.ts';

export const usage = `reprise own-backup make|list [--data DIR] [--json]

make: backs up Reprise itself to OWN_BACKUP_STORE, database and files, and proves both by restoring them. Exit 0 when both
passed, 4 when they were made and nobody knows whether they come back, 1 when they were not made.
list: the latest, newest first. "reprise serve --restore-from" brings one back.`;

const STATUS = { proved: DONE, unproved: INCONCLUSIVE, failed: FAILED };

export async function run(args: string[]): Promise<number> {
  const call = readCall(args);
  if (!call) {
    console.error(usage);
    return WRONG_CALL;
  }
  const settings = readSettings({ DATA_DIR: call.data, LOG_LEVEL: 'error' });
  await using service = await startService(settings, { web: false, worker: false });
  if (call.verb === 'list') {
    const rows = await listOwnBackups(service.database);
    if (call.json) console.log(JSON.stringify({ items: rows }));
    else for (const row of rows) console.log(lineOf(row));
    return DONE;
  }
  if (!service.ownBackups) {
    console.error('Reprise does not back itself up: set OWN_BACKUP_STORE and OWN_BACKUP_RECIPIENTS.');
    return WRONG_CALL;
  }
  const outcome = await backUpWhenDue(service.ownBackups, AbortSignal.timeout(24 * 3_600_000), {
    isAsked: true,
  });
  if (!outcome) {
    console.error('Another process is making one.');
    return INCONCLUSIVE;
  }
  if (call.json) console.log(JSON.stringify(outcome));
  else console.log(outcome.finding ? `${outcome.state}: ${outcome.finding.message}` : outcome.state);
  return STATUS[outcome.state];
}

const lineOf = ({ startedAt, state, databasePoint, filesPoint, finding }: OwnBackup) =>
  [startedAt, state, databasePoint ?? '-', filesPoint ?? '-', finding?.message ?? ''].join('  ').trimEnd();

function readCall(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    const [verb = ''] = positionals;
    return positionals.length === 1 && ['make', 'list'].includes(verb) ? { ...values, verb } : null;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return null;
  }
}
