/**
 * The engine in a process of its own: one crash costs one job, and the caller's event loop stays free. Requests are
 * plain data; secrets go over the channel between the two, never over a command line or the environment.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { SourceError } from '../sources/source.ts';
import { type Checksums, type S3Credentials, StoreError } from '../stores/store.ts';
import {
  type BackupRequest,
  type BackupResult,
  EngineError,
  type Progress,
  type RestoreRequest,
  type RestoreResult,
  type VerifyRequest,
  type VerifyResult,
} from './contract.ts';
import type { RemovedPoints, RemovingPoints } from './expire/remove-points.ts';
import type { Surveyed, Surveying } from './expire/survey.ts';
import type { Because } from './finding-codes.ts';
import type { ForeignRequest, ForeignResult } from './foreign/contract.ts';
import { SMALL_PROCESS } from './native/memory.ts';
import type { CleaningUp, CleanUp } from './reconcile/clean-up.ts';
import type { Reconciliation, Reconciling } from './reconcile/reconcile.ts';

/** After this the child is ended by force, whatever it is doing. */
const GRACE_MS = 10_000;

/** A store as plain data. */
export interface StoreAddress {
  address: string;
  credentials: S3Credentials | null;
  /** What the probe found that the store checks. */
  checksums?: Checksums;
  /** Hosts that are not public and may be reached all the same. Absent: all may. */
  privateHosts?: readonly string[];
  /** Recovery points are on record there: where nothing lies, its disk is not mounted. */
  isInUse?: boolean;
}

type Plain<Request> = Omit<Request, 'store' | 'source' | 'now' | 'onProgress' | 'mayPublish' | 'signal'> & {
  store: StoreAddress;
};

export type BackupOrder = Plain<BackupRequest> & {
  /** A folder's path or a database's address, with its password. */
  source: string;
  /** The last point held files: a folder without any is not mounted. */
  hadFiles?: boolean;
  programsDir?: string;
};
export type VerifyOrder = Plain<VerifyRequest>;
export type RestoreOrder = Plain<RestoreRequest>;
export type ReconcileOrder = Plain<Reconciling & { store: unknown; asset: string }>;
export type ForeignOrder = Plain<ForeignRequest>;
export type CleanUpOrder = Plain<CleaningUp & { store: unknown; asset: string }>;
export type RemovePointsOrder = Plain<RemovingPoints & { store: unknown; asset: string }>;
export type SurveyOrder = Plain<Surveying & { store: unknown; asset: string }>;

/** What the child is told to do, and what it says. */
export type Order =
  /** `asks`: before it writes the head, whether it may. */
  | { kind: 'backup'; request: BackupOrder; asks?: boolean }
  | { kind: 'verify'; request: VerifyOrder }
  | { kind: 'restore'; request: RestoreOrder }
  | { kind: 'reconcile'; request: ReconcileOrder }
  | { kind: 'clean-up'; request: CleanUpOrder }
  | { kind: 'remove-points'; request: RemovePointsOrder }
  | { kind: 'survey'; request: SurveyOrder }
  | { kind: 'foreign'; request: ForeignOrder };
export type ToChild = Order | { kind: 'abort' } | { kind: 'publish'; may: boolean };
export type FromChild =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'may-publish' }
  | { kind: 'result'; result: unknown }
  | { kind: 'error'; error: PlainError };

/** An error that keeps its kind on the way between processes. */
export interface PlainError {
  type: 'EngineError' | 'StoreError' | 'SourceError' | 'Error';
  fault: string;
  /** Null for an error that is a crash. */
  because: Because | null;
  message: string;
  where: string | null;
  stack: string;
}

export interface ChildOptions {
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Asked by a backup just before it writes its head. Where nobody is asked, it may. */
  mayPublish?: (() => Promise<boolean>) | undefined;
  signal?: AbortSignal | undefined;
}

export function backupInChild(request: BackupOrder, options: ChildOptions = {}): Promise<BackupResult> {
  const asks = options.mayPublish !== undefined;
  return run({ kind: 'backup', request, asks }, options) as Promise<BackupResult>;
}

export function verifyInChild(request: VerifyOrder, options: ChildOptions = {}): Promise<VerifyResult> {
  return run({ kind: 'verify', request }, options) as Promise<VerifyResult>;
}

export function restoreInChild(request: RestoreOrder, options: ChildOptions = {}): Promise<RestoreResult> {
  return run({ kind: 'restore', request }, options) as Promise<RestoreResult>;
}

export function reconcileInChild(
  request: ReconcileOrder,
  options: ChildOptions = {},
): Promise<Reconciliation> {
  return run({ kind: 'reconcile', request }, options) as Promise<Reconciliation>;
}

export function cleanUpInChild(request: CleanUpOrder, options: ChildOptions = {}): Promise<CleanUp> {
  return run({ kind: 'clean-up', request }, options) as Promise<CleanUp>;
}

export function removePointsInChild(
  request: RemovePointsOrder,
  options: ChildOptions = {},
): Promise<RemovedPoints> {
  return run({ kind: 'remove-points', request }, options) as Promise<RemovedPoints>;
}

export function surveyInChild(request: SurveyOrder, options: ChildOptions = {}): Promise<Surveyed[]> {
  return run({ kind: 'survey', request }, options) as Promise<Surveyed[]>;
}

export function foreignInChild(request: ForeignOrder, options: ChildOptions = {}): Promise<ForeignResult> {
  return run({ kind: 'foreign', request }, options) as Promise<ForeignResult>;
}

async function run(order: Order, { onProgress, mayPublish, signal }: ChildOptions): Promise<unknown> {
  signal?.throwIfAborted();
  const child = fork(new URL('./child.ts', import.meta.url), {
    execArgv: SMALL_PROCESS,
    env: environment(),
    serialization: 'advanced',
  });
  const stop = () => stopSoftly(child);
  signal?.addEventListener('abort', stop);
  try {
    return await converse(child, order, { onProgress, mayPublish });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    if (child.connected) child.disconnect();
  }
}

function converse(
  child: ChildProcess,
  order: Order,
  { onProgress, mayPublish = async () => true }: Omit<ChildOptions, 'signal'>,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  child.on('message', (message: FromChild) => {
    if (message.kind === 'progress') onProgress?.(message.progress);
    else if (message.kind === 'may-publish')
      mayPublish().then((may) => child.send({ kind: 'publish', may } satisfies ToChild), reject);
    else if (message.kind === 'result') resolve(message.result);
    else reject(revive(message.error));
  });
  child.on('error', reject);
  child.on('exit', (code, signal) =>
    reject(new Error(`The ${order.kind} ended without an answer (${signal ?? `exit status ${code}`}).`)),
  );
  child.send(order, (error) => error && reject(error));
  return promise;
}

function stopSoftly(child: ChildProcess): void {
  if (child.connected) child.send({ kind: 'abort' } satisfies ToChild);
  const force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  force.unref();
  child.once('exit', () => clearTimeout(force));
}

/** What a program needs to find others and to trust servers. Nothing that could hold a secret of the service. */
function environment(): NodeJS.ProcessEnv {
  const passed = [
    'PATH',
    'HOME',
    'TMPDIR',
    'LANG',
    'LC_ALL',
    'TZ',
    'NODE_COMPILE_CACHE',
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
  ];
  return Object.fromEntries(
    passed.filter((name) => process.env[name]).map((name) => [name, process.env[name]]),
  );
}

function revive({ type, fault, because, message, where, stack }: PlainError): Error {
  if (!because) return Object.assign(new Error(message), { stack });
  if (type === 'EngineError')
    return new EngineError(fault as EngineError['kind'], because, message, { where });
  if (type === 'StoreError')
    return new StoreError(fault as StoreError['fault'], because, message, { key: where });
  return new SourceError(fault as SourceError['fault'], because, message);
}
