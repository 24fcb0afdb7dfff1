/** `reprise restore`: gives back a recovery point, a part of it, or one file on standard output. */
import { EngineError, type RestoreResult } from '#/jobs/recovery-points/contract.ts';
import { because } from '#/jobs/recovery-points/finding-codes.ts';
import { type FileResult, readFile } from '#/jobs/recovery-points/restore/one-file.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import type { Store } from '#/jobs/stores/store.ts';
import {
  CallError,
  DONE,
  follow,
  openStoreOf,
  readCall,
  readKeyFile,
  textOrFile,
  WITH_RESERVATIONS,
} from './call.ts';
import { inWords, showProgress, tellOutcome } from './output.ts';

export const usage = `reprise restore POINT|latest --from STORE --asset NAME --identity FILE --into DIR [--trust PUBKEY] [--only PATH|GLOB …] [--resume] [--overwrite] [--checksums sha256] [--json]
reprise restore POINT|latest --from STORE --asset NAME --identity FILE --file PATH --to-stdout [--trust PUBKEY]

DIR must be absent or empty. --resume goes on with a restore that was cut there, and fetches only what is missing.
--overwrite replaces files of DIR that differ and keeps what the point does not hold; links in DIR are not followed.
--only is given as often as wanted: a path below the root as it is, whatever characters are in it, or a glob such as
'mail/**' or '*.docx'; a folder comes with all that is in it. PUBKEY is a file or the text of an Ed25519 public key.
--to-stdout fetches only the parts of packs that hold the file. What it gives is whole only if the exit status is 0, or 3
when it changed while it was captured. --checksums sha256: where "reprise stores probe" found that the bucket keeps them.`;

const options = {
  from: { type: 'string' },
  asset: { type: 'string' },
  identity: { type: 'string' },
  into: { type: 'string' },
  trust: { type: 'string', multiple: true },
  only: { type: 'string', multiple: true },
  resume: { type: 'boolean' },
  overwrite: { type: 'boolean' },
  file: { type: 'string' },
  'to-stdout': { type: 'boolean' },
  checksums: { type: 'string' },
} as const;

export function run(args: string[]): Promise<number> {
  return follow(args, usage, async (signal) => {
    const { values, positionals } = readCall(args, options, {
      positionals: ['POINT'],
      required: ['from', 'asset', 'identity'],
    });
    refuseMixture(values);
    const { asset = '', into, only = null, file = '', resume = false, overwrite = false } = values;
    const shared = {
      asset,
      point: positionals[0]!,
      identity: readKeyFile(values.identity!, 'identity file'),
      trust: (values.trust ?? []).map(textOrFile),
      signal,
    };
    const store = await openStoreOf(values.from!, { checksums: values.checksums });
    if (into === undefined) return pourOut({ ...shared, store, path: file });
    const progress = showProgress(values.json);
    const result = await restore({
      ...shared,
      store,
      into,
      only,
      resume,
      overwrite,
      onProgress: progress.tell,
    }).finally(() => {
      progress.end();
      return store.close();
    });
    tellOutcome(values.json, result, describe(result, into));
    return result.reservations.length === 0 ? DONE : WITH_RESERVATIONS;
  });
}

/** A tree goes into a folder, one file to standard output; nothing of the one means anything to the other. */
function refuseMixture(values: Partial<Record<keyof typeof options | 'json', unknown>>): void {
  const given = (names: (keyof typeof options | 'json')[]) =>
    names.filter((name) => values[name] !== undefined);
  const ofOne = given(['file', 'to-stdout']);
  const ofTree = given(['into', 'only', 'resume', 'overwrite', 'json']);
  if (ofOne.length === 0 && values.into === undefined) throw new CallError('--into must be given.');
  if (ofOne.length > 0 && ofTree.length > 0)
    throw new CallError(`--${ofTree[0]} has no meaning with --${ofOne[0]}.`);
  if (ofOne.length === 1) throw new CallError('--file and --to-stdout are given together.');
}

interface OneFile {
  store: Store;
  asset: string;
  point: string;
  identity: string;
  trust: string[];
  path: string;
  signal: AbortSignal;
}

/** Standard output is the file's alone: words go to standard error. */
async function pourOut(request: OneFile): Promise<number> {
  // Told to each write as well; without this it would end the process unheard.
  process.stdout.on('error', () => {});
  const progress = showProgress();
  const result = await readFile({ ...request, write: toStdout, onProgress: progress.tell }).finally(() => {
    progress.end();
    return request.store.close();
  });
  console.error(describeFile(result));
  return result.reservation === null && result.ofSource.length === 0 ? DONE : WITH_RESERVATIONS;
}

function toStdout(piece: Buffer): Promise<void> {
  const written = Promise.withResolvers<void>();
  process.stdout.write(piece, (error) => (error ? written.reject(notTaken(error)) : written.resolve()));
  return written.promise;
}

/** Whoever reads has gone, or its disk is full: nothing is said of the data. */
function notTaken(error: NodeJS.ErrnoException): EngineError {
  const { code = 'EIO' } = error;
  return new EngineError(
    'inconclusive',
    because('restore.not-writable', { folder: 'stdout', cause: code }),
    `Standard output took no more (${code}). What it took is not the whole file.`,
    { cause: error },
  );
}

function describeFile({
  path,
  bytes,
  sha256,
  fetchedBytes,
  seconds,
  reservation,
  ofSource,
}: FileResult): string {
  const facts = `${path}: ${inWords(bytes)} in ${seconds.toFixed(1)} s, ${inWords(fetchedBytes)} of packs fetched, SHA-256 ${sha256}.`;
  const own = reservation ? [`  ${reservation.kind} when it was captured: ${reservation.reason}`] : [];
  const source = ofSource.map(
    ({ path: of, kind, reason }) => `  ${of}: ${kind} when it was captured: ${reason}`,
  );
  return [facts, ...own, ...source].join('\n');
}

function describe(
  { asset, pointId, files, bytes, seconds, held, fetchedBytes, reservations }: RestoreResult,
  into: string,
): string[] {
  const there =
    held.files > 0
      ? [
          `  ${held.files} files (${inWords(held.bytes)}) were whole already; ${inWords(fetchedBytes)} of packs fetched.`,
        ]
      : [];
  return [
    `Restored ${pointId} of ${asset} into ${into}: ${files} files, ${inWords(bytes)} in ${seconds.toFixed(1)} s.`,
    ...there,
    ...reservations.map(({ path, reason }) => `  ${path}: ${reason}`),
  ];
}
