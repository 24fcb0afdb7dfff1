import { z } from 'zod';
import { type Line, ServiceRefusal } from './line.ts';
import type { Outbox } from './outbox.ts';

const Nothing = z.object({});
const LONGEST_MS = 30_000;

/** Tells how orders ended. What the service did not hear stays and is told again with the next poll. */
export async function sendLetters(line: Line, outbox: Outbox, say: (text: string) => void): Promise<void> {
  for (const { order, outcome } of await outbox.list()) {
    try {
      await line.ask(`/orders/${order}/outcome`, outcome, Nothing, AbortSignal.timeout(LONGEST_MS));
    } catch (error) {
      const isHeard = error instanceof ServiceRefusal && error.status !== 401;
      if (!isHeard) return;
      say(`The service does not take how the order ${order} ended: ${error.message}`);
    }
    await outbox.remove(order);
  }
}
