/** Values of a record, ready to be said on a page. */
import type { ChoiceList, Choices } from '#/plans/choices.ts';
import type { Hours } from '#/plans/hours.ts';
import { chosenBy, DAYS, type Field, type FieldKind, type Tone } from './field.ts';

export interface Cell {
  /** Key of its label. */
  label: string;
  kind: FieldKind;
  /** Page of what is referred to. */
  href: string | null;
  /** Nothing is recorded. */
  isEmpty: boolean;
  value: string | number | boolean | null;
  /** Of money, where the record has one of its own; else it is the client's. */
  currency: string | null;
  /** How it is told; null as plain text. */
  tone: Tone | null;
  /** Key of the word for a choice. */
  words: string | null;
  /** Several texts: lines, and references with their pages. */
  /** `words`: key that says the line. */
  lines: { text: string; href: string | null; words?: string }[];
  /** Hours by day. */
  days: { day: number; text: string }[];
  columns: string[];
  rows: Cell[][];
}

export const cellsOf = (
  fields: Field[],
  record: Record<string, unknown>,
  words: string,
  choices: Choices,
): Cell[] => fields.map((field) => cellOf(field, record, words, choices));

function cellOf(field: Field, record: Record<string, unknown>, words: string, choices: Choices): Cell {
  const value = record[field.name];
  const isEmpty =
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  const cell: Cell = {
    label: `${words}.field.${field.name}`,
    kind: field.kind,
    href: null,
    isEmpty: isEmpty && !(field.kind === 'tick' && value === undefined),
    value: null,
    currency: null,
    tone: null,
    words: null,
    lines: [],
    days: [],
    columns: [],
    rows: [],
  };
  if (cell.isEmpty) return cell;
  switch (field.kind) {
    case 'choice':
      return { ...cell, words: `${field.words}.${value}`, tone: field.tones?.[String(value)] ?? null };
    case 'tick':
      return { ...cell, value: value === true, tone: value === true ? (field.tone ?? null) : null };
    case 'reference':
      return { ...cell, value: nameOf(field.to, value, choices), href: pageOf(field.to, value, choices) };
    case 'references':
      return {
        ...cell,
        lines: (value as string[]).map((id) => ({
          text: nameOf(field.to, id, choices),
          href: pageOf(field.to, id, choices),
        })),
      };
    case 'choices':
      return {
        ...cell,
        lines: (value as unknown[]).map((one) => ({
          text: String(one),
          href: null,
          words: `${field.words}.${one}`,
        })),
      };
    case 'lines':
      return { ...cell, lines: (value as string[]).map((text) => ({ text, href: null })) };
    case 'money':
      return {
        ...cell,
        value: value as number,
        currency: typeof record.currency === 'string' ? record.currency : null,
      };
    case 'hours':
      return value === 'always' ? { ...cell, value: 'always' } : { ...cell, days: daysOf(value as Hours) };
    case 'rows':
      return {
        ...cell,
        columns: field.fields.map(({ name }) => `${words}.${field.name}.field.${name}`),
        rows: (value as Record<string, unknown>[]).map((row) =>
          cellsOf(field.fields, row, `${words}.${field.name}`, choices),
        ),
      };
    default:
      return { ...cell, value: value as string | number | boolean };
  }
}

/** Where a thing has a page of its own. */
const PAGES: { [List in ChoiceList]?: string } = {
  activities: 'activities',
  assets: 'assets',
  suppliers: 'suppliers',
  sites: 'sites',
  contacts: 'contacts',
  scenarios: 'scenarios',
  plans: 'plans',
  incidents: 'incidents',
  exercises: 'exercises',
  reviews: 'reviews',
  lessons: 'lessons',
  planVersions: 'plan-versions',
  keyHolders: 'key-holders',
  recoveryPoints: 'recovery-points',
  repositories: 'repositories',
};

function pageOf(list: ChoiceList, value: unknown, choices: Choices): string | null {
  const chosen = chosenBy(value);
  const found = choices[list]?.find(({ id }) => id === chosen);
  if (!found) return null;
  if (found.href) return found.href;
  const [kind, id] = chosen.split(':');
  if (id !== undefined) return `/${kind === 'activity' ? 'activities' : 'assets'}/${id}`;
  return PAGES[list] ? `/${PAGES[list]}/${chosen}` : null;
}

/** What is gone from the lists is told by its id: better than nothing. */
const nameOf = (list: keyof Choices, id: unknown, choices: Choices): string =>
  choices[list]?.find((one) => one.id === chosenBy(id))?.name ?? chosenBy(id);

const daysOf = (hours: Hours) =>
  hours === 'always'
    ? []
    : DAYS.flatMap((day) => {
        const own = hours.filter((stretch) => stretch.day === day);
        return own.length === 0 ? [] : [{ day, text: own.map(({ from, to }) => `${from}–${to}`).join(', ') }];
      });
