/** Errors in words: the one place where a refusal becomes what people and programs read. */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { Refusal, type RefusalKind } from '#/plans/errors.ts';
import type { Locale } from '#/plans/reports/head.ts';

/** RFC 9457, with one sentence for each field that was wrong, or each thing that is missing, which is no field. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    key: z.string().describe('Stands for the sentence, the same in every language'),
    errors: z.array(z.object({ field: z.string(), detail: z.string() })),
    current: z
      .unknown()
      .optional()
      .describe('What is recorded by now, where somebody else changed it meanwhile'),
    sent: z.unknown().optional().describe('What was sent, beside `current`'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** Says a key of `templates/words` in a language. */
export type Say = (locale: Locale, key: string, params?: Record<string, string | number>) => string;

const STATUS: Record<RefusalKind, number> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-many': 429,
};

/** Turns an error into a problem. What is not a refusal is a bug or an outage: status 500, and nothing of it is told. */
export function explain(error: unknown, locale: Locale, say: Say): Problem {
  if (error instanceof Refusal) {
    const detail = say(locale, error.key, error.params);
    const errors = error.reasons.map(({ key, params }) => ({ field: '', detail: say(locale, key, params) }));
    if (error.field !== null) errors.push({ field: error.field, detail });
    return { ...problem(STATUS[error.kind], error.key, detail, errors), ...error.told };
  }
  if (error instanceof z.ZodError) return explainInput(error, locale, say);
  const key = KEY_OF_BODY_ERROR[typeOf(error)] ?? (isBadlyPacked(error) ? 'http.encoding' : null);
  if (key) return problem(key === 'http.too-large' ? 413 : 400, key, say(locale, key));
  // An address whose % signs spell no text.
  if (error instanceof URIError) return problem(404, 'not-found.page', say(locale, 'not-found.page'));
  if (isBadRow(error)) return problem(422, 'http.bad-text', say(locale, 'http.bad-text'));
  if (isOfClosedClient(error)) return problem(409, 'client.is-closed', say(locale, 'client.is-closed'));
  if (isSameAtOnce(error)) return problem(409, 'http.at-once', say(locale, 'http.at-once'));
  return problem(500, 'http.broken', say(locale, 'http.broken'));
}

/** Of the trigger that guards what belongs to a closed client. */
const isOfClosedClient = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'RC001';

/** Two did the same in the same moment, each before it could see the other; the second is told to look again. */
const isSameAtOnce = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && AT_ONCE.includes(String(error.code));

/** Of PostgreSQL: unique_violation, foreign_key_violation (what it names has just gone), serialization_failure, deadlock_detected. */
const AT_ONCE = ['23505', '23503', '40001', '40P01'];

/** The body says that it is gzip, and is not. */
const isBadlyPacked = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^Z_/.test(String(error.code)) && 'status' in error;

/** The errors of express's own body reader. */
const KEY_OF_BODY_ERROR: Record<string, string> = {
  'entity.parse.failed': 'http.malformed-json',
  'entity.too.large': 'http.too-large',
  'encoding.unsupported': 'http.encoding',
  'charset.unsupported': 'http.encoding',
  'parameters.too.many': 'http.too-large',
  'request.aborted': 'http.aborted',
};

function explainInput({ issues }: z.ZodError, locale: Locale, say: Say): Problem {
  const errors = issues.slice(0, 50).map((issue) => ({
    field: issue.path.join('.'),
    detail: sentenceOf(issue, locale, say),
  }));
  const detail = errors.map(({ field, detail }) => (field ? `${field}: ${detail}` : detail)).join(' ');
  return problem(422, 'http.invalid', detail, errors);
}

const SENTENCES: Record<Locale, z.core.$ZodErrorMap> = {
  fr: z.locales.fr().localeError,
  en: z.locales.en().localeError,
  nl: z.locales.nl().localeError,
};

/** Our own messages are keys; all others are told by zod in the reader's language. */
export function sentenceOf(issue: z.core.$ZodIssue, locale: Locale, say: Say): string {
  if (/^[a-z-]+\.[a-z-]+$/.test(issue.message)) return say(locale, issue.message);
  const own = plainly(issue);
  if (own) return say(locale, own.key, own.params);
  const told = SENTENCES[locale](issue as z.core.$ZodRawIssue);
  return (typeof told === 'string' ? told : told?.message) ?? issue.message;
}

/** How each form is written that people meet. */
const FORMATS: Record<string, string> = {
  date: 'form.date',
  datetime: 'form.moment',
  time: 'form.time',
  email: 'form.email',
  url: 'form.url',
};

/** What people meet in forms. Zod tells it in signs: “nombre doit être <=5”, “date ISO invalide”. */
function plainly(issue: z.core.$ZodIssue): { key: string; params: Record<string, number> } | null {
  if (issue.code === 'invalid_format') {
    const key = FORMATS[issue.format];
    return key ? { key, params: {} } : null;
  }
  if (issue.code === 'invalid_type') {
    const key = { int: 'form.whole', number: 'form.number' }[String(issue.expected)];
    return key ? { key, params: {} } : null;
  }
  if (issue.code !== 'too_big' && issue.code !== 'too_small') return null;
  const isNumber = issue.origin === 'number' || issue.origin === 'int';
  if (issue.code === 'too_small')
    return isNumber && issue.inclusive
      ? { key: 'form.at-least', params: { least: Number(issue.minimum) } }
      : null;
  if (issue.origin === 'string') return { key: 'form.too-long', params: { most: Number(issue.maximum) } };
  return isNumber && issue.inclusive
    ? { key: 'form.at-most', params: { most: Number(issue.maximum) } }
    : null;
}

function typeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : '';
}

/** Text that PostgreSQL cannot hold, such as a zero byte, or a value past its column's check. */
function isBadRow(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return ['22021', '22P05', '23514', '22P02', '22003'].includes(code);
}

const problem = (status: number, key: string, detail: string, errors: Problem['errors'] = []): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  key,
  errors,
});
