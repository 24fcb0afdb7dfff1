/** In which order things are brought back for some activities, each after what it waits for, with what is known of its time. */
import type { ActivityFacts, AssetFacts } from '../facts.ts';
import { neededFor } from './needed.ts';
import type { Survey } from './survey.ts';
import type { Standing, Timing } from './timings.ts';

export interface RestartStep {
  asset: string;
  name: string;
  kind: AssetFacts['kind'];
  /** What is in one wave waits for nothing of it: all of it can begin at once. Null: it waits for itself, in a circle. */
  wave: number | null;
  /** Ids of what it waits for, of stand-ins those that are taken. */
  after: string[];
  standing: Standing;
  /** The median of what was measured, or what is said; null where nothing is known. */
  seconds: number | null;
  source: Timing['source'];
  /** When it can begin, with as many hands as anybody could want; null where something before it has no time. */
  beginsAfterSeconds: number | null;
  /** Ids of the activities that need it. */
  activities: string[];
}

/** By wave, then by name; what waits in or for a circle comes last. */
export function restartOrder(activities: readonly ActivityFacts[], survey: Survey): RestartStep[] {
  const { graph, chains, timings } = survey;
  const users = new Map<string, string[]>();
  for (const activity of activities)
    for (const asset of neededFor(activity, graph, chains).assets)
      users.set(asset, [...(users.get(asset) ?? []), activity.id]);

  const waves = new Map<string, number>();
  // Settled in an order in which whatever is waited for comes first.
  for (const [asset, { chosen }] of chains)
    waves.set(asset, 1 + Math.max(0, ...chosen.map((one) => waves.get(one) ?? 0)));

  const steps = [...graph.assets.values()].flatMap(({ id, name, kind }): RestartStep[] => {
    const needing = users.get(id);
    if (!needing) return [];
    const { standing, seconds, source } = timings.get(id)!;
    const after = chains.get(id)?.chosen ?? [];
    return [
      {
        ...{ asset: id, name, kind, after, standing, source, activities: needing },
        wave: waves.get(id) ?? null,
        seconds: source === null ? null : seconds,
        beginsAfterSeconds: beginsAfter(id, after, survey),
      },
    ];
  });
  return steps.toSorted((left, right) => (left.wave ?? Infinity) - (right.wave ?? Infinity) || 0);
}

function beginsAfter(asset: string, after: readonly string[], { chains }: Survey): number | null {
  if (!chains.has(asset)) return null;
  const before = after.map((one) => chains.get(one)!.worth);
  if (before.some(({ standing }) => standing === 'unmeasured')) return null;
  return Math.max(0, ...before.map(({ seconds }) => seconds));
}
