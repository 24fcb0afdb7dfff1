import type { Typed } from '../http/route.ts';
import type { Difference } from '../views.ts';

type Value = string | number | boolean | null;

/** What a form starts with, so that it says what is recorded. */
export const filledFrom = (recorded: Record<string, Value>): Typed =>
  Object.fromEntries(
    Object.entries(recorded).flatMap(([field, value]) =>
      value === false ? [] : [[field, value === true ? 'on' : String(value ?? '')]],
    ),
  );

/** Fields in which what was typed is not what is recorded by now, for somebody who has to choose. */
export const differencesOf = <Field extends string>(
  fields: Record<Field, Pick<Difference, 'term' | 'kind'>>,
  recorded: Record<NoInfer<Field>, Value>,
  typed: Record<NoInfer<Field>, Value>,
): Difference[] =>
  (Object.keys(fields) as Field[])
    .filter((field) => recorded[field] !== typed[field])
    .map((field) => ({ ...fields[field], recorded: recorded[field], typed: typed[field] }));
