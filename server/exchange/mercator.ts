/** An export of Mercator, the mapping of information systems: its lists by the names of its API, such as `/api/applications`. */
import type { Cell, Table } from '#/plans/exchange/cell.ts';
import type { Note } from '#/plans/exchange/uploads.ts';
import {
  idsIn,
  type Lists,
  notTaken,
  plainIn,
  type TakenRow,
  type Thing,
  tableOf,
  textIn,
} from './export-tables.ts';

const SOURCE = 'Mercator';
const SIGNS = [
  'applications',
  'logical_servers',
  'physical_servers',
  'macro_processuses',
  'databases',
  'networks',
];

export const isMercator = (lists: Lists): boolean => SIGNS.some((name) => lists.has(name));

/** Which list becomes which kind of asset. */
const KINDS: Record<string, (thing: Thing) => string | null> = {
  applications: () => 'application',
  databases: () => 'data-set',
  logical_servers: (server) => (idsIn(server, 'physical_servers').length > 0 ? 'virtual-machine' : 'server'),
  physical_servers: () => 'server',
  networks: () => 'network',
  entities: ({ is_external }) => (is_external ? 'supplier' : null),
  actors: (actor) => (/person|individu/i.test(textIn(actor, 'nature') ?? '') ? 'person' : 'team'),
};

/** What of a list needs what of another. Of a relation that both sides tell, one is enough. */
const NEEDS: { of: string; by: string; to: string; kind: string; turned?: true }[] = [
  { of: 'activities', by: 'applications', to: 'applications', kind: 'hard' },
  { of: 'applications', by: 'activities', to: 'activities', kind: 'hard', turned: true },
  { of: 'applications', by: 'databases', to: 'databases', kind: 'data' },
  { of: 'applications', by: 'logical_servers', to: 'logical_servers', kind: 'hard' },
  { of: 'logical_servers', by: 'applications', to: 'applications', kind: 'hard', turned: true },
  { of: 'databases', by: 'logical_servers', to: 'logical_servers', kind: 'hard' },
  { of: 'logical_servers', by: 'databases', to: 'databases', kind: 'hard', turned: true },
  { of: 'logical_servers', by: 'physical_servers', to: 'physical_servers', kind: 'hard' },
];

export function fromMercator(lists: Lists): { tables: Table[]; notes: Note[] } {
  const of = (name: string) => (lists.get(name) ?? []).filter(({ deleted_at }) => !deleted_at);
  const siteNames = new Map(of('sites').map((site) => [site.id, textIn(site, 'name')]));
  const kindOf = (list: string, thing: Thing) => KINDS[list]?.(thing) ?? null;
  const suppliers = new Set(of('entities').flatMap((one) => (kindOf('entities', one) ? [one.id] : [])));
  const assets = Object.keys(KINDS).flatMap((list) =>
    of(list).flatMap((thing): TakenRow[] => {
      const kind = kindOf(list, thing);
      const supplier = idsIn(thing, 'entity_resp_id').find((id) => suppliers.has(id));
      return kind === null
        ? []
        : [
            {
              place: placeOf(list, thing),
              cells: {
                name: textIn(thing, 'name'),
                kind,
                owner: textIn(thing, 'responsible'),
                site: siteNames.get(idsIn(thing, 'site_id')[0] ?? '') ?? null,
                supplier: supplier === undefined ? null : `${SOURCE}:entities/${supplier}`,
                description: plainIn(thing, 'description'),
                externalSource: SOURCE,
                externalId: placeOf(list, thing),
              },
            },
          ];
    }),
  );
  return {
    tables: [
      ...tableOf('sites', of('sites').map(siteRow)),
      ...tableOf('assets', assets),
      ...tableOf('activities', of('activities').map(activityRow)),
      ...tableOf('dependencies', needsIn(of)),
    ],
    notes: [
      ...notTaken([
        ...[...lists.keys()]
          .filter((name) => !KINDS[name] && name !== 'sites' && name !== 'activities')
          .map((name): [string, number] => [name, of(name).length]),
        ['entities', of('entities').length - suppliers.size],
        ['applications.rto', of('applications').filter(({ rto }) => rto).length],
        ['applications.rpo', of('applications').filter(({ rpo }) => rpo).length],
      ]),
      ...(siteNames.size > 0 ? [{ key: 'exchange.sites-without-kind', params: {} }] : []),
    ],
  };
}

const placeOf = (list: string, { id }: Thing) => `${list}/${id}`;

/** Mercator does not say what a site is. */
const siteRow = (site: Thing): TakenRow => ({
  place: placeOf('sites', site),
  cells: { name: textIn(site, 'name'), kind: 'other' },
});

const activityRow = (activity: Thing): TakenRow => ({
  place: placeOf('activities', activity),
  cells: {
    name: textIn(activity, 'name'),
    owner: textIn(activity, 'responsible'),
    mtpdSeconds: minutes(activity.maximum_tolerable_downtime),
    rtoSeconds: minutes(activity.recovery_time_objective),
    rpoSeconds: minutes(activity.maximum_tolerable_data_loss),
    rpoTargetSeconds: minutes(activity.recovery_point_objective),
    description: plainIn(activity, 'description'),
  },
});

/** Mercator counts in minutes, and keeps 0 where nothing was said. */
const minutes = (value: unknown): Cell => (Number(value) > 0 ? `${Number(value)} min` : null);

function needsIn(of: (name: string) => Thing[]): TakenRow[] {
  const things = new Map(
    [...Object.keys(KINDS), 'activities'].flatMap((list) =>
      of(list).map((thing) => [placeOf(list, thing), thing] as const),
    ),
  );
  const nameOf = (list: string, id: string | number) =>
    list === 'activities' ? textIn(things.get(`${list}/${id}`) ?? { id }, 'name') : `${SOURCE}:${list}/${id}`;
  const rows = new Map<string, TakenRow>();
  for (const { of: list, by, to, kind, turned } of NEEDS)
    for (const thing of of(list))
      for (const id of idsIn(thing, by)) {
        if (!things.has(`${to}/${id}`)) continue;
        const ends = [
          [list, thing.id],
          [to, id],
        ] as const;
        const [from, needed] = turned ? [ends[1], ends[0]] : ends;
        const isActivity = from[0] === 'activities';
        const cells = {
          fromKind: isActivity ? 'activity' : 'asset',
          from: nameOf(...from),
          to: nameOf(...needed),
          kind,
        };
        const key = `${cells.fromKind} ${cells.from} ${cells.to}`;
        if (!rows.has(key)) rows.set(key, { place: `${placeOf(list, thing)}, ${to}/${id}`, cells });
      }
  return [...rows.values()];
}
