/** `reprise backup`: makes one recovery point of a source. */
import { backup } from '#/jobs/recovery-points/backup.ts';
import type { BackupResult } from '#/jobs/recovery-points/contract.ts';
import { openSource } from '#/jobs/sources/open.ts';
import {
  DONE,
  follow,
  openStoreOf,
  readCall,
  readKeyFile,
  textOrFile,
  WITH_RESERVATIONS,
  withScratch,
} from './call.ts';
import { inWords, showProgress, tellOutcome } from './output.ts';

export const usage = `reprise backup SOURCE --to STORE --asset NAME --recipient age1… [--recipient …] --sign-key FILE [--json]

SOURCE     a folder's path or postgresql://…
STORE      file:///abs/dir or s3://bucket/prefix?endpoint=https://…&region=…, credentials from the AWS variables
recipient  an age recipient, or a file with some; give it again for more`;

const options = {
  to: { type: 'string' },
  asset: { type: 'string' },
  recipient: { type: 'string', multiple: true },
  'sign-key': { type: 'string' },
} as const;

export function run(args: string[]): Promise<number> {
  return follow(args, usage, async (signal) => {
    const { values, positionals } = readCall(args, options, {
      positionals: ['SOURCE'],
      required: ['to', 'asset', 'recipient', 'sign-key'],
    });
    const source = openSource(positionals[0]!);
    const signingKey = readKeyFile(values['sign-key']!, 'signing key');
    const recipients = values.recipient!.flatMap(readRecipients);
    const store = await openStoreOf(values.to!, { create: true });
    const progress = showProgress();
    const result = await withScratch((scratchDir) =>
      backup({
        source,
        store,
        asset: values.asset!,
        recipients,
        signingKey,
        scratchDir,
        onProgress: progress.tell,
        signal,
      }),
    ).finally(() => {
      progress.end();
      return store.close();
    });
    tellOutcome(values.json, result, describe(result));
    return result.state === 'complete' ? DONE : WITH_RESERVATIONS;
  });
}

function readRecipients(given: string): string[] {
  const lines = textOrFile(given)
    .split(/\r?\n/)
    .map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

function describe({
  asset,
  pointId,
  files,
  bytes,
  storedBytes,
  packs,
  reservations,
}: BackupResult): string[] {
  return [
    `Recovery point ${pointId} of ${asset}: ${files} files, ${inWords(bytes)}, stored as ${inWords(storedBytes)} in ${packs} packs.`,
    ...reservations.map(({ kind, path, reason }) => `  ${kind}: ${path} (${reason})`),
  ];
}
