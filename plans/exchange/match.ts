/** Which record a row is about: by identifier, else by label, by its name in another program, or by name. */
import type { Problem } from './cell.ts';
import type { KnownRow } from './known.ts';
import { originOf, plainName } from './names.ts';
import type { ReadRow } from './read-table.ts';
import type { SheetName } from './sheets.ts';

export interface Matched {
  row: ReadRow;
  /** Its place in the sheet, which names what it adds. */
  place: number;
  /** Null: it is new. */
  record: KnownRow | null;
}

type Values = Record<string, unknown>;

/** Rows without an identifier that are about the same thing, or name it twice, are refused: which one counts? */
export function matchRows(
  sheet: SheetName,
  rows: ReadRow[],
  records: KnownRow[],
  problems: Problem[],
): Matched[] {
  const find = finder(sheet, records);
  const taken = new Map<string, ReadRow>();
  return rows.flatMap((row, place) => {
    if (!row.isSound) return [];
    const found = find(row);
    if ('key' in found) {
      problems.push(found);
      return [];
    }
    const { record } = found;
    const identity = record ? `record ${record.id}` : wantedKeys(sheet, row.values)[0]!;
    const earlier = taken.get(identity);
    if (earlier) {
      problems.push({ where: row.where, key: 'exchange.row-twice', params: { row: earlier.where } });
      return [];
    }
    taken.set(identity, row);
    return [{ row, place, record }];
  });
}

function finder(sheet: SheetName, records: KnownRow[]) {
  const byId = new Map(records.map((record) => [record.id, record]));
  const byKey = new Map<string, KnownRow[]>();
  for (const record of records)
    for (const key of bornKeys(sheet, record.values)) byKey.set(key, [...(byKey.get(key) ?? []), record]);

  return ({ values, where, places }: ReadRow): { record: KnownRow | null } | Problem => {
    if (typeof values.id === 'string') {
      const record = byId.get(values.id);
      return record
        ? { record }
        : { where: places.id ?? where, key: 'exchange.unknown-id', params: { id: values.id } };
    }
    for (const key of wantedKeys(sheet, values)) {
      const candidates = byKey.get(key) ?? [];
      if (candidates.length > 1)
        return {
          where: places.name ?? where,
          key: 'exchange.several-of-name',
          params: { name: String(values.name ?? ''), count: candidates.length },
        };
      if (candidates[0]) return { record: candidates[0] };
    }
    return { record: null };
  };
}

/** What a row is looked up by, the surest first. What another program calls by the same name must be of the same kind. */
function wantedKeys(sheet: SheetName, values: Values): string[] {
  if (sheet === 'dependencies') return [endsKey(values)];
  const origin = originOf(values.externalSource, values.externalId);
  if (values.label && !origin) return [`label ${values.label}`];
  return origin ? [`origin ${origin}`, `${nameKey(values)} ${values.kind}`] : [nameKey(values)];
}

/** All that a record may be looked up by. */
function bornKeys(sheet: SheetName, values: Values): string[] {
  if (sheet === 'dependencies') return [endsKey(values)];
  const origin = originOf(values.externalSource, values.externalId);
  return [
    nameKey(values),
    `${nameKey(values)} ${values.kind}`,
    `label ${values.label}`,
    ...(origin ? [`origin ${origin}`] : []),
  ];
}

const nameKey = ({ name }: Values) => `name ${plainName(String(name ?? ''))}`;
const endsKey = ({ from, to, kind }: Values) => `ends ${from} ${to} ${kind}`;
