/** `reprise secrets`: whether every sealed secret opens, and bringing all of them under a new master key. */
import { statSync } from 'node:fs';
import { addMasterKey, type KeySource, recipientsOf, retireMasterKeys } from '../master-keys.ts';
import { checkSecrets, resealSecrets } from '../sealed-secrets.ts';
import { startService } from '../service.ts';
import { readSettings } from '../settings.ts';
import { refuseRecipientsAlone } from '../vault.ts';
import { CallError, DONE, FAILED, follow, readCall, WITH_RESERVATIONS } from './call.ts';

export const usage = `reprise secrets check|rotate|recipients [--data DIR] [--json]

check: opens every secret in the database once. Exit 0 when all open with the newest master key, 3 when an older one is still
needed, 1 when some open with none.
rotate: puts a new key before the others in MASTER_KEY_FILE and seals every secret with it, row by row, while services on this
machine run. Where services run elsewhere, copy the file there at once. Old keys still open. With MASTER_KEY or
MASTER_KEY_COMMAND it makes no key: put the new one before the others there, then rotate.
  --retire        makes no new key: seals the rest, then takes the old keys out of the file, if nothing needs them. Ten minutes
                  later at the earliest. Keep them elsewhere as long as backups of the database that need them
recipients: tells the public half of each key. It seals and opens nothing: all that serve --web-only needs.`;

/** What was sealed with an old key a moment ago may not be committed yet. */
const SETTLED_MS = 600_000;

export const run = (args: string[]) =>
  follow(args, usage, async () => {
    const { values, positionals } = readCall(
      args,
      { data: { type: 'string' }, retire: { type: 'boolean' } },
      { positionals: ['a verb'], required: [] },
    );
    const verb = positionals[0];
    if (verb !== 'check' && verb !== 'rotate' && verb !== 'recipients')
      throw new CallError(`There is nothing called "reprise secrets ${verb}".`);
    const settings = readSettings({ DATA_DIR: values.data, LOG_LEVEL: 'error' });
    const source = settings.masterKey;
    if (verb === 'recipients') return tellRecipients(recipientsOf(source), Boolean(values.json));
    refuseRecipientsAlone(source);
    await using service = await startService(settings, { web: false, worker: false });
    let resealed = 0;
    if (verb === 'rotate') {
      if (values.retire) refuseHaste(source);
      else if ('file' in source) addMasterKey(source.file);
      resealed = await resealSecrets(service);
    }
    const seen = await checkSecrets(service);
    const isRetired =
      Boolean(values.retire) && verb === 'rotate' && seen.older === 0 && seen.closed.length === 0;
    if (isRetired && 'file' in source) retireMasterKeys(source.file);
    const { newest, older, closed } = seen;
    if (values.json) console.log(JSON.stringify({ resealed, newest, older, closed, retired: isRetired }));
    else {
      console.log(`${resealed} sealed anew; ${newest} under the newest key, ${older} under an older one.`);
      for (const place of closed) console.log(`No key opens ${place}.`);
      if (isRetired) console.log('The old keys are out of the file.');
    }
    if (closed.length > 0) return FAILED;
    return older > 0 ? WITH_RESERVATIONS : DONE;
  });

function tellRecipients(recipients: string[], isJson: boolean) {
  console.log(isJson ? JSON.stringify({ recipients }) : recipients.join('\n'));
  return DONE;
}

function refuseHaste(source: KeySource) {
  if (!('file' in source))
    throw new CallError(
      'The master keys do not come from a file: once “reprise secrets check” needs no older one, take the old ones out where they are kept.',
    );
  if (Date.now() - statSync(source.file).mtimeMs < SETTLED_MS)
    throw new CallError(
      'The newest key is younger than ten minutes: services may still commit what an old one sealed.',
    );
}
