/** What we want to be, as ratios against others measured in the same run. They were set on an S3 store. */
import type { Work } from './contender.ts';
import { OURS, YARDSTICK } from './contenders.ts';
import type { Summary } from './summary.ts';

interface Target {
  set: string;
  work: Work;
  measure: 'wall' | 'bytes';
  against: 'restic' | 'best peer';
  atMost: number;
}

export const PEAK_MIB = 350;
/** Of peak memory, from a hundred thousand files to a million. */
export const BYTES_A_FURTHER_FILE = 200;

const TARGETS: Target[] = [
  { set: 'A', work: 'first', measure: 'wall', against: 'restic', atMost: 0.4 },
  { set: 'B', work: 'first', measure: 'wall', against: 'restic', atMost: 0.4 },
  { set: 'C', work: 'first', measure: 'wall', against: 'restic', atMost: 0.45 },
  { set: 'A', work: 'first', measure: 'wall', against: 'best peer', atMost: 0.55 },
  { set: 'C', work: 'first', measure: 'wall', against: 'best peer', atMost: 1.1 },
  { set: 'A', work: 'first', measure: 'bytes', against: 'restic', atMost: 1 },
  { set: 'C', work: 'first', measure: 'bytes', against: 'restic', atMost: 0.7 },
  { set: 'A', work: 'day2', measure: 'wall', against: 'restic', atMost: 0.5 },
  { set: 'C', work: 'day2', measure: 'wall', against: 'restic', atMost: 0.4 },
  { set: 'A', work: 'L2b', measure: 'wall', against: 'restic', atMost: 0.8 },
  { set: 'C', work: 'L2b', measure: 'wall', against: 'restic', atMost: 0.45 },
  { set: 'A', work: 'L3', measure: 'wall', against: 'restic', atMost: 0.7 },
  { set: 'C', work: 'L3', measure: 'wall', against: 'restic', atMost: 0.45 },
];

export interface Judged {
  /** What is compared, as the table tells it. */
  what: string;
  observed: number;
  atMost: number;
  /** False for times measured beside others' work, which show nothing. */
  isSure: boolean;
}

/** Our summary against every target for it, on one store. A peer that did not take part leaves its targets out. */
export function judge(ours: Summary, all: Summary[]): Judged[] {
  const peers = all.filter(
    ({ set, work, contender }) => set === ours.set && work === ours.work && contender !== OURS,
  );
  const restic = peers.filter(({ contender }) => contender === YARDSTICK);
  const ratios = TARGETS.filter(({ set, work }) => set === ours.set && work === ours.work).flatMap(
    ({ measure, against, atMost }) => {
      const among = against === 'restic' ? restic : peers;
      if (among.length === 0) return [];
      const best = Math.min(...among.map((peer) => amountOf(peer, measure)));
      const isSure = measure === 'bytes' || [ours, ...among].every(({ isQuiet }) => isQuiet);
      return [{ what: `${measure} / ${against}`, observed: amountOf(ours, measure) / best, atMost, isSure }];
    },
  );
  const peak = { what: 'peak MiB', observed: ours.peakBytes / 2 ** 20, atMost: PEAK_MIB, isSure: true };
  return [...ratios, peak];
}

function amountOf({ wallSeconds, storedBytes }: Summary, measure: Target['measure']): number {
  return measure === 'wall' ? wallSeconds : storedBytes;
}
