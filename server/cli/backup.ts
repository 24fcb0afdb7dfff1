/** `reprise backup`: makes one recovery point of a source. */
import { backup } from '#/jobs/recovery-points/backup.ts';
import { previewRules } from '#/jobs/recovery-points/capture/preview.ts';
import type { Rules } from '#/jobs/recovery-points/capture/rules.ts';
import type { BackupResult, Hold } from '#/jobs/recovery-points/contract.ts';
import { beGentle } from '#/jobs/recovery-points/gentle.ts';
import { openSource } from '#/jobs/sources/open.ts';
import { readSettings } from '../settings.ts';
import {
  CallError,
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

export const usage = `reprise backup SOURCE --to STORE --asset NAME --recipient age1… [--recipient …] --sign-key FILE
               [--identity FILE] [--exclude GLOB …] [--include GLOB …] [--preview]
               [--read-limit MB] [--upload-limit MB] [--gentle] [--checksums sha256]
               [--lock-days N [--lock-mode governance]] [--json]

SOURCE     a folder's path, postgresql:// or mariadb://user@host:port/database (mysql:// too), sqlite:///abs/file.db,
           or s3://bucket/prefix?endpoint=https://…&region=…, credentials from the AWS variables
STORE      file:///abs/dir or s3://bucket/prefix?endpoint=https://…&region=…, credentials from the AWS variables
recipient  an age recipient, or a file with some; give it again for more
identity   opens the last point, so that only what is new is stored; without it everything is
exclude    what to leave out, unless an --include names it: "*.iso" in any folder, "tmp/**" below the source
preview    says what the rules leave out, and stores nothing
limits     megabytes a second, for reading the source and for the way to the store
lock       in a bucket with Object Lock, nothing of the point can be removed for N days, by nobody (compliance), or by
           those alone who may lift locks (governance); packs of earlier points that it needs are held as long
gentle     lowest priority and one thread that compresses, so that what else runs here comes first
checksums  sha256 where "reprise stores probe" found that the bucket keeps them`;

const options = {
  to: { type: 'string' },
  asset: { type: 'string' },
  recipient: { type: 'string', multiple: true },
  'sign-key': { type: 'string' },
  identity: { type: 'string' },
  exclude: { type: 'string', multiple: true },
  include: { type: 'string', multiple: true },
  preview: { type: 'boolean' },
  'read-limit': { type: 'string' },
  'upload-limit': { type: 'string' },
  gentle: { type: 'boolean' },
  checksums: { type: 'string' },
  'lock-days': { type: 'string' },
  'lock-mode': { type: 'string' },
} as const;

export function run(args: string[]): Promise<number> {
  return follow(args, usage, async (signal) => {
    const { values, positionals } = readCall(args, options, {
      positionals: ['SOURCE'],
      required: ['to', 'asset', 'recipient', 'sign-key'],
    });
    const source = await openSource(positionals[0]!, { s3Credentials: readSettings().s3 ?? undefined });
    const rules = { include: values.include ?? [], exclude: values.exclude ?? [] };
    if (values.preview) return preview(positionals[0]!, rules, values.json);
    const signingKey = readKeyFile(values['sign-key']!, 'signing key');
    const retention = readHold(values['lock-days'], values['lock-mode']);
    if (values.gentle) beGentle();
    const recipients = values.recipient!.flatMap(readRecipients);
    const store = await openStoreOf(values.to!, { create: true, checksums: values.checksums });
    const progress = showProgress(values.json);
    const result = await withScratch((scratchDir) =>
      backup({
        source,
        store,
        asset: values.asset!,
        recipients,
        signingKey,
        rules,
        ...(retention && { retention }),
        limits: {
          ...readLimits(values['read-limit'], values['upload-limit']),
          isGentle: values.gentle ?? false,
        },
        ...(values.identity !== undefined && { identity: readKeyFile(values.identity, 'identity file') }),
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

/** Tells what the rules leave out of a folder, and how much that is. */
function preview(folder: string, rules: Rules, json: boolean | undefined): number {
  const left = previewRules(folder, rules);
  const summary = `${left.files} files, ${inWords(left.bytes)} are left out; ${left.keptFiles} files, ${inWords(left.keptBytes)} are kept.`;
  tellOutcome(json, left, [...left.paths.map((path) => `  ${path}`), summary]);
  return DONE;
}

function readLimits(read: string | undefined, upload: string | undefined) {
  const perSecond = (text: string) => {
    const megabytes = Number(text);
    if (!(megabytes > 0))
      throw new CallError(`"${text}" is no limit: give megabytes a second, for example 20.`);
    return megabytes * 1_000_000;
  };
  return {
    ...(read !== undefined && { readBytesPerSecond: perSecond(read) }),
    ...(upload !== undefined && { uploadBytesPerSecond: perSecond(upload) }),
  };
}

function readHold(days: string | undefined, mode = 'compliance'): Hold | null {
  if (mode !== 'compliance' && mode !== 'governance')
    throw new CallError(`"${mode}" is no way to lock: give compliance or governance.`);
  return days === undefined ? null : { mode, days: Number(days) };
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
  basedOn,
  filesRead,
  changedUnseen,
  leftOut,
}: BackupResult): string[] {
  const made = basedOn === null ? 'stored as' : `${filesRead} files read since ${basedOn}, stored anew:`;
  return [
    `Recovery point ${pointId} of ${asset}: ${files} files, ${inWords(bytes)}, ${made} ${inWords(storedBytes)}; ${packs} packs in all.`,
    ...(leftOut > 0 ? [`  left out by the rules: ${leftOut}`] : []),
    ...changedUnseen.map((path) => `  changed while its size and times stayed: ${path}`),
    ...reservations.map(({ kind, path, reason }) => `  ${kind}: ${path} (${reason})`),
  ];
}
