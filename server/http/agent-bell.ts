/** Wakes agents whose requests are held open. One question a second is asked for all of them, and none while nobody waits. */
import type { Database } from '../database.ts';

const LOOK_EVERY_MS = 1000;

export interface AgentBell {
  /** Resolves when there is something for the agent, after `longestMs`, or when `signal` aborts. */
  wait(agent: string, longestMs: number, signal: AbortSignal): Promise<void>;
}

export function openAgentBell({ agentsWithOrders }: Pick<Database, 'agentsWithOrders'>): AgentBell {
  const waiting = new Map<string, Set<() => void>>();

  const look = async () => {
    if (waiting.size === 0) return;
    // A database that is away for a moment rings nobody; what is there rings a second later.
    for (const agent of await agentsWithOrders().catch(() => []))
      for (const wake of waiting.get(agent) ?? []) wake();
  };
  setInterval(look, LOOK_EVERY_MS).unref();

  return {
    wait(agent, longestMs, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const others = waiting.get(agent) ?? new Set();
      waiting.set(agent, others.add(resolve));
      const late = setTimeout(resolve, longestMs).unref();
      signal.addEventListener('abort', () => resolve(), { once: true });
      return promise.finally(() => {
        clearTimeout(late);
        others.delete(resolve);
        if (others.size === 0) waiting.delete(agent);
      });
    },
  };
}
