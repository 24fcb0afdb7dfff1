/**
 * The agent at work: one long request after the other for what there is to do. Outages are waited out; it ends when it is told
 * to, or when the service does not take it any more.
 */
import { Polled, SPOKEN } from '#/jobs/agents/protocol.ts';
import { StartError } from '../start-error.ts';
import { loadAllowed, offered } from './allowed.ts';
import { hostFacts } from './enrol.ts';
import { loadIdentity } from './identity.ts';
import { openJournal } from './journal.ts';
import { sendLetters } from './letters.ts';
import { openLine, pauseAfter, ServiceRefusal } from './line.ts';
import { type Office, openOrders } from './orders.ts';
import { openOutbox } from './outbox.ts';

export interface Running {
  folder: string;
  /** Orders at once. */
  capacity: number;
  say(text: string): void;
}

/** Throws `StartError` where nothing but a person helps: no identity here, or one that was revoked. */
export async function runAgent({ folder, capacity, say }: Running, signal: AbortSignal): Promise<void> {
  const identity = await loadIdentity(folder);
  const office: Office = {
    folder,
    identity,
    line: await openLine(identity),
    outbox: await openOutbox(folder),
    journal: await openJournal(folder),
    say,
  };
  const stop = new AbortController();
  const orders = await openOrders(office, AbortSignal.any([signal, stop.signal]));
  try {
    for (let failures = 0; !signal.aborted; ) {
      const error = await round(office, orders, { capacity, signal });
      if (!error || signal.aborted) {
        if (failures > 0) say('The service is there again.');
        failures = 0;
        continue;
      }
      if (isFinal(error)) throw new StartError(error.message);
      if (failures++ === 0) say(inWords(error));
      await pauseAfter(failures, signal).catch(() => undefined);
    }
  } finally {
    stop.abort();
    await orders.settled();
  }
}

/** Tells what is to be told, asks what is to be done. Answers what went wrong. */
async function round(
  { folder, line, outbox, say }: Office,
  orders: Awaited<ReturnType<typeof openOrders>>,
  { capacity, signal }: { capacity: number; signal: AbortSignal },
): Promise<Error | null> {
  try {
    await sendLetters(line, outbox, say);
    const standing = {
      protocol: SPOKEN.newest,
      host: hostFacts(),
      capacity,
      running: orders.running(),
      ...offered(await loadAllowed(folder)),
    };
    const { stop, begin } = await line.ask('/polls', standing, Polled, signal);
    orders.letGo(stop);
    if (begin) await orders.begin(begin);
    return null;
  } catch (error) {
    return error as Error;
  }
}

const inWords = (error: Error) =>
  error instanceof StartError
    ? error.message
    : `The service cannot be reached (${error.message}); trying again.`;

/** Revoked, unknown, or of a version that the service speaks no more. */
const isFinal = (error: Error) => error instanceof ServiceRefusal && [401, 403, 409].includes(error.status);
