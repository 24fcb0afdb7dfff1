/** Where the demo's clients stand once the main job is done, computed as the portfolio does. */
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { computeStanding } from '#/plans/standing.ts';
import type { Work } from '#/plans/work.ts';

export interface ClientStanding {
  id: string;
  name: string;
  /** Of its weakest priority activity: R0 to R7. */
  level: string;
  contradictions: number;
  overdue: { reviews: number; tests: number; actions: number };
  activities: { name: string; level: string }[];
}

export async function standingsOf(work: Work, clients: { id: string }[]): Promise<ClientStanding[]> {
  const known = [];
  for (const { id } of clients) known.push(await findClient(work, id));
  const facts = await loadFacts(work, known);
  return known.map(({ id, name }) => {
    const own = facts.get(id)!;
    const { level, contradictions, overdueReviews, overdueTests, overdueActions } = computeStanding(own);
    return {
      id,
      name,
      level: `R${level}`,
      contradictions,
      overdue: { reviews: overdueReviews, tests: overdueTests, actions: overdueActions },
      activities: computeReadiness(own).activities.map((one) => ({ name: one.name, level: `R${one.level}` })),
    };
  });
}
