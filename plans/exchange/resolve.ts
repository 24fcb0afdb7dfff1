/** References of rows, from the names that people write to ids, or to tokens of what the file itself adds. */
import type { Problem } from './cell.ts';
import { type Known, knownRows, namesIn } from './known.ts';
import type { Matched } from './match.ts';
import { type Names, openNames, originOf, type Token } from './names.ts';
import type { Value } from './read-cell.ts';
import type { ReadRow } from './read-table.ts';
import { COLUMNS, type ReferenceTo, type SheetName } from './sheets.ts';

/** Sheets whose rows have a name of their own. */
export const NAMED_SHEETS = ['sites', 'assets', 'activities'] as const;
type NamedSheet = (typeof NAMED_SHEETS)[number];

export const tokenOf = (sheet: SheetName, place: number): Token => `#${sheet}:${place}`;
export const isToken = (value: unknown): value is Token => typeof value === 'string' && value.startsWith('#');

/** Everything that may be referred to: what is there, by its names before and after, and what the file adds. */
export function nameAll(
  known: Known,
  rowsOf: (sheet: NamedSheet) => ReadRow[],
  matched: Map<SheetName, Matched[]>,
): Names {
  const names = openNames();
  for (const sheet of NAMED_SHEETS) {
    const lists: ReferenceTo[] = sheet === 'sites' ? [sheet] : [sheet, 'needing'];
    const name = (values: Record<string, unknown>, token: Token) => {
      for (const list of lists) {
        names.add(list, 'name', values.name, token);
        names.add(list, 'label', values.label, token);
        names.add(list, 'origin', originOf(values.externalSource, values.externalId), token);
      }
    };
    for (const { id, values } of knownRows(sheet, known)) {
      for (const list of lists) names.add(list, 'id', id, id!);
      name(values, id!);
    }
    const own = matched.get(sheet)!;
    for (const { row, place, record } of own) name(row.values, record?.id ?? tokenOf(sheet, place));
    const rest = new Set(rowsOf(sheet)).difference(new Set(own.map(({ row }) => row)));
    for (const row of rest) name(row.values, `!${row.where}`);
  }
  for (const { id, name } of known.contacts) names.add('contacts', 'name', name, id);
  for (const { id, name } of known.categories) names.add('categories', 'name', name, id);
  return names;
}

/** The other way round, for what is shown. */
export function nameTokens(
  known: Known,
  matched: Map<SheetName, Matched[]>,
): (to: ReferenceTo, token: Token) => string {
  const nameOf = namesIn(known);
  const added = new Map(
    [...matched].flatMap(([sheet, own]) =>
      own.map(({ place, row }) => [tokenOf(sheet, place), String(row.values.name ?? '')] as const),
    ),
  );
  return (to, token) => added.get(token) ?? nameOf(to, token);
}

/** Rows whose references are ids or tokens. One that refers to nothing known is told of, and is sound no more. */
export function resolveRows(sheet: SheetName, rows: ReadRow[], names: Names, problems: Problem[]): ReadRow[] {
  return rows.map((row) => {
    const values = { ...row.values };
    let { isSound } = row;
    for (const column of COLUMNS[sheet]) {
      const text = values[column.name];
      if (column.kind !== 'reference' || typeof text !== 'string') continue;
      const to = column.to === 'needing' ? needingOf(values.fromKind) : column.to;
      const found = find(to, text, names);
      if (typeof found === 'string') values[column.name] = found;
      else {
        isSound = false;
        problems.push({ where: row.places[column.name] ?? row.where, ...found });
      }
    }
    return { ...row, values, isSound };
  });
}

const needingOf = (kind: Value | undefined): ReferenceTo =>
  kind === 'activity' ? 'activities' : kind === 'asset' ? 'assets' : 'needing';

function find(to: ReferenceTo, name: string, names: Names): Token | Omit<Problem, 'where'> {
  const found = names.find(to, name);
  if ('count' in found) {
    const { count } = found;
    if (count === 0) return { key: `exchange.unknown-${to}`, params: { name } };
    return {
      key: to === 'needing' ? 'exchange.activity-or-asset' : 'exchange.several-of-name',
      params: { name, count },
    };
  }
  if (!found.token.startsWith('!')) return found.token;
  return { key: 'exchange.waits-for-row', params: { name, row: found.token.slice(1) } };
}
