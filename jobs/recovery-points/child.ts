/** The child's side of `in-child.ts`: does one order, answers, and ends. It ends too when its parent is gone. */

import { refuseEmptySource } from '../sources/in-use.ts';
import { openSource } from '../sources/open.ts';
import { SourceError } from '../sources/source.ts';
import { refuseEmptyFolder } from '../stores/in-use.ts';
import { openStore } from '../stores/open.ts';
import { StoreError } from '../stores/store.ts';
import { backup } from './backup.ts';
import { EngineError, type Progress } from './contract.ts';
import { removePoints } from './expire/remove-points.ts';
import { surveyPoints } from './expire/survey.ts';
import { foreignRestore } from './foreign/foreign-restore.ts';
import { beGentle } from './gentle.ts';
import type { FromChild, Order, PlainError, ToChild } from './in-child.ts';
import { keepSmall } from './native/memory.ts';
import { removeOrphans } from './reconcile/clean-up.ts';
import { reconcile } from './reconcile/reconcile.ts';
import { restore } from './restore/restore.ts';
import { verify } from './verify/verify.ts';

const TELL_EVERY_MS = 200;

keepSmall();
const abort = new AbortController();
const answered = Promise.withResolvers<boolean>();

process.on('disconnect', () => process.exit(1));
// Whoever stops a service tells the whole group; what becomes of the work is the parent's to say.
for (const told of ['SIGTERM', 'SIGINT'] as const) process.on(told, () => undefined);
process.on('message', (message: ToChild) => {
  if (message.kind === 'abort') abort.abort();
  else if (message.kind === 'publish') answered.resolve(message.may);
  else void answer(message);
});

async function answer(order: Order): Promise<void> {
  const reply = await attempt(order);
  process.send!(reply, undefined, undefined, () => process.disconnect!());
}

async function attempt(order: Order): Promise<FromChild> {
  try {
    return { kind: 'result', result: await work(order) };
  } catch (error) {
    return { kind: 'error', error: flatten(error as Error) };
  }
}

async function work(order: Order): Promise<unknown> {
  const { kind, request } = order;
  if (kind === 'backup' && request.limits?.isGentle) beGentle();
  const { address, credentials, checksums, privateHosts, isInUse = false } = request.store;
  const store = await openStore(address, {
    credentials: credentials ?? undefined,
    checksums,
    privateHosts,
    create: kind === 'backup' && !isInUse,
  });
  const watch = { onProgress: tell, signal: abort.signal };
  try {
    if (isInUse) await refuseEmptyFolder(store);
    if (kind === 'verify') return await verify({ ...request, ...watch, store });
    if (kind === 'foreign') return await foreignRestore({ ...request, ...watch, store });
    if (kind === 'restore') return await restore({ ...request, ...watch, store });
    if (kind === 'reconcile') return await reconcile(store, request.asset, { ...request, ...watch });
    if (kind === 'clean-up') return await removeOrphans(store, request.asset, { ...request, ...watch });
    if (kind === 'remove-points') return await removePoints(store, request.asset, { ...request, ...watch });
    if (kind === 'survey') return await surveyPoints(store, request.asset, { ...request, ...watch });
    const source = await openSource(request.source, { programsDir: request.programsDir, privateHosts });
    if (request.hadFiles) await refuseEmptySource(source);
    const turn = order.kind === 'backup' && order.asks ? { mayPublish } : {};
    return await backup({ ...request, ...watch, ...turn, store, source });
  } finally {
    await store.close();
  }
}

/** Only who gave the order knows whose turn it is. */
function mayPublish(): Promise<boolean> {
  process.send!({ kind: 'may-publish' } satisfies FromChild);
  return answered.promise;
}

let told = { phase: '', at: 0 };

/** Whoever listens shows one a second: more would only keep both busy. */
function tell(progress: Progress): void {
  const at = performance.now();
  if (progress.phase === told.phase && at - told.at < TELL_EVERY_MS) return;
  told = { phase: progress.phase, at };
  process.send!({ kind: 'progress', progress } satisfies FromChild);
}

function flatten(error: Error): PlainError {
  const facts = { message: error.message, stack: error.stack ?? '' };
  if (error instanceof EngineError)
    return {
      ...facts,
      type: 'EngineError',
      fault: error.kind,
      because: error.because,
      where: error.where,
    };
  if (error instanceof StoreError)
    return { ...facts, type: 'StoreError', fault: error.fault, because: error.because, where: error.key };
  if (error instanceof SourceError)
    return { ...facts, type: 'SourceError', fault: error.fault, because: error.because, where: null };
  return { ...facts, type: 'Error', fault: '', because: null, where: null };
}
