/**
 * List scheduling: whenever what a job uses is free, the most urgent that is ready begins; nothing waits for what is not
 * ready. No draw of lots, so the same jobs give the same schedule.
 */
import { Heap } from './heap.ts';

export interface SharedJob {
  id: string;
  seconds: number;
  /** One of each of these is kept busy meanwhile. */
  uses: readonly string[];
  /** Jobs that must be done before. */
  after: readonly string[];
}

export interface Scheduled {
  startsAt: number;
  endsAt: number;
  /** The job at whose end this one could begin; null at the start. */
  startedBy: string | null;
  /** How long it was ready and waited for what it uses. */
  waitSeconds: number;
}

const NOTHING = '';

/** `jobs` come each after those it waits for; of two that are as urgent the first begins first. */
export function listSchedule<Job extends SharedJob>(
  jobs: readonly Job[],
  capacity: ReadonlyMap<string, number>,
  urgency: (left: Job, right: Job) => number,
): Map<string, Scheduled> {
  const rank = new Map(jobs.map(({ id }, index) => [id, index]));
  const followers = followersOf(jobs);
  const inRank = (left: Job, right: Job) => rank.get(left.id)! - rank.get(right.id)!;
  const byUrgency = (left: Job, right: Job) => urgency(left, right) || inRank(left, right);
  const byEnd = (left: Job, right: Job) =>
    done.get(left.id)!.endsAt - done.get(right.id)!.endsAt || inRank(left, right);

  const done = new Map<string, Scheduled>();
  const running = new Heap(byEnd);
  /** What is ready waits for the first it found to be busy, or for nothing yet. */
  const waiting = new Map<string, Heap<Job>>([[NOTHING, new Heap(byUrgency)]]);
  /** Those of these for which there may be no need to wait any more. */
  const open = new Set<string>();
  const readied = new Map<string, { at: number; by: string | null }>();
  const unmet = new Map(jobs.map(({ id, after }) => [id, after.length]));
  const free = new Map(capacity).set(NOTHING, Number.POSITIVE_INFINITY);
  /** Who gave one back last, and how many gave back before. */
  const givenBack = new Map<string, { by: string; turn: number }>();
  let turn = 0;

  /** What takes no time is done as soon as it is ready, and keeps nobody busy. */
  const makeReady = (first: Job, at: number, startedBy: string | null) => {
    const now = [{ job: first, by: startedBy }];
    for (let next = now.pop(); next; next = now.pop()) {
      const { job, by } = next;
      if (job.seconds > 0) {
        readied.set(job.id, { at, by });
        waitFor(NOTHING, job);
        continue;
      }
      done.set(job.id, { startsAt: at, endsAt: at, startedBy: by, waitSeconds: 0 });
      for (const follower of nowMet(job)) now.push({ job: follower, by: job.id });
    }
  };
  const waitFor = (use: string, job: Job) => {
    const line = waiting.get(use) ?? new Heap(byUrgency);
    waiting.set(use, line);
    line.push(job);
    if (isFree(use)) open.add(use);
  };
  /** Those that waited for this one last. */
  const nowMet = ({ id }: Job): Job[] =>
    followers.get(id)!.filter((follower) => {
      unmet.set(follower.id, unmet.get(follower.id)! - 1);
      return unmet.get(follower.id) === 0;
    });
  const isFree = (use: string) => (free.get(use) ?? 0) > 0;
  const mostUrgent = (): Job | null => {
    let best: Heap<Job> | null = null;
    for (const use of open) {
      const line = waiting.get(use)!;
      if (line.size === 0 || !isFree(use)) open.delete(use);
      else if (!best || byUrgency(line.peek()!, best.peek()!) < 0) best = line;
    }
    return best?.pop() ?? null;
  };
  const nextToBegin = (): Job | null => {
    for (let job = mostUrgent(); job; job = mostUrgent()) {
      const busy = job.uses.find((use) => !isFree(use));
      if (busy === undefined) return job;
      waitFor(busy, job);
    }
    return null;
  };
  const lastBack = (uses: readonly string[]): string | null =>
    uses
      .flatMap((use) => givenBack.get(use) ?? [])
      .reduce<{ by: string; turn: number } | null>(
        (last, next) => (last && last.turn > next.turn ? last : next),
        null,
      )?.by ?? null;
  const beginWhatCan = (now: number) => {
    for (let job = nextToBegin(); job; job = nextToBegin()) {
      const { at, by } = readied.get(job.id)!;
      const startedBy = at === now ? by : lastBack(job.uses);
      done.set(job.id, { startsAt: now, endsAt: now + job.seconds, startedBy, waitSeconds: now - at });
      running.push(job);
      for (const use of job.uses) free.set(use, free.get(use)! - 1);
    }
  };
  const end = (job: Job, now: number) => {
    turn += 1;
    for (const use of job.uses) {
      free.set(use, free.get(use)! + 1);
      if (waiting.has(use)) open.add(use);
      givenBack.set(use, { by: job.id, turn });
    }
    for (const follower of nowMet(job)) makeReady(follower, now, job.id);
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

function followersOf<Job extends SharedJob>(jobs: readonly Job[]): Map<string, Job[]> {
  const followers = new Map<string, Job[]>(jobs.map(({ id }) => [id, []]));
  for (const job of jobs) for (const before of job.after) followers.get(before)!.push(job);
  return followers;
}

/** From the beginning of each job to the end of all that waits for it, had everybody all hands. */
export function tailsOf(jobs: readonly SharedJob[]): Map<string, number> {
  const followers = followersOf(jobs);
  const tails = new Map<string, number>();
  for (const { id, seconds } of jobs.toReversed())
    tails.set(id, seconds + followers.get(id)!.reduce((most, job) => Math.max(most, tails.get(job.id)!), 0));
  return tails;
}
