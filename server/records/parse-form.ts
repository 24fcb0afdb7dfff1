/** A form read by its fields and checked by a schema. What people cannot have meant is said in their words. */
import { z } from 'zod';
import type { Typed } from '../http/route.ts';
import { type Field, type FieldKind, readForm } from './field.ts';

/** Of the kinds that are typed as text and are none: what to say when nobody can read it. */
const UNREADABLE: Partial<Record<FieldKind, string>> = {
  duration: 'duration.unreadable',
  bytes: 'bytes.unreadable',
  number: 'number.unreadable',
  money: 'number.unreadable',
};

export function parseForm<Parsed>(
  fields: Field[],
  schema: z.ZodType<Parsed>,
  typed: Typed,
  zone: string,
): Parsed {
  const read = readForm(fields, typed, zone);
  const result = schema.safeParse(read);
  if (result.success) return result.data;
  throw new z.ZodError(
    result.error.issues.map((issue) => ({ ...issue, message: sentenceOf(issue, fields, read) })),
  );
}

function sentenceOf(issue: z.core.$ZodIssue, fields: Field[], read: unknown): string {
  if (issue.code === 'custom') return issue.message;
  const value = issue.path.reduce((within: unknown, step) => partOf(within, step), read);
  if (value === null || value === undefined) return 'form.needed';
  const kind = kindAt(fields, issue.path);
  if (typeof value === 'string' && kind && UNREADABLE[kind]) return UNREADABLE[kind];
  return (issue.code === 'invalid_union' && ownSentence(issue.errors)) || issue.message;
}

const partOf = (within: unknown, step: PropertyKey): unknown =>
  typeof within === 'object' && within !== null ? Reflect.get(within, step) : undefined;

/** A row's field stands behind the row's number. */
function kindAt(fields: Field[], [name, , ...inner]: PropertyKey[]): FieldKind | null {
  const field = fields.find((one) => one.name === name);
  if (!field) return null;
  return field.kind === 'rows' && inner.length > 0 ? kindAt(field.fields, inner) : field.kind;
}

/** What one of our own schemas said inside a choice of several. */
const ownSentence = (errors: z.core.$ZodIssue[][]): string | undefined =>
  errors
    .flat()
    .map(({ message }) => message)
    .find((message) => /^[a-z-]+\.[a-z-]+$/.test(message));
