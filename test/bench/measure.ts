/** Runs one command and measures it as a tree of processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { watchMemory } from './process-tree.ts';
import { childrenSeconds, secondsOf, watchOthers } from './processor-time.ts';

/** Others with more than this share of all cores make a run noisy. */
export const NOISY_SHARE = 0.1;
const ENDS = ['SIGINT', 'SIGTERM'] as const;

export interface Command {
  program: string;
  args: string[];
  env: Record<string, string>;
}

export interface Measured {
  wallSeconds: number;
  cpuSeconds: number;
  /** Processor time of the store's server: none of the program's, but in its wall time. */
  storeSeconds: number;
  peakBytes: number;
  othersShare: number;
  isNoisy: boolean;
}

/**
 * Runs a command alone, but for the server of its store. Throws with its own words when it fails, for the time of a
 * failure says nothing.
 */
export async function measure({ program, args, env }: Command, server: number | null): Promise<Measured> {
  const others = watchOthers(server);
  const serverBefore = server === null ? 0 : secondsOf(server);
  const cpuBefore = childrenSeconds();
  const began = performance.now();
  // A process group of its own, so that an end of ours does not leave half a pipeline at work.
  const child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const stopGroup = () => child.pid && process.kill(-child.pid, 'SIGTERM');
  for (const signal of ENDS) process.once(signal, stopGroup);
  const complaint = text(child.stderr);
  const ended = once(child, 'exit');
  const memory = child.pid ? watchMemory(child.pid) : null;
  const [status] = await ended.finally(() => {
    for (const signal of ENDS) process.off(signal, stopGroup);
  });
  const wallSeconds = (performance.now() - began) / 1000;
  const cpuSeconds = childrenSeconds() - cpuBefore;
  const storeSeconds = server === null ? 0 : secondsOf(server) - serverBefore;
  const othersShare = others.stop();
  const peakBytes = memory?.stop() ?? 0;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${await complaint}`);
  const isNoisy = othersShare > NOISY_SHARE;
  return { wallSeconds, cpuSeconds, storeSeconds, peakBytes, othersShare, isNoisy };
}
