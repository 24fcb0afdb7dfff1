/** What the engine's commands share: reading a call, its keys and its store, and turning every outcome into an exit status. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { EngineError } from '#/jobs/recovery-points/contract.ts';
import { because } from '#/jobs/recovery-points/finding-codes.ts';
import { keepSmall } from '#/jobs/recovery-points/native/memory.ts';
import { SourceError } from '#/jobs/sources/source.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { type Checksums, type Store, StoreError } from '#/jobs/stores/store.ts';
import { readSettings } from '../settings.ts';
import { printable } from './output.ts';

export const DONE = 0;
export const FAILED = 1;
export const WRONG_CALL = 2;
export const WITH_RESERVATIONS = 3;
export const INCONCLUSIVE = 4;

/** How a proof ends a command. */
export const STATUS_OF = { passed: DONE, failed: FAILED, inconclusive: INCONCLUSIVE };

type Options = NonNullable<ParseArgsConfig['options']>;

/** A call that cannot be followed. The message is for the person who typed it. */
export class CallError extends Error {
  override name = 'CallError';
}

/** Reads flags and positionals. Anything unknown or missing is a wrong call. */
export function readCall<T extends Options>(
  args: string[],
  options: T,
  names: { positionals: string[]; required: string[] },
) {
  const { values, positionals } = parse(args, {
    ...options,
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  const missing = names.required.filter((name) => !(name in values)).map((name) => `--${name}`);
  if (missing.length > 0) throw new CallError(`${missing.join(', ')} must be given.`);
  if (positionals.length !== names.positionals.length)
    throw new CallError(
      `This takes ${names.positionals.join(' and ') || 'no argument'} and flags, nothing else.`,
    );
  return { values, positionals };
}

/** Runs a command and answers its exit status. With `--json`, one object is printed last, whatever happens. */
export async function follow(
  args: string[],
  usage: string,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage);
    return DONE;
  }
  keepSmall();
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work(abort.signal);
  } catch (error) {
    return tellFailure(error, { usage, json: args.includes('--json') });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** Opens a store with credentials from the usual AWS variables. */
export function openStoreOf(
  address: string,
  { create = false, checksums }: { create?: boolean; checksums?: string | undefined } = {},
): Promise<Store> {
  return openStore(address, {
    credentials: readSettings().s3 ?? undefined,
    create,
    checksums: readChecksums(checksums),
  });
}

/** How a store is talked to, as `reprise stores probe` found it. */
function readChecksums(given: string | undefined): Checksums | undefined {
  if (given === undefined || given === 'none' || given === 'sha256') return given;
  throw new CallError(
    `"${given}" is no kind of checksum: give sha256 or none, as "reprise stores probe" says.`,
  );
}

/** Reads a file with a key. A missing one leaves the question open; it says nothing about the data. */
export function readKeyFile(file: string, what: string): string {
  if (/^(AGE-SECRET-KEY-|-----BEGIN)/i.test(file))
    throw new CallError(
      `Give the path of a file with the ${what}, never the key itself: command lines are seen by others.`,
    );
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    throw new EngineError(
      'inconclusive',
      because('key.file-unreadable', { file, cause: code }),
      `The ${what} ${file} cannot be read (${code}).`,
      { cause: error },
    );
  }
}

/** A public key to trust, or recipients: a file's content when there is such a file, else the text itself. */
export function textOrFile(given: string): string {
  return existsSync(given) ? readFileSync(given, 'utf8') : given;
}

/** Runs something with a private folder for work under way. */
export async function withScratch<T>(work: (scratchDir: string) => Promise<T>): Promise<T> {
  const scratchDir = await mkdtemp(path.join(tmpdir(), 'reprise-'));
  try {
    return await work(scratchDir);
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}

function parse<T extends Options>(args: string[], options: T) {
  try {
    return parseArgs({ args: joinKeys(args), options, allowPositionals: true, strict: true });
  } catch (error) {
    const known = (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
    throw known ? new CallError((error as Error).message.split('. To')[0]!) : error;
  }
}

/** A public key in PEM begins with dashes and would be taken for a flag. */
function joinKeys(args: string[]): string[] {
  return args.flatMap((arg, at) => {
    if (args[at - 1] === '--trust' && arg.startsWith('-----')) return [];
    const next = args[at + 1];
    return arg === '--trust' && next?.startsWith('-----') ? [`--trust=${next}`] : [arg];
  });
}

/** Tells what kept a command from its end, and answers its exit status; throws what is no answer. */
export function tellFailure(error: unknown, { usage, json }: { usage: string; json: boolean }): number {
  const status = statusOf(error);
  if (status === null) throw error;
  const { message } = error as Error;
  console.error(`reprise: ${printable(message.split('\n'))}`);
  if (error instanceof CallError) console.error(`\n${usage}`);
  const state = status === FAILED ? 'failed' : status === WRONG_CALL ? 'refused' : 'inconclusive';
  const where = error instanceof EngineError ? error.where : error instanceof StoreError ? error.key : null;
  if (json) console.log(JSON.stringify({ state, error: message, where }));
  return status;
}

function statusOf(error: unknown): number | null {
  if (error instanceof CallError) return WRONG_CALL;
  if (error instanceof EngineError)
    return { data: FAILED, call: WRONG_CALL, inconclusive: INCONCLUSIVE }[error.kind];
  if (error instanceof StoreError)
    return (
      { 'wrong-address': WRONG_CALL, 'not-found': FAILED, damaged: FAILED }[error.fault as string] ??
      INCONCLUSIVE
    );
  if (error instanceof SourceError)
    return (
      { 'not-found': WRONG_CALL, unreadable: FAILED, failed: FAILED }[error.fault as string] ?? INCONCLUSIVE
    );
  if ((error as Error).name === 'AbortError') return INCONCLUSIVE;
  return null;
}
