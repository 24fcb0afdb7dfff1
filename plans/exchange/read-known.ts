import { listActivities } from '../activities.ts';
import { listAssets } from '../assets.ts';
import { listContacts } from '../contacts.ts';
import { listDependencies } from '../dependencies.ts';
import { listImpactCategories } from '../impact-categories.ts';
import { listSites } from '../sites.ts';
import type { Work } from '../work.ts';
import type { Known } from './known.ts';

/** What a client has of all that a workbook tells. */
export const readKnown = async (work: Work, client: string): Promise<Known> => ({
  sites: await listSites(work, client),
  assets: await listAssets(work, client),
  activities: await listActivities(work, client),
  dependencies: await listDependencies(work, client),
  contacts: await listContacts(work, client),
  categories: await listImpactCategories(work, client),
});
