/** Inputs of a form: each field with its value, what can be chosen, and its error. */
import type { ChoiceList, Choices } from '#/plans/choices.ts';
import type { Typed } from '../http/route.ts';
import type { Form } from '../views.ts';
import { DAYS, type Field, type FieldKind, MOST_ROWS } from './field.ts';

/** Empty rows offered beyond those that are there. */
const SPARE_ROWS = 3;
/** A row with more fields is a card. */
const MOST_COLUMNS = 6;

/** One field in a form, ready to be said: its place, its value, its sentence. */
export interface Input {
  /** Name in the form. */
  name: string;
  /** Key of its label, and of its help where there are words for it. */
  label: string;
  help: string;
  kind: FieldKind;
  optional: boolean;
  value: string;
  max: number;
  lines: number;
  choices: { value: string; label: string | null; words: string | null; isChosen: boolean }[];
  /** Id of the names that are offered while one types. */
  list: string | null;
  /** Of `hours`: round the clock. */
  isAlways: boolean;
  days: { name: string; day: number; value: string }[];
  /** `suggested`: names offered while one types in that column. */
  columns: { label: string; help: string; list: string | null; suggested: string[] }[];
  /** Of `rows`: too many fields for one line. */
  isWide: boolean;
  rows: { id: string | null; idName: string; inputs: Input[] }[];
  error: string | null;
}

/** The inputs of a form. `words` is the noun's name. */
export function inputsOf(
  fields: Field[],
  {
    words,
    typed,
    choices,
    errors,
    prefix = '',
  }: {
    words: string;
    typed: Typed;
    choices: Choices;
    errors: { field: string; detail: string }[];
    prefix?: string;
  },
): Input[] {
  return fields.map((field): Input => {
    const name = prefix + field.name;
    const value = typed[name];
    const chosen = Array.isArray(value) ? value : [value ?? ''];
    const ask = { words: `${words}.${field.name}`, typed, choices, errors };
    return {
      name,
      label: `${words}.field.${field.name}`,
      help: `${words}.help.${field.name}`,
      kind: field.kind,
      optional: field.optional === true,
      value: chosen[0] ?? '',
      max: 'max' in field && field.max !== undefined ? field.max : field.kind === 'text' ? 4000 : 200,
      lines: 'rows' in field && field.rows !== undefined ? field.rows : 4,
      choices: offered(field, choices, chosen).map((one) => ({
        ...one,
        isChosen: chosen.includes(one.value),
      })),
      list: 'suggest' in field ? listOf(words, field.name) : null,
      isAlways: typed[`${name}.always`] !== undefined,
      days:
        field.kind === 'hours'
          ? DAYS.map((day) => ({ name: `${name}.${day}`, day, value: String(typed[`${name}.${day}`] ?? '') }))
          : [],
      columns:
        field.kind === 'rows'
          ? field.fields.map((column) => ({
              label: `${ask.words}.field.${column.name}`,
              help: `${ask.words}.help.${column.name}`,
              list: 'suggest' in column ? listOf(ask.words, column.name) : null,
              suggested: 'suggest' in column ? suggestedBy(column.suggest ?? [], choices) : [],
            }))
          : [],
      isWide: field.kind === 'rows' && field.fields.length > MOST_COLUMNS,
      rows: field.kind === 'rows' ? rowsOf(field.fields, name, ask) : [],
      error:
        errors.find((error) => error.field === name || error.field.startsWith(`${name}.`))?.detail ?? null,
    };
  });
}

const listOf = (words: string, name: string) => `${words}-${name}-names`.replaceAll('.', '-');

const suggestedBy = (lists: ChoiceList[], choices: Choices): string[] => [
  ...new Set(
    lists.flatMap((list) => (choices[list] ?? []).filter(({ isPast }) => !isPast).map(({ name }) => name)),
  ),
];

/** The form with each error called after its input: read on top, far from the field, the sentence alone says little. */
export function labelled(form: Form, inputs: readonly Input[]): Form {
  const asked = inputs.flatMap((input) => [input, ...input.rows.flatMap((row) => row.inputs)]);
  return {
    ...form,
    errors: form.errors.map((error) => {
      const label = asked.find(({ name }) => name === error.field)?.label;
      return label === undefined ? error : { ...error, label };
    }),
  };
}

function rowsOf(
  fields: Field[],
  name: string,
  ask: { words: string; typed: Typed; choices: Choices; errors: { field: string; detail: string }[] },
): Input['rows'] {
  const places = Object.keys(ask.typed)
    .filter((key) => key.startsWith(`${name}.`))
    .map((key) => Number(key.slice(name.length + 1).split('.')[0]))
    .filter((place) => Number.isInteger(place) && place >= 0 && place < MOST_ROWS);
  const count = Math.max(-1, ...places) + 1 + SPARE_ROWS;
  return Array.from({ length: count }, (_, place) => ({
    id:
      typeof ask.typed[`${name}.${place}.id`] === 'string' ? String(ask.typed[`${name}.${place}.id`]) : null,
    idName: `${name}.${place}.id`,
    inputs: inputsOf(fields, { ...ask, prefix: `${name}.${place}.` }),
  }));
}

function offered(
  field: Field,
  choices: Choices,
  chosen: string[],
): { value: string; label: string | null; words: string | null }[] {
  if (field.kind === 'choice' || field.kind === 'choices')
    return field.values.map((value) => ({ value, label: null, words: `${field.words}.${value}` }));
  if (field.kind === 'among')
    return field.among.map(({ id, name }) => ({ value: id, label: name, words: null }));
  if (field.kind === 'reference' || field.kind === 'references')
    return (choices[field.to] ?? [])
      .filter(({ id }) => field.only?.includes(id) ?? true)
      .filter(({ id, isPast }) => !isPast || chosen.includes(id))
      .map(({ id, name }) => ({ value: id, label: name, words: null }));
  return [];
}
