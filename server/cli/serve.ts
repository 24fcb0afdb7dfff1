import { record } from '#/plans/audit.ts';
import { type BroughtBack, bringBack } from '../own-backup/bring-back.ts';
import type { Service } from '../service.ts';
import { readSettings, type Settings } from '../settings.ts';
import { refuseWholeKeys } from '../vault.ts';
import { CallError, openStoreOf, readKeyFile, tellFailure, textOrFile, WRONG_CALL } from './call.ts';
import { readFlags, runUntilTold } from './run-until-told.ts';

export const usage = `reprise serve [--data DIR] [--port N] [--web-only]
reprise serve --restore-from STORE --identity FILE [--trust PUBKEY] [--data DIR] [--port N] [--web-only]
  Runs pages, API, clock and jobs. --web-only leaves clock and jobs to reprise worker, and takes no key that opens: what
  “reprise secrets recipients” tells is all it needs to seal with.

--restore-from brings Reprise back from its own backup into an empty folder and database, and then serves. STORE is what
OWN_BACKUP_STORE was, FILE holds the identity of one of OWN_BACKUP_RECIPIENTS, PUBKEY is keys/own-backup/signing.pub of the machine
that is gone: without it nobody vouches for who made the backup. Stores in folders of that machine are not in it.`;

const options = {
  data: { type: 'string' },
  port: { type: 'string' },
  'web-only': { type: 'boolean', default: false },
  'restore-from': { type: 'string' },
  identity: { type: 'string' },
  trust: { type: 'string', multiple: true },
} as const;

export async function run(args: string[]): Promise<number> {
  const flags = readFlags(args, options, usage);
  if (!flags) return WRONG_CALL;
  const settings = readSettings({ DATA_DIR: flags.data, PORT: flags.port });
  const parts = { web: true, worker: !flags['web-only'] };
  if (flags['web-only']) refuseWholeKeys(settings.masterKey);
  const from = flags['restore-from'];
  if (from === undefined) return runUntilTold(settings, parts);
  try {
    const back = await fetch(settings, from, flags);
    console.error(
      `Reprise is back: database ${back.databasePoint}, ${back.files} files of ${back.filesPoint}.`,
    );
    if (back.signature !== 'trusted')
      console.error('Nobody vouches for who made this backup: no --trust was given.');
    return await runUntilTold(settings, parts, (service) => noteReturn(service, back));
  } catch (error) {
    return tellFailure(error, { usage, json: false });
  }
}

async function fetch(
  settings: Settings,
  from: string,
  { identity, trust = [] }: { identity?: string | undefined; trust?: string[] | undefined },
): Promise<BroughtBack> {
  if (identity === undefined) throw new CallError('--identity must be given.');
  const store = await openStoreOf(from);
  try {
    return await bringBack({
      settings,
      store,
      identity: readKeyFile(identity, 'identity file'),
      trust: trust.map(textOrFile),
    });
  } finally {
    await store.close();
  }
}

/** Each trail tells that it goes on from a copy: what came after it in the trail that is lost is nowhere. */
async function noteReturn({ database, inProvider }: Service, back: BroughtBack): Promise<void> {
  for (const provider of await database.providerIds())
    await inProvider(provider, (work) =>
      record(
        work,
        'installation.brought-back',
        { kind: 'provider', id: provider, client: null },
        { ...back },
      ),
    );
}
