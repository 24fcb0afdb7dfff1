/** Writes the demo's provider, people, clients and their pasts: all of it in one transaction, or nothing. */
import type { Work } from '#/plans/work.ts';
import { clockAt } from './clock.ts';
import type { DemoClient } from './content/demo-client.ts';
import { CLIENTS } from './content/index.ts';
import { foundAlerts } from './found/alerts.ts';
import { analysisChapters } from './found/analysis.ts';
import { changeChapters } from './found/changes.ts';
import { exerciseChapters } from './found/exercises.ts';
import { incidentChapters } from './found/incidents.ts';
import { inventoryChapters } from './found/inventory.ts';
import { judgingChapters } from './found/judging.ts';
import { keyChapters } from './found/keys.ts';
import { planChapters } from './found/plans.ts';
import { type FoundedPolicy, foundProtection, type Sources } from './found/protection.ts';
import { foundAmarante, takeOn } from './found/provider.ts';
import { scenarioChapters } from './found/scenarios.ts';
import { type Chapter, newStory } from './found/story.ts';
import type { DemoSecrets } from './people.ts';

export interface FoundedClient {
  id: string;
  name: string;
  policies: FoundedPolicy[];
  recoveryIdentity: string;
}

/** The first is the one that is told in full. */
export interface Founded {
  clients: [FoundedClient, ...FoundedClient[]];
}

export async function foundDemo(
  work: Work,
  secrets: DemoSecrets,
  places: { sources: Sources; storesFolder: string },
): Promise<Founded> {
  const clock = clockAt(work.now);
  const { people, pool } = await foundAmarante(work, secrets, clock);
  const stories = CLIENTS.map((content) => newStory({ work, clock, people, content }));
  const chapters = stories.flatMap((story) => [
    {
      on: story.content.since,
      tell: () => takeOn(story, secrets, pool),
    },
    ...chaptersOf(story.content).map(({ on, tell }) => ({ on, tell: () => tell(story) })),
  ]);
  for (const { tell } of chapters.toSorted((left, right) => right.on - left.on)) await tell();

  const clients: FoundedClient[] = [];
  for (const story of stories)
    clients.push({
      id: story.client,
      name: story.content.client.name,
      policies: await foundProtection(story, places),
      recoveryIdentity: story.recoveryIdentity,
    });
  await foundAlerts(stories);
  return { clients: clients as Founded['clients'] };
}

/** Those of one day happen in this order. */
const chaptersOf = (content: DemoClient): Chapter[] => [
  ...inventoryChapters(content),
  ...analysisChapters(content),
  ...scenarioChapters(content),
  ...keyChapters(content),
  ...planChapters(content),
  ...judgingChapters(content),
  ...exerciseChapters(content),
  ...incidentChapters(content),
  ...changeChapters(content),
];
