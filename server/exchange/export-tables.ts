/** Lists of another program, as our own tables: each row says where it stands in the export. */
import type { Cell, Table } from '#/plans/exchange/cell.ts';
import type { SheetName } from '#/plans/exchange/sheets.ts';
import type { Note } from '#/plans/exchange/uploads.ts';

export type Thing = Record<string, unknown> & { id: string | number };
export type Lists = Map<string, Thing[]>;

/** A row by the names of its columns, and how the export calls it. */
export interface TakenRow {
  place: string;
  cells: Record<string, Cell>;
}

/** Every column that any row has; what a row lacks stays empty. */
export function tableOf(sheet: SheetName, rows: TakenRow[]): Table[] {
  if (rows.length === 0) return [];
  const columns = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))];
  return [
    {
      name: sheet,
      merged: [],
      rows: [
        { number: 1, cells: columns },
        ...rows.map(({ place, cells }, index) => ({
          number: index + 2,
          place,
          cells: columns.map((column) => cells[column] ?? null),
        })),
      ],
    },
  ];
}

export const textIn = (thing: Thing, name: string): string | null => {
  const value = thing[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
};

/** Text of a field that the other program keeps as HTML. */
export const plainIn = (thing: Thing, name: string): string | null =>
  textIn(thing, name)
    ?.replace(/<(br|\/p|\/li|\/div)\b[^>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#0?39;/g, "'")
    .replace(/&amp;/g, '&')
    .trim() || null;

/** Ids of related things: as they are, or in objects. */
export const idsIn = (thing: Thing, name: string): (string | number)[] => {
  const value = thing[name];
  return (Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]).flatMap(
    (one) => {
      const id = typeof one === 'object' && one !== null ? (one as Partial<Thing>).id : one;
      return typeof id === 'string' || typeof id === 'number' ? [id] : [];
    },
  );
};

/** What an export holds that is not taken over: each list with how many it has. */
export const notTaken = (lists: Iterable<[name: string, count: number]>): Note[] => {
  const left = [...lists].filter(([, count]) => count > 0);
  return left.length === 0
    ? []
    : [
        {
          key: 'exchange.not-taken',
          params: { what: left.map(([name, count]) => `${name} (${count})`).join(', ') },
        },
      ];
};
