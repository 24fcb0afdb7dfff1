/** `reprise report batch`: one report for every client that has none yet this month, drawn by the workers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '#/plans/errors.ts';
import {
  type Batch,
  type BatchState,
  listUnreported,
  requestInBatch,
  stateOfBatch,
} from '#/plans/reports/batch.ts';
import { CLIENT_KINDS } from '#/plans/reports/kinds.ts';
import { hasSubject } from '#/plans/reports/subjects.ts';
import { type Service, startService } from '../service.ts';
import { readSettings } from '../settings.ts';
import { VERSIONS } from '../versions.ts';
import { CallError, DONE, FAILED, follow, INCONCLUSIVE, readCall } from './call.ts';
import { type Counted, showCount } from './counting.ts';
import { tellOutcome } from './output.ts';

export const usage = `reprise report batch [--kind readiness|coverage|cards] [--since DAY] [--provider ID] [--no-wait] [--data DIR] [--json]

Takes a snapshot of every client that has no report of this kind since the first of the month, in the client's own language, and
waits until the workers have drawn them all: run this again to go on after a cut, or to ask again for what failed. What people ask
for meanwhile comes first. Exit 0 all are made, 1 some failed, 4 some wait and no worker draws them.
  --since DAY    for example 2026-11-01, in place of the first of this month
  --no-wait      leaves once all are asked for`;

const OPTIONS = {
  kind: { type: 'string', default: 'readiness' },
  since: { type: 'string' },
  provider: { type: 'string' },
  'no-wait': { type: 'boolean' },
  data: { type: 'string' },
} as const;

const KINDS = CLIENT_KINDS.filter((kind) => !hasSubject(kind));
const LOOK_MS = 1000;
/** Nobody draws when the queue stood still for so long. */
const STILL_SECONDS = 90;

export const run = (args: string[]) =>
  follow(args, usage, async (signal) => {
    const { values } = readCall(args, OPTIONS, { positionals: ['batch'], required: [] });
    const batch = { kind: kindOf(values.kind), since: sinceOf(values.since) };
    const settings = readSettings({ DATA_DIR: values.data, LOG_LEVEL: 'error' });
    await using service = await startService(settings, { web: false, worker: false });
    const providers = await providersOf(service, values.provider);
    const progress = showCount('reports', values.json);
    let asked = 0;
    for (const provider of providers) asked += await askForAll(service, provider, batch, signal);
    const state = await waitForAll(() => stateOf(service, providers, batch), {
      service,
      signal: values['no-wait'] ? AbortSignal.abort() : signal,
      tell: progress.tell,
    }).finally(progress.end);
    const { done, waiting, failed } = state;
    tellOutcome(values.json, { ...batch, asked, ...state }, [
      `${asked} asked for, ${done} made, ${waiting} waiting, ${failed.length} failed.`,
      ...failed.map(({ client, reference, message }) => `  ${reference}  ${client}: ${message ?? ''}`),
    ]);
    if (failed.length > 0) return FAILED;
    return waiting > 0 && !values['no-wait'] ? INCONCLUSIVE : DONE;
  });

function kindOf(given: string): Batch['kind'] {
  const kind = KINDS.find((one) => one === given);
  if (!kind) throw new CallError(`A batch is of one of ${KINDS.join(', ')}, not of "${given}".`);
  return kind;
}

function sinceOf(given: string | undefined): Date {
  const now = new Date();
  if (given === undefined) return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  const since = new Date(`${given}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(given) || Number.isNaN(since.getTime()))
    throw new CallError(`"${given}" is no day such as 2026-11-01.`);
  if (since > now) throw new CallError(`${given} is still to come.`);
  return since;
}

async function providersOf({ database }: Service, given: string | undefined): Promise<string[]> {
  const all = await database.providerIds();
  if (given === undefined) return all;
  if (!all.includes(given)) throw new CallError(`There is no provider ${given}.`);
  return [given];
}

/** One transaction for each client: a batch that is cut off has lost nothing, and holds up nobody. */
async function askForAll(
  { inProvider }: Service,
  provider: string,
  batch: Batch,
  signal: AbortSignal,
): Promise<number> {
  let asked = 0;
  for (let after: string | null = null; ; ) {
    const clients = await inProvider(provider, (work) => listUnreported(work, batch, after));
    for (const client of clients) {
      if (signal.aborted) return asked;
      const isAsked = await inProvider(provider, (work) =>
        requestInBatch(work, client, batch, VERSIONS),
      ).then(() => true, isGone);
      if (isAsked) asked++;
    }
    after = clients.at(-1)?.id ?? null;
    if (after === null) return asked;
  }
}

/** A client may be taken away in the middle. */
function isGone(error: unknown): false {
  if (error instanceof Refusal && error.kind === 'not-found') return false;
  throw error;
}

async function stateOf({ inProvider }: Service, providers: string[], batch: Batch): Promise<BatchState> {
  const all = [];
  for (const provider of providers) all.push(await inProvider(provider, (work) => stateOfBatch(work, batch)));
  return {
    waiting: all.reduce((sum, { waiting }) => sum + waiting, 0),
    done: all.reduce((sum, { done }) => sum + done, 0),
    failed: all.flatMap(({ failed }) => failed),
  };
}

async function waitForAll(
  look: () => Promise<BatchState>,
  { service, signal, tell }: { service: Service; signal: AbortSignal; tell: (counted: Counted) => void },
): Promise<BatchState> {
  for (;;) {
    const state = await look();
    const { done, waiting, failed } = state;
    if (waiting === 0 || signal.aborted) return state;
    tell({ done, failed: failed.length, total: done + waiting + failed.length });
    if (((await service.queue.stuckSeconds()) ?? 0) > STILL_SECONDS) return state;
    await sleep(LOOK_MS, null, { signal }).catch(() => {}); // told to stop: the next look is the last
  }
}
