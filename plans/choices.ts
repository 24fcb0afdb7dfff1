/** What a form of a client can refer to, by name. */
import { may } from './access.ts';
import { listTestingAgents } from './agent-tests.ts';
import { findClient } from './clients.ts';
import { CATALOGUE } from './coverage/catalogue.ts';
import { listKeyHolders } from './key-holders.ts';
import { listSignIns } from './people.ts';
import { isThere } from './point-losses.ts';
import { listTechnicianPools } from './technician-pools.ts';
import { listTold } from './told-records.ts';
import type { Work } from './work.ts';

export interface Choice {
  id: string;
  name: string;
  /** Known by its name where it was chosen once, and offered no more. */
  isPast?: boolean;
  /** Its page, where that is not the one that things of its list have. */
  href?: string;
}

const LISTS = {
  /** Of the catalogue, in the client's language. */
  frameworks: async (work: Work, client: string) => {
    const { locale } = await findClient(work, client);
    return [...CATALOGUE.values()].map(({ framework, name }) => ({ id: framework, name: name[locale] }));
  },
  activities: ({ db }: Work, client: string) => activities(db, client).execute(),
  assets: async ({ db }: Work, client: string) => {
    const rows = await everyAsset(db, client).select('retired_at').execute();
    return rows.map(({ id, name, retired_at }) => ({ id, name, isPast: retired_at !== null }));
  },
  /** Whatever may need an asset, by `kind:id`. */
  needing: async ({ db }: Work, client: string) => {
    const done = await activities(db, client).execute();
    const had = await assets(db, client).execute();
    return [
      ...done.map(({ id, name }) => ({ id: `activity:${id}`, name })),
      ...had.map(({ id, name }) => ({ id: `asset:${id}`, name })),
    ];
  },
  stores: ({ db }: Work, client: string) =>
    db
      .selectFrom('stores')
      .select(['id', 'name'])
      .where('client_id', '=', client)
      .orderBy('name')
      .limit(1000)
      .execute(),
  backupPolicies: async ({ db }: Work, client: string) => {
    const rows = await db
      .selectFrom('backup_policies as policy')
      .innerJoin('assets as asset', (join) =>
        join.onRef('asset.id', '=', 'policy.asset_id').onRef('asset.client_id', '=', 'policy.client_id'),
      )
      .innerJoin('stores as store', (join) =>
        join.onRef('store.id', '=', 'policy.store_id').onRef('store.client_id', '=', 'policy.client_id'),
      )
      .select(['policy.id', 'asset.name', 'store.name as store_name', 'policy.is_enabled'])
      .where('policy.client_id', '=', client)
      .orderBy('asset.name')
      .orderBy('store.name')
      .limit(5000)
      .execute();
    return rows.map(({ id, name, store_name, is_enabled }) => ({
      id,
      name: `${name} · ${store_name}`,
      isPast: !is_enabled,
    }));
  },
  /** Of other backup tools. */
  repositories: ({ db }: Work, client: string) =>
    db
      .selectFrom('repositories')
      .select(['id', 'name'])
      .where('client_id', '=', client)
      .orderBy('name')
      .limit(1000)
      .execute(),
  suppliers: ({ db }: Work, client: string) => assets(db, client).where('kind', '=', 'supplier').execute(),
  sites: ({ db }: Work, client: string) =>
    db
      .selectFrom('sites')
      .select(['id', 'name'])
      .where('client_id', '=', client)
      .orderBy('name')
      .limit(5000)
      .execute(),
  contacts: ({ db }: Work, client: string) => contacts(db, client).execute(),
  /** People who can sign in here and see the client. */
  signIns: listSignIns,
  /** Whom a report can be sent to, by `person:…` or `contact:…`. */
  readers: async (work: Work, client: string) => {
    const people = await listSignIns(work, client);
    const known = await contacts(work.db, client).execute();
    return [
      ...people.map(({ id, name }) => ({ id: `person:${id}`, name })),
      ...known.map(({ id, name }) => ({ id: `contact:${id}`, name })),
    ];
  },
  /** Of the provider, whichever client asks. */
  technicianPools: (work: Work) => (may(work, 'pool.read') ? listTechnicianPools(work) : []),
  /** Agents whose own machine lets them test recovery points. */
  testingAgents: listTestingAgents,
  scenarios: ({ db }: Work, client: string) =>
    db
      .selectFrom('risk_scenarios')
      .select(['id', 'name'])
      .where('client_id', '=', client)
      .orderBy('name')
      .limit(5000)
      .execute(),
  categories: ({ db }: Work, client: string) =>
    db
      .selectFrom('impact_categories')
      .select(['id', 'name'])
      .where('client_id', '=', client)
      .orderBy('position')
      .limit(100)
      .execute(),
  crisisRoles: ({ db }: Work, client: string) =>
    db
      .selectFrom('crisis_roles')
      .select(['id', 'name'])
      .where('client_id', '=', client)
      .orderBy('name')
      .limit(5000)
      .execute(),
  plans: ({ db }: Work, client: string) =>
    db
      .selectFrom('plans')
      .select(['id', 'title as name'])
      .where('client_id', '=', client)
      .orderBy('title')
      .limit(1000)
      .execute(),
  contactPoints: async ({ db }: Work, client: string) => {
    const rows = await db
      .selectFrom('contact_points as point')
      .innerJoin('contacts as contact', (join) =>
        join.onRef('contact.client_id', '=', 'point.client_id').onRef('contact.id', '=', 'point.contact_id'),
      )
      .select(['point.id', 'point.value', 'contact.name'])
      .where('point.client_id', '=', client)
      .orderBy('contact.name')
      .orderBy('point.rank')
      .limit(20_000)
      .execute();
    return rows.map(({ id, value, name }) => ({ id, name: `${name} · ${value}` }));
  },
  /** By fingerprint. A retired one still opens the points of its time, so it has holders too. */
  recoveryKeys: async ({ db }: Work, client: string) => {
    const rows = await db
      .selectFrom('client_keys')
      .select(['id', 'fingerprint'])
      .where('client_id', '=', client)
      .where('purpose', '=', 'recovery')
      .orderBy('created_at', 'desc')
      .limit(200)
      .execute();
    return rows.map(({ id, fingerprint }) => ({ id, name: fingerprint }));
  },
  keyHolders: async (work: Work, client: string) => {
    const holders = await listKeyHolders(work, client);
    return holders.map(({ id, name, fingerprint, endedAt }) => ({
      id,
      name: `${name} · ${fingerprint}`,
      isPast: endedAt !== null,
    }));
  },
  /** The newest of each asset come first. */
  recoveryPoints: async ({ db }: Work, client: string) => {
    const rows = await db
      .selectFrom('recovery_points as point')
      .innerJoin('assets as asset', (join) =>
        join.onRef('asset.client_id', '=', 'point.client_id').onRef('asset.id', '=', 'point.asset_id'),
      )
      .select(['point.id', 'point.data_time', 'asset.name'])
      .where('point.client_id', '=', client)
      .where(isThere('point'))
      .orderBy('point.data_time', 'desc')
      .limit(200)
      .execute();
    return rows.map(({ id, name, data_time }) => ({
      id,
      name: `${name} · ${data_time.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    }));
  },
  incidents: ({ db }: Work, client: string) =>
    db
      .selectFrom('incidents')
      .select(['id', 'title as name'])
      .where('client_id', '=', client)
      .orderBy('detected_at', 'desc')
      .limit(1000)
      .execute(),
  /** One that is closed takes no more lessons. */
  reviews: async ({ db }: Work, client: string) => {
    const rows = await db
      .selectFrom('reviews as review')
      .leftJoin('incidents as incident', (join) =>
        join
          .onRef('incident.client_id', '=', 'review.client_id')
          .onRef('incident.id', '=', 'review.incident_id'),
      )
      .leftJoin('exercises as exercise', (join) =>
        join
          .onRef('exercise.client_id', '=', 'review.client_id')
          .onRef('exercise.id', '=', 'review.exercise_id'),
      )
      .select(['review.id', 'review.closed_at', 'incident.title as incident', 'exercise.title as exercise'])
      .where('review.client_id', '=', client)
      .orderBy('review.due_on')
      .limit(1000)
      .execute();
    return rows.map(({ id, incident, exercise, closed_at }) => ({
      id,
      name: incident ?? exercise ?? '',
      isPast: closed_at !== null,
    }));
  },
  lessons: ({ db }: Work, client: string) =>
    db
      .selectFrom('lessons')
      .select(['id', 'text as name'])
      .where('client_id', '=', client)
      .orderBy('created_at', 'desc')
      .limit(1000)
      .execute(),
  /** Lessons that the file of the client told. */
  toldLessons: async (work: Work, client: string) => {
    const told = await listTold(work, client);
    return told
      .filter(({ noun }) => noun === 'lesson')
      .map(({ id, title }) => ({ id, name: title, href: `/told/${id}` }));
  },
  exercises: ({ db }: Work, client: string) =>
    db
      .selectFrom('exercises')
      .select(['id', 'title as name'])
      .where('client_id', '=', client)
      .orderBy('planned_on', 'desc')
      .limit(1000)
      .execute(),
  /** Only one that is in force is put to use; what was superseded since keeps its name. */
  planVersions: async ({ db }: Work, client: string) => {
    const rows = await db
      .selectFrom('plan_versions as version')
      .innerJoin('plans as plan', (join) =>
        join.onRef('plan.client_id', '=', 'version.client_id').onRef('plan.id', '=', 'version.plan_id'),
      )
      .select(['version.id', 'version.number', 'version.state', 'plan.title'])
      .where('version.client_id', '=', client)
      .where('version.state', 'in', ['in-force', 'superseded', 'withdrawn'])
      .orderBy('plan.title')
      .orderBy('version.number', 'desc')
      .limit(5000)
      .execute();
    return rows.map(({ id, number, title, state }) => ({
      id,
      name: `${title} (${number})`,
      isPast: state !== 'in-force',
    }));
  },
} as const satisfies Record<string, (work: Work, client: string) => Choice[] | Promise<Choice[]>>;

export type ChoiceList = keyof typeof LISTS;
export type Choices = { [List in ChoiceList]?: Choice[] };

const activities = (db: Work['db'], client: string) =>
  db
    .selectFrom('activities')
    .select(['id', 'name'])
    .where('client_id', '=', client)
    .orderBy('name')
    .limit(5000);

const contacts = (db: Work['db'], client: string) =>
  db
    .selectFrom('contacts')
    .select(['id', 'name'])
    .where('client_id', '=', client)
    .orderBy('name')
    .limit(5000);

const assets = (db: Work['db'], client: string) => everyAsset(db, client).where('retired_at', 'is', null);

const everyAsset = (db: Work['db'], client: string) =>
  db
    .selectFrom('assets')
    .select(['id', 'name'])
    .where('client_id', '=', client)
    .orderBy('name')
    .limit(10_000);

/** The lists asked for. */
export async function listChoices(work: Work, client: string, lists: ChoiceList[]): Promise<Choices> {
  await findClient(work, client);
  const choices: Choices = {};
  for (const list of lists) choices[list] = await LISTS[list](work, client);
  return choices;
}
