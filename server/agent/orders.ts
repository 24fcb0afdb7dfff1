/** The orders under way in this agent: begun once each, let go of when told to, and their ends put into the outbox. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readOrder } from '#/jobs/agents/order.ts';
import { type AgentOrder, Heard, type Outcome, type Polled } from '#/jobs/agents/protocol.ts';
import { nameOfKey } from '#/jobs/agents/request-proof.ts';
import { certainly } from '#/jobs/held.ts';
import { everySecond } from '#/jobs/progress.ts';
import type { RunProgress } from '#/plans/run-progress.ts';
import { loadAllowed } from './allowed.ts';
import type { AgentIdentity } from './identity.ts';
import type { Journal } from './journal.ts';
import { sendLetters } from './letters.ts';
import type { Line } from './line.ts';
import type { Outbox } from './outbox.ts';
import { type Ended, runOrder } from './run-order.ts';

export interface Office {
  folder: string;
  identity: AgentIdentity;
  line: Line;
  outbox: Outbox;
  journal: Journal;
  say(text: string): void;
}

interface UnderWay {
  attempt: number;
  stop: AbortController;
  work: Promise<void>;
}

export type Orders = Awaited<ReturnType<typeof openOrders>>;

/** When `signal` aborts, everything is let go of; the service gives it out again. */
export async function openOrders(office: Office, signal: AbortSignal) {
  const { folder, identity, line, journal, say } = office;
  const self = await nameOfKey(identity.key);
  const scratch = await emptyFolder(join(folder, 'work'));
  const underWay = new Map<string, UnderWay>();

  return {
    running: () => [...underWay].map(([order, { attempt }]) => ({ order, attempt })),

    async begin({ order: signed, attempt }: NonNullable<Polled['begin']>): Promise<void> {
      const read = await readOrder(signed, {
        orderKey: identity.orderKey,
        agent: self,
        now: line.now(),
      }).catch((error: Error) =>
        say(`An order is refused, for it is not signed as it must be: ${error.message}.`),
      );
      if (!read || !(await journal.note(read.id, attempt))) return;
      const stop = new AbortController();
      const letGo = AbortSignal.any([stop.signal, signal]);
      const work = doOrder(office, { ...read, attempt, scratch, stop, letGo }).finally(() =>
        underWay.delete(read.id),
      );
      underWay.set(read.id, { attempt, stop, work });
    },

    letGo(orders: string[]): void {
      for (const order of orders) underWay.get(order)?.stop.abort();
    },

    settled: () => Promise.allSettled([...underWay.values()].map(({ work }) => work)),
  };
}

interface One {
  id: string;
  order: AgentOrder;
  attempt: number;
  scratch: string;
  stop: AbortController;
  letGo: AbortSignal;
}

async function doOrder({ folder, identity, line, outbox, say }: Office, one: One): Promise<void> {
  const { id, order, attempt, letGo } = one;
  const what = order.task === 'backup' ? order.source : order.point.point;
  say(
    order.task === 'backup'
      ? `Backs up ${what} to ${order.store.address}.`
      : `Tests ${what} of ${order.store.address}.`,
  );
  const scratchDir = await mkdtemp(join(one.scratch, 'order-'));
  const ask = async (progress: RunProgress | null) => {
    const { goOn } = await line.ask(`/orders/${id}/progress`, { attempt, progress }, Heard, letGo);
    if (!goOn) one.stop.abort();
    return goOn;
  };
  try {
    const allowed = await loadAllowed(folder);
    const programsDir = join(folder, 'programs');
    const doing = {
      identity,
      allowed,
      scratchDir,
      programsDir,
      onProgress: everySecond(ask),
      mayPublish: () => certainly(() => ask(null)),
      signal: letGo,
    };
    const ended = await runOrder(order, doing);
    if (ended.state === 'failed' && letGo.aborted) return say(`Let go of ${what}.`);
    await outbox.put({ order: id, outcome: { ...ended, attempt } as Outcome });
    say(inWords(ended));
    await sendLetters(line, outbox, say);
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}

function inWords(ended: Ended): string {
  if (ended.state === 'done') return `Made the recovery point ${ended.point.point}.`;
  if (ended.state === 'failed') return ended.finding.message;
  const { verdict, reached, finding } = ended.result;
  return `The test ${verdict}${reached ? ` at ${reached}` : ''}. ${finding?.message ?? ''}`.trim();
}

/** Whatever an agent that died left there goes. */
async function emptyFolder(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
