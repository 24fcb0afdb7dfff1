/** What two people wrote at once, field by field. */
import type { Typed } from '../http/route.ts';
import type { Field } from './field.ts';
import type { RecordFormView } from './views.ts';

/** Fields of the form, down to those in rows, that read otherwise by now. `words` is the noun's name. */
export function differencesOf(
  fields: Field[],
  words: string,
  recorded: Typed,
  typed: Typed,
): RecordFormView['differences'] {
  const fieldOf = (name: string) =>
    fields.find((field) => name === field.name || name.startsWith(`${field.name}.`));
  return [...new Set([...Object.keys(recorded), ...Object.keys(typed)])]
    .filter((name) => !name.endsWith('.id'))
    .filter((name) => told(recorded[name]).trim() !== told(typed[name]).replaceAll('\r\n', '\n').trim())
    .flatMap((name) => {
      const field = fieldOf(name);
      if (!field) return [];
      return [
        { label: `${words}.field.${field.name}`, recorded: told(recorded[name]), typed: told(typed[name]) },
      ];
    });
}

const told = (value: string | string[] | undefined) =>
  Array.isArray(value) ? value.join(', ') : (value ?? '');
