/** What is out of date in hands of people, and who leads without a copy. */
import { z } from 'zod';
import { findClient } from './clients.ts';
import { holdersOn, listCrisisRoles } from './crisis-roles.ts';
import { todayIn } from './days.ts';
import { CHANNELS, listDistributions } from './distributions.ts';
import { findVersion } from './plan-versions.ts';
import type { Work } from './work.ts';

export const OutdatedCopy = z
  .object({
    name: z.string(),
    channel: z.enum(CHANNELS),
    number: z.int().describe('Of the version they hold'),
  })
  .meta({ id: 'OutdatedPlanCopy' });
export type OutdatedCopy = z.infer<typeof OutdatedCopy>;

/**
 * Copies of earlier versions that nothing took the place of. On paper or in a pack the old one lies there until the new one comes
 * by the same way; whoever reads here or in their mail has read the new one once they got it at all.
 */
export async function listOutdatedCopies(work: Work, version: string): Promise<OutdatedCopy[]> {
  const { plan, number } = await findVersion(work, version);
  const earlier = await work.db
    .selectFrom('distributions as copy')
    .innerJoin('plan_versions as version', (join) =>
      join.onRef('version.client_id', '=', 'copy.client_id').onRef('version.id', '=', 'copy.plan_version_id'),
    )
    .select(['copy.contact_id as contact', 'copy.name', 'copy.channel', 'version.number'])
    .where('version.plan_id', '=', plan)
    .where('version.number', '<', number)
    .orderBy('copy.name')
    .orderBy('version.number', 'desc')
    .limit(5000)
    .execute();
  const current = await listDistributions(work, version);
  const latest = new Map<string, (typeof earlier)[number]>();
  for (const copy of earlier) {
    const key = JSON.stringify([holderOf(copy), copy.channel]);
    if (!latest.has(key)) latest.set(key, copy);
  }
  return [...latest.values()]
    .filter((old) => !current.some((copy) => isHolderOf(copy, old) && replaces(copy.channel, old.channel)))
    .map(({ name, channel, number: held }) => ({
      name,
      channel: channel as OutdatedCopy['channel'],
      number: held,
    }));
}

/** Names of those who hold a crisis role today, or stand in, and were not handed this version. */
export async function listWithoutCopy(work: Work, version: string): Promise<{ id: string; name: string }[]> {
  const { client } = await findVersion(work, version);
  const today = todayIn((await findClient(work, client)).timeZone, work.now);
  const copies = await listDistributions(work, version);
  const holders = (await listCrisisRoles(work, client))
    .flatMap((role) => holdersOn(role, today))
    .filter(({ hasLeft }) => !hasLeft)
    .filter(({ contact }) => !copies.some((copy) => copy.contact === contact));
  return [...new Map(holders.map(({ contact, name }) => [contact, { id: contact, name }])).values()].toSorted(
    (left, right) => left.name.localeCompare(right.name, 'fr'),
  );
}

interface Copy {
  contact: string | null;
  name: string;
}

/** Who is out of the directory is known by their name. */
const holderOf = ({ contact, name }: Copy): string => contact ?? name;

const isHolderOf = (copy: Copy, old: Copy): boolean =>
  copy.contact !== null && old.contact !== null ? copy.contact === old.contact : copy.name === old.name;

const replaces = (channel: string, old: string): boolean =>
  old === 'paper' || old === 'offline-pack' ? channel === old : true;
