/**
 * When everything of one client is back with the hands and lines there are: what has the most still to come after it begins
 * first. It is a schedule that can be kept, not always the shortest one.
 */
import { listSchedule, type Scheduled, tailsOf } from './list-schedule.ts';
import type { Resource } from './timings.ts';

export interface Job {
  id: string;
  seconds: number;
  resource: Resource;
  /** Jobs that must be done before. */
  after: string[];
}

export type Capacity = Record<Exclude<Resource, 'none'>, number>;

/** `jobs` come each after those it waits for; of two that are as urgent the first begins first. */
export function schedule(jobs: readonly Job[], { technician, link }: Capacity): Map<string, Scheduled> {
  const shared = jobs.map(({ id, seconds, resource, after }) => ({
    id,
    seconds,
    after,
    uses: USES[resource],
  }));
  const tails = tailsOf(shared);
  return listSchedule(
    shared,
    new Map([
      ['technician', technician],
      ['link', link],
    ]),
    (left, right) => tails.get(right.id)! - tails.get(left.id)!,
  );
}

const USES: Record<Resource, readonly string[]> = { none: [], technician: ['technician'], link: ['link'] };
