/** What a client has, as rows of the sheets: the same for writing a workbook and for comparing one with it. */
import type { Activity } from '../activities.ts';
import type { Asset } from '../assets.ts';
import type { Dependency } from '../dependencies.ts';
import type { ImpactCategory } from '../impact-categories.ts';
import type { Site } from '../sites.ts';
import type { Value } from './read-cell.ts';
import { COLUMNS, type ReferenceTo, type SheetName } from './sheets.ts';

export interface Known {
  sites: Site[];
  assets: Asset[];
  activities: Activity[];
  dependencies: Dependency[];
  /** Only named by a workbook, and not changed by it. */
  contacts: { id: string; name: string }[];
  categories: Pick<ImpactCategory, 'id' | 'name'>[];
}

/** A record by the columns of its sheet; references are ids. */
export interface KnownRow {
  /** Null for impact points, which have none. */
  id: string | null;
  values: Record<string, Value>;
}

export function knownRows(sheet: SheetName, known: Known): KnownRow[] {
  switch (sheet) {
    case 'impacts':
      return known.activities.flatMap(({ id, impacts }) =>
        impacts.map((impact) => ({ id: null, values: { activity: id, ...impact } })),
      );
    case 'dependencies':
      return known.dependencies.map((one) => ({
        id: one.id,
        values: { ...columnsOf(sheet, one), fromKind: one.from.kind, from: one.from.id },
      }));
    default:
      return known[sheet].map((one) => ({ id: one.id, values: columnsOf(sheet, one) }));
  }
}

const columnsOf = (sheet: SheetName, record: object): KnownRow['values'] =>
  Object.fromEntries(
    COLUMNS[sheet]
      .filter(({ kind }) => kind !== 'id' && kind !== 'remove')
      .map(({ name }) => [name, (record as Record<string, Value>)[name] ?? null]),
  );

/** How what is referred to is called so that it can be found again: by its name, where only it bears it. */
export function namesIn(known: Known): (to: ReferenceTo, id: string) => string {
  const bearers = Map.groupBy(known.assets, ({ name }) => name);
  const assets = new Map(
    known.assets.map(({ id, name, label }) => [id, bearers.get(name)!.length > 1 ? label : name]),
  );
  const plain = (list: { id: string; name: string }[]) => new Map(list.map(({ id, name }) => [id, name]));
  const activities = plain(known.activities);
  const names: Record<ReferenceTo, Map<string, string>> = {
    sites: plain(known.sites),
    assets,
    activities,
    contacts: plain(known.contacts),
    categories: plain(known.categories),
    needing: new Map([...assets, ...activities]),
  };
  return (to, id) => names[to].get(id) ?? id;
}
