/** Text that people type. What would break a line, a log or a page apart is refused at the edge. */
import { z } from 'zod';

// Control characters, and the marks that reorder text so that a name shows as another one.
const HIDDEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const HIDDEN_IN_TEXT = /(?![\n\r\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** One line of text, without control characters or hidden direction marks, of 1 to `max` characters. */
export const Line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !HIDDEN.test(text), { error: 'text.hidden' });

/** Several lines of text, empty allowed. */
export const Text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !HIDDEN_IN_TEXT.test(text), { error: 'text.hidden' });

/** Text that may be left out of a form: empty means null. Browsers end the lines of a form with two characters. */
export const OptionalText = (max: number) =>
  z.preprocess(
    (value) => (value === '' ? null : typeof value === 'string' ? value.replaceAll('\r\n', '\n') : value),
    Text(max).nullable(),
  );

/** A line that may be left out of a form: empty means null. */
export const OptionalLine = (max: number) =>
  z.preprocess((value) => (value === '' || value === undefined ? null : value), Line(max).nullable());

/** A tick box of a form, or true in JSON. */
export const Checkbox = z.preprocess(
  (value) => value === true || value === 'on' || value === 'true',
  z.boolean(),
);

/** Durations come as whole seconds; empty in a form means not set. Zero is a legal value. */
export const OptionalSeconds = z.preprocess(
  (value) => (value === '' || value === undefined ? null : value),
  z.coerce.number().int().min(0).max(3_155_760_000).nullable(),
);

/** A day, as YYYY-MM-DD; empty in a form means not set. */
export const OptionalDate = z.preprocess(
  (value) => (value === '' || value === undefined ? null : value),
  z.iso.date().nullable(),
);

/** A moment; empty in a form means not set. Kept in UTC. */
export const OptionalMoment = z.preprocess(
  (value) => (value === '' || value === undefined ? null : value),
  z.iso.datetime({ offset: true }).nullable(),
);

/** Whole days, from one on; empty in a form means not set. */
export const OptionalDays = z.preprocess(
  (value) => (value === '' || value === undefined ? null : value),
  z.coerce.number().int().min(1).max(36_500).nullable(),
);
