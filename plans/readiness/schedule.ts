/**
 * When everything is back with the hands and lines there are: list scheduling. Whenever something is free, the work with the
 * most still to come after it begins; nothing waits for what is not ready. No draw of lots, so the same work gives the same
 * schedule. It is a schedule that can be kept, not always the shortest one.
 */
import { Heap } from './heap.ts';
import type { Resource } from './timings.ts';

export interface Job {
  id: string;
  seconds: number;
  resource: Resource;
  /** Jobs that must be done before. */
  after: string[];
}

export type Capacity = Record<Exclude<Resource, 'none'>, number>;

export interface Scheduled {
  startsAt: number;
  endsAt: number;
  /** The job at whose end this one could begin; null at the start. */
  startedBy: string | null;
  /** How long it was ready and waited for a technician or a line. */
  waitSeconds: number;
}

/** `jobs` come each after those it waits for; of two that are as urgent the first begins first. */
export function schedule(jobs: readonly Job[], capacity: Capacity): Map<string, Scheduled> {
  const rank = new Map(jobs.map(({ id }, index) => [id, index]));
  const followers = followersOf(jobs);
  const urgency = tails(jobs, followers);
  const byUrgency = (left: Job, right: Job) =>
    urgency.get(right.id)! - urgency.get(left.id)! || rank.get(left.id)! - rank.get(right.id)!;
  const byEnd = (left: Job, right: Job) =>
    done.get(left.id)!.endsAt - done.get(right.id)!.endsAt || rank.get(left.id)! - rank.get(right.id)!;

  const done = new Map<string, Scheduled>();
  const running = new Heap(byEnd);
  const ready = { none: new Heap(byUrgency), technician: new Heap(byUrgency), link: new Heap(byUrgency) };
  const readied = new Map<string, { at: number; by: string | null }>();
  const unmet = new Map(jobs.map(({ id, after }) => [id, after.length]));
  const free = { none: Number.POSITIVE_INFINITY, ...capacity };
  /** Who gave back a technician or a line last. */
  const givenBackBy: Record<Resource, string | null> = { none: null, technician: null, link: null };

  const makeReady = (job: Job, at: number, by: string | null) => {
    readied.set(job.id, { at, by });
    ready[resourceOf(job)].push(job);
  };
  const beginWhatCan = (now: number) => {
    for (const kind of RESOURCES)
      while (free[kind] > 0 && ready[kind].size > 0) {
        const job = ready[kind].pop()!;
        const { at, by } = readied.get(job.id)!;
        const startedBy = at === now ? by : givenBackBy[kind];
        done.set(job.id, { startsAt: now, endsAt: now + job.seconds, startedBy, waitSeconds: now - at });
        running.push(job);
        free[kind] -= 1;
      }
  };
  const end = (job: Job, now: number) => {
    free[resourceOf(job)] += 1;
    givenBackBy[resourceOf(job)] = job.id;
    for (const follower of followers.get(job.id) ?? []) {
      unmet.set(follower.id, unmet.get(follower.id)! - 1);
      if (unmet.get(follower.id) === 0) makeReady(follower, now, job.id);
    }
  };

  for (const job of jobs) if (job.after.length === 0) makeReady(job, 0, null);
  beginWhatCan(0);
  for (let next = running.pop(); next; next = running.pop()) {
    const now = done.get(next.id)!.endsAt;
    end(next, now);
    // All that ends now gives back before anything begins, so that the most urgent one has its choice.
    while (running.size > 0 && done.get(running.peek()!.id)!.endsAt === now) end(running.pop()!, now);
    beginWhatCan(now);
  }
  return done;
}

const RESOURCES = ['none', 'technician', 'link'] as const satisfies Resource[];

/** What takes no time keeps nobody busy. */
const resourceOf = ({ seconds, resource }: Job): Resource => (seconds === 0 ? 'none' : resource);

function followersOf(jobs: readonly Job[]): Map<string, Job[]> {
  const followers = new Map<string, Job[]>(jobs.map(({ id }) => [id, []]));
  for (const job of jobs) for (const before of job.after) followers.get(before)!.push(job);
  return followers;
}

/** From the beginning of each job to the end of all that waits for it, had everybody all hands. */
function tails(jobs: readonly Job[], followers: Map<string, Job[]>): Map<string, number> {
  const tail = new Map<string, number>();
  for (const { id, seconds } of jobs.toReversed())
    tail.set(id, seconds + followers.get(id)!.reduce((most, job) => Math.max(most, tail.get(job.id)!), 0));
  return tail;
}
