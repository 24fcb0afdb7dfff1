/** Sets what a file says against what a client has: each row added, changed, removed or as it is. */
import { canonical } from '../canonical.ts';
import type { Problem } from './cell.ts';
import { draftImpacts } from './draft-impacts.ts';
import type { Draft, DraftRow, Step } from './drafted.ts';
import { type Known, type KnownRow, knownRows } from './known.ts';
import { type Matched, matchRows } from './match.ts';
import type { Token } from './names.ts';
import type { Value } from './read-cell.ts';
import type { ReadRow, ReadTables } from './read-table.ts';
import { NAMED_SHEETS, nameAll, nameTokens, resolveRows, tokenOf } from './resolve.ts';
import { COLUMNS, type Column, type ReferenceTo, SHEETS, type SheetName } from './sheets.ts';

type OwnSheet = Step['of'];
type NameOf = (to: ReferenceTo, token: Token) => string;

export function draft({ sheets, problems: found }: ReadTables, known: Known): Draft {
  const problems = [...found];
  const rowsOf = (sheet: SheetName) => sheets.find((one) => one.sheet === sheet)?.rows ?? [];
  const matched = new Map<SheetName, Matched[]>(
    NAMED_SHEETS.map((sheet) => [sheet, matchRows(sheet, rowsOf(sheet), knownRows(sheet, known), problems)]),
  );
  const names = nameAll(known, rowsOf, matched);
  const nameOf = nameTokens(known, matched);
  const resolve = (sheet: SheetName, rows: ReadRow[]) => resolveRows(sheet, rows, names, problems);

  const drafts = NAMED_SHEETS.map((sheet) => {
    const own = matched.get(sheet)!;
    // Of rows that cannot be read in full, all that is wrong is told at once.
    resolve(
      sheet,
      rowsOf(sheet).filter(({ isSound }) => !isSound),
    );
    const rows = resolve(
      sheet,
      own.map(({ row }) => row),
    );
    return draftSheet(
      sheet,
      own.map((one, place) => ({ ...one, row: rows[place]! })),
      nameOf,
      problems,
    );
  });
  const needs = withKinds(resolve('dependencies', rowsOf('dependencies')), known);
  refuseTwoNumbers(needs, problems);
  const needsMatched = matchRows('dependencies', needs, knownRows('dependencies', known), problems);
  drafts.push(draftSheet('dependencies', needsMatched, nameOf, problems));
  const steps = drafts.flatMap((one) => one.steps);
  drafts.push(draftImpacts(resolve('impacts', rowsOf('impacts')), steps, { known, nameOf, problems }));

  return {
    rows: SHEETS.flatMap((sheet) => drafts.flatMap(({ rows }) => rows.filter((row) => row.sheet === sheet))),
    steps: drafts.flatMap((one) => one.steps),
    problems,
  };
}

function draftSheet(
  sheet: OwnSheet,
  matched: Matched[],
  nameOf: NameOf,
  problems: Problem[],
): { rows: DraftRow[]; steps: Step[] } {
  const rows: DraftRow[] = [];
  const steps: Step[] = [];
  for (const one of matched) {
    if (!one.row.isSound) continue;
    const drafted = draftRow(sheet, one, nameOf);
    if ('key' in drafted) problems.push(drafted);
    else {
      rows.push(drafted.row);
      if (drafted.step) steps.push(drafted.step);
    }
  }
  return { rows, steps };
}

function draftRow(
  sheet: OwnSheet,
  { row, place, record }: Matched,
  nameOf: NameOf,
): { row: DraftRow; step: Step | null } | Problem {
  const { where, places } = row;
  const told = { sheet, where, name: nameOfRow(sheet, { ...record?.values, ...row.values }, nameOf) };
  const base = { of: sheet, where, id: record?.id ?? null, places };
  if (row.isRemoved) {
    if (!record) return { where: places.remove ?? where, key: 'exchange.nothing-to-remove', params: {} };
    return {
      row: { ...told, what: 'remove', differences: [] },
      step: { ...base, what: 'remove', token: null, input: {} },
    };
  }
  const fixed =
    record && FIXED[sheet].find((name) => row.values[name] !== null && isChanged(name, row, record));
  if (fixed)
    return { where: places[fixed] ?? where, key: 'exchange.fixed', params: { columns: `${sheet}:${fixed}` } };

  const given = COLUMNS[sheet].filter((column) => isGiven(sheet, column, { row, record }));
  const differences = given
    .filter(({ name }) => !record || isChanged(name, row, record))
    .map((column) => ({ column: column.name, ...shown(column, row, record, nameOf) }))
    .filter(({ before, after }) => before !== null || after !== null);
  const what = !record ? 'add' : differences.length > 0 ? 'change' : 'none';
  return {
    row: { ...told, what, differences },
    step:
      what === 'none'
        ? null
        : {
            ...base,
            what,
            token: record ? null : tokenOf(sheet, place),
            input: Object.fromEntries(given.map(({ name }) => [name, row.values[name]])),
          },
  };
}

/** What stays as it is once a record is there. */
const FIXED: Record<OwnSheet, string[]> = {
  sites: [],
  assets: ['label'],
  activities: [],
  dependencies: ['fromKind', 'from', 'to'],
};

/** An empty cell clears what may be empty; what may not be stays as it is, or begins as it always does. */
function isGiven(
  sheet: OwnSheet,
  { name, kind }: Column,
  { row: { values }, record }: Pick<Matched, 'row' | 'record'>,
): boolean {
  if (kind === 'id' || kind === 'remove' || !(name in values)) return false;
  if (record && FIXED[sheet].includes(name)) return false;
  return values[name] !== null || (kind !== 'choice' && kind !== 'peaks' && name !== 'label');
}

const isChanged = (name: string, { values }: ReadRow, record: KnownRow): boolean =>
  name in values && canonical(plain(values[name])) !== canonical(plain(record.values[name]));

/** A cell keeps neither the white space around a text nor how its lines end. */
const plain = (value: Value | undefined) =>
  typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() || null : (value ?? null);

function shown(
  column: Column,
  { values }: ReadRow,
  record: KnownRow | null,
  nameOf: NameOf,
): { before: Value; after: Value } {
  const say = (value: Value): Value =>
    column.kind === 'reference' && typeof value === 'string' ? nameOf(column.to, value) : value;
  return { before: say(record?.values[column.name] ?? null), after: say(values[column.name] ?? null) };
}

const nameOfRow = (sheet: OwnSheet, values: Record<string, Value>, nameOf: NameOf): string =>
  sheet === 'dependencies'
    ? `${nameOf('needing', String(values.from ?? ''))} · ${nameOf('assets', String(values.to ?? ''))}`
    : String(values.name ?? '');

/** A row need not say whether an activity or an asset needs something, where the name alone tells. */
function withKinds(rows: ReadRow[], { activities }: Known): ReadRow[] {
  const ids = new Set(activities.map(({ id }) => id));
  const kindOf = (from: Value | undefined) =>
    String(from).startsWith(tokenOf('activities', 0).slice(0, -1)) || ids.has(String(from))
      ? 'activity'
      : 'asset';
  return rows.map((row) => ({ ...row, values: { ...row.values, fromKind: kindOf(row.values.from) } }));
}

/** All rows of a group say the same number, or leave it to the others. */
function refuseTwoNumbers(rows: ReadRow[], problems: Problem[]) {
  const numbers = new Map<string, Value>();
  for (const { values, places, where, isSound, isRemoved } of rows) {
    const { from, group, requiredK } = values;
    if (!isSound || isRemoved || !group || typeof requiredK !== 'number') continue;
    const key = `${from} ${group}`;
    const known = numbers.get(key) ?? requiredK;
    numbers.set(key, known);
    if (known !== requiredK)
      problems.push({
        where: places.requiredK ?? where,
        key: 'exchange.two-numbers',
        params: { group: String(group), number: Number(known), other: requiredK },
      });
  }
}
