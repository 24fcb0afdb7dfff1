/** Gathers what the provider's report says, from standings that are kept: a few queries, however many clients there are. */

import { findMostShared } from '../../contention.ts';
import { CATALOGUE, CATALOGUE_VERSION } from '../../coverage/catalogue.ts';
import { type KeptStanding, listStandings, refreshStandingsOf } from '../../standings.ts';
import type { Work } from '../../work.ts';
import type { Locale } from '../head.ts';
import type { Built } from '../order.ts';
import { firstThings, recurringFindings } from './findings.ts';
import type { PortfolioFramework, PortfolioLine, SharedLoss } from './snapshot.ts';
import { trendSince } from './trend.ts';

const EVERY = { search: null, level: null, offset: 0, limit: 100_000 };
/** So many that are not up to date are computed before they are told; of the others their line says so. */
const MOST_REFRESHED = 50;
/** Reckoning what fails together takes the facts of up to a hundred clients each. */
const MOST_SHARED = 3;
const MOST_LOSSES = 10;

export async function buildPortfolio(work: Work, locale: Locale): Promise<Built<'portfolio'>> {
  const standings = await standingsNow(work);
  const lines = standings.flatMap(lineOf);
  const { contentions, total } = await findMostShared(work, MOST_SHARED);
  return {
    kind: 'portfolio',
    versions: { catalogue: CATALOGUE_VERSION },
    timeZone: mostCommon(standings.map(({ client }) => client.timeZone)) ?? 'UTC',
    lines,
    unknown: standings.filter(({ standing }) => standing === null).map(({ client }) => client.name),
    first: await firstThings(work),
    recurring: await recurringFindings(work),
    shared: contentions.map(sharedLoss),
    sharedTotal: total,
    frameworks: frameworksIn(standings, locale),
    trend: await trendSince(work, lines),
  };
}

async function standingsNow(work: Work): Promise<KeptStanding[]> {
  const { standings } = await listStandings(work, EVERY);
  const stale = standings.filter(({ isStale }) => isStale).slice(0, MOST_REFRESHED);
  if (stale.length === 0) return standings;
  await refreshStandingsOf(
    work,
    stale.map(({ client }) => client),
  );
  return (await listStandings(work, EVERY)).standings;
}

function lineOf({ client, standing, computedAt, isStale }: KeptStanding): PortfolioLine[] {
  if (!standing || !computedAt) return [];
  const { frameworks: _, ...figures } = standing;
  return [{ id: client.id, name: client.name, computedAt, isStale, ...figures }];
}

type Contentions = Awaited<ReturnType<typeof findMostShared>>['contentions'];

const sharedLoss = ({
  shared: { kind, name, isByName, clients },
  considered,
  lostFrom,
  losses,
  lateAlone,
  order,
}: Contentions[number]): SharedLoss => ({
  shared: { kind, name, isByName, clients },
  considered,
  lostFrom,
  lossCount: losses.length,
  lateAloneCount: lateAlone.length,
  untimedActivities: order.reduce((sum, { untimedActivities }) => sum + untimedActivities, 0),
  losses: losses
    .slice(0, MOST_LOSSES)
    .map(({ client, activity, rtoSeconds, aloneSeconds, lostFrom: from, togetherSeconds, isDeclared }) => ({
      ...{ client, activity, rtoSeconds, aloneSeconds, lostFrom: from, togetherSeconds, isDeclared },
    })),
});

function frameworksIn(standings: KeptStanding[], locale: Locale): PortfolioFramework[] {
  const all = standings.flatMap(({ standing }) => standing?.frameworks ?? []);
  return [...Map.groupBy(all, ({ framework }) => framework)]
    .map(([framework, own]) => ({
      framework,
      name: CATALOGUE.get(framework)?.name[locale] ?? framework,
      clients: own.length,
      contradictedClients: own.filter(({ contradicted }) => contradicted > 0).length,
      contradictions: own.reduce((sum, { contradicted }) => sum + contradicted, 0),
      leastProven: Math.min(...own.map(({ provenShare }) => provenShare)),
      mostProven: Math.max(...own.map(({ provenShare }) => provenShare)),
    }))
    .sort((left, right) => right.clients - left.clients || (left.framework < right.framework ? -1 : 1));
}

function mostCommon(zones: string[]): string | null {
  const counted = [...Map.groupBy(zones, (zone) => zone)].sort(
    ([left, of], [right, others]) => others.length - of.length || (left < right ? -1 : 1),
  );
  return counted[0]?.[0] ?? null;
}
