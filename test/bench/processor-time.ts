/** Who used the processors: our children, ourselves, the store, and everybody else on this machine. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { loadCalls } from '#/jobs/recovery-points/native/library.ts';

const RUSAGE_CHILDREN = -1;
const RUSAGE_BYTES = 144;
/** The kernel counts in hundredths of a second here, on every Linux. */
const TICKS = 100;

const calls = loadCalls({ getrusage: { arguments: ['i32', 'buffer'], return: 'i32' } });

/** Seconds of user and system time of all children that have ended, with what they waited for in turn. */
export function childrenSeconds(): number {
  if (!calls)
    throw new Error('Processor time is measured with node:ffi, which the Node that npm brought has.');
  const usage = Buffer.alloc(RUSAGE_BYTES);
  if (calls.getrusage(RUSAGE_CHILDREN, usage) !== 0) throw new Error('getrusage does not answer.');
  const at = (offset: number) => Number(usage.readBigInt64LE(offset));
  return at(0) + at(16) + (at(8) + at(24)) / 1e6;
}

/** Seconds of user and system time of a process that runs, without its children. */
export function secondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name before it may hold blanks and brackets.
  const [user, system] = stat.slice(stat.lastIndexOf(') ')).split(' ').slice(12, 14).map(Number);
  return (user! + system!) / TICKS;
}

/** Begins to watch. `stop` answers the share of all cores that others had meanwhile, and not `ours`, a process that runs on. */
export function watchOthers(ours: number | null = null): { stop(): number } {
  const oursNow = () => childrenSeconds() + ownSeconds() + (ours === null ? 0 : secondsOf(ours));
  const began = { at: performance.now(), busy: busySeconds(), ours: oursNow() };
  return {
    stop() {
      const seconds = (performance.now() - began.at) / 1000;
      const others = busySeconds() - began.busy - (oursNow() - began.ours);
      return Math.max(0, others / (seconds * availableParallelism()));
    },
  };
}

function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Of all cores since boot; what the host took away counts as busy. */
function busySeconds(): number {
  const first = readFileSync('/proc/stat', 'latin1').split('\n')[0]!;
  const [user, nice, system, , , irq, softirq, steal] = first.split(/\s+/).slice(1).map(Number);
  return (user! + nice! + system! + irq! + softirq! + steal!) / TICKS;
}
