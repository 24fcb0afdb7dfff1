/**
 * What is left of recovery times when clients that share something fail together: technicians of a pool are shared out over
 * the restores of all of them, by what their activities can bear, and each activity is set against its client failing alone.
 */
import type { ActivityFacts, ClientFacts } from '../facts.ts';
import { compareNamed } from './graph.ts';
import { listSchedule, type SharedJob, tailsOf } from './list-schedule.ts';
import { neededFor } from './needed.ts';
import { effectiveOf } from './recovery-times.ts';
import { lossesOf } from './scenario-losses.ts';
import { type Survey, surveyOf } from './survey.ts';

/** One of the clients that fail together. */
export interface Sharer {
  facts: ClientFacts;
  /** Whose people bring it back; null: its own technicians. */
  pool: { id: string; headCount: number } | null;
  /** The site or supplier that fails, by its id at this client; null: everything has to be brought back. */
  fails: { kind: 'site' | 'supplier'; id: string } | null;
}

export interface Contention {
  /** In the order in which they are added: first who can bear least. */
  clients: { id: string; name: string; untimedActivities: number }[];
  /** With so many at once the first RTO is lost that its client keeps alone; null: none ever is. */
  lostFrom: number | null;
  /** In the order in which they are lost. */
  losses: LostObjective[];
  /** RTOs that are not even kept when the client fails alone, all its activities at once. */
  lateAlone: LateActivity[];
}

export interface LateActivity {
  client: string;
  activity: string;
  name: string;
  rtoSeconds: number;
  aloneSeconds: number;
  /** A time on the way is somebody's word. */
  isDeclared: boolean;
}

export interface LostObjective extends LateActivity {
  /** The least number of clients at once with which it is lost. */
  lostFrom: number;
  /** With that many, and with all of them. */
  togetherSeconds: number;
  allSeconds: number;
}

/** The same sharers give the same result, whatever their order. */
export function contentionOf(sharers: readonly Sharer[], intervalDays: number): Contention {
  const loads = sharers.map((sharer) => loadOf(sharer, intervalDays)).sort(compareLoads);
  const alone = new Map(loads.flatMap((load) => [...timesOf([load])]));
  const late = (returning: Returning, seconds: number) =>
    returning.rtoSeconds !== null && seconds > returning.rtoSeconds;
  const kept = new Map<string, Omit<LostObjective, 'allSeconds'>>();
  let all = alone;
  for (let count = 2; count <= loads.length; count += 1) {
    all = timesOf(loads.slice(0, count));
    for (const returning of loads.slice(0, count).flatMap((load) => load.returning)) {
      const aloneSeconds = alone.get(returning.key)!;
      const togetherSeconds = all.get(returning.key)!;
      if (kept.has(returning.key) || late(returning, aloneSeconds) || !late(returning, togetherSeconds))
        continue;
      kept.set(returning.key, { ...lateOf(returning, aloneSeconds), lostFrom: count, togetherSeconds });
    }
  }
  const losses = [...kept].map(([key, lost]) => ({ ...lost, allSeconds: all.get(key)! }));
  return {
    clients: loads.map(({ id, name, untimed }) => ({ id, name, untimedActivities: untimed })),
    lostFrom: losses[0]?.lostFrom ?? null,
    losses,
    lateAlone: loads
      .flatMap(({ returning }) => returning)
      .filter((returning) => late(returning, alone.get(returning.key)!))
      .map((returning) => lateOf(returning, alone.get(returning.key)!)),
  };
}

/** A restore, with when it has to begin at the latest for every activity to be back while that can be borne. */
export interface Restore extends SharedJob {
  latestStart: number;
  tailSeconds: number;
}

/** Least time left first; of as much, what has more still to come after it. */
export function byWhatCanBeBorne(left: Restore, right: Restore): number {
  if (left.latestStart !== right.latestStart) return left.latestStart < right.latestStart ? -1 : 1;
  return right.tailSeconds - left.tailSeconds;
}

interface Returning {
  key: string;
  client: string;
  activity: string;
  name: string;
  rtoSeconds: number | null;
  isDeclared: boolean;
  restores: string[];
}

interface Load {
  id: string;
  name: string;
  /** The least that one of its activities can bear. */
  bearableSeconds: number;
  restores: Restore[];
  returning: Returning[];
  capacity: [string, number][];
  untimed: number;
}

function loadOf({ facts, pool, fails }: Sharer, intervalDays: number): Load {
  const survey = surveyOf(facts, intervalDays);
  const { id, name, technicians, links } = facts.client;
  const losses = fails && lossesIn(survey, fails);
  const standing = facts.activities.filter((activity) => losses?.activities.has(activity.id) ?? true);
  const timed = standing
    .map((activity) => ({ activity, verdict: effectiveOf(activity, survey).verdict }))
    .filter(({ verdict }) => verdict !== 'unmeasured');
  const keyOf = (thing: string) => `${id}:${thing}`;
  const needed = timed.map(({ activity, verdict }) => ({
    activity,
    verdict,
    assets: neededFor(activity, survey.graph, survey.chains).assets,
  }));
  return {
    id,
    name,
    bearableSeconds: Math.min(Number.POSITIVE_INFINITY, ...needed.map(({ activity }) => bearable(activity))),
    restores: restoresOf(needed, survey, {
      keyOf,
      isDown: (asset) => losses?.down.has(asset) ?? true,
      technicians: [...(pool ? [`pool:${pool.id}`] : []), keyOf('technician')],
      links: [keyOf('link')],
    }),
    returning: needed.map(({ activity, verdict, assets }) => ({
      key: keyOf(`activity:${activity.id}`),
      client: id,
      activity: activity.id,
      name: activity.name,
      rtoSeconds: activity.rtoSeconds,
      isDeclared: verdict === 'declared' || verdict === 'declared-late',
      restores: assets.map(keyOf),
    })),
    capacity: [
      [keyOf('technician'), technicians],
      [keyOf('link'), links],
      ...(pool ? [[`pool:${pool.id}`, pool.headCount] as [string, number]] : []),
    ],
    untimed: standing.length - timed.length,
  };
}

/** What of a client stands still when a site or a supplier of it is lost. */
const lossesIn = ({ facts, graph }: Survey, { kind, id }: NonNullable<Sharer['fails']>) =>
  lossesOf(
    facts,
    {
      effects: [
        { on: { kind: kind === 'site' ? 'site' : 'asset', id }, effect: 'lost', durationSeconds: null },
      ],
    },
    graph,
  );

interface Setting {
  keyOf(asset: string): string;
  isDown(asset: string): boolean;
  technicians: string[];
  links: string[];
}

/** Each after those it waits for. What still runs takes no time to come back. */
function restoresOf(
  needed: { activity: ActivityFacts; assets: string[] }[],
  { chains, timings }: Survey,
  { keyOf, isDown, technicians, links }: Setting,
): Restore[] {
  const wanted = new Set(needed.flatMap(({ assets }) => assets));
  const uses = { none: [], technician: technicians, link: links };
  const jobs = [...chains.keys()]
    .filter((asset) => wanted.has(asset))
    .map((asset) => {
      const { seconds, resource } = timings.get(asset)!;
      return {
        id: keyOf(asset),
        seconds: isDown(asset) ? seconds : 0,
        uses: uses[resource],
        after: chains.get(asset)!.chosen.map(keyOf),
      };
    });
  const due = dueTimes(
    jobs,
    needed.map(({ activity, assets }) => ({ at: bearable(activity), restores: assets.map(keyOf) })),
  );
  const tails = tailsOf(jobs);
  return jobs.map((job) => ({
    ...job,
    latestStart: due.get(job.id)! - job.seconds,
    tailSeconds: tails.get(job.id)!,
  }));
}

/** When each has to be done: for the activities that need it, and for what waits for it. */
function dueTimes(
  jobs: readonly SharedJob[],
  needed: { at: number; restores: string[] }[],
): Map<string, number> {
  const due = new Map(jobs.map(({ id }) => [id, Number.POSITIVE_INFINITY]));
  const lower = (id: string, at: number) => due.set(id, Math.min(due.get(id)!, at));
  for (const { at, restores } of needed) for (const id of restores) lower(id, at);
  for (const { id, seconds, after } of jobs.toReversed())
    for (const before of after) lower(before, due.get(id)! - seconds);
  return due;
}

/** When each activity is back while these clients fail together. */
function timesOf(loads: readonly Load[]): Map<string, number> {
  const done = listSchedule(
    loads.flatMap(({ restores }) => restores),
    new Map(loads.flatMap(({ capacity }) => capacity)),
    byWhatCanBeBorne,
  );
  return new Map(
    loads.flatMap(({ returning }) =>
      returning.map(({ key, restores }) => [
        key,
        restores.reduce((latest, id) => Math.max(latest, done.get(id)!.endsAt), 0),
      ]),
    ),
  );
}

/** How long an activity may stand still: its MTPD, or while nobody set one what is aimed for. */
const bearable = ({ mtpdSeconds, rtoSeconds }: ActivityFacts): number =>
  mtpdSeconds ?? rtoSeconds ?? Number.POSITIVE_INFINITY;

const compareLoads = (left: Load, right: Load): number =>
  left.bearableSeconds === right.bearableSeconds
    ? compareNamed(left, right)
    : left.bearableSeconds < right.bearableSeconds
      ? -1
      : 1;

const lateOf = (
  { client, activity, name, rtoSeconds, isDeclared }: Returning,
  aloneSeconds: number,
): LateActivity => ({ client, activity, name, rtoSeconds: rtoSeconds!, aloneSeconds, isDeclared });
