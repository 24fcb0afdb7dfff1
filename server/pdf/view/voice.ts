/** The report's way of saying things: the sentences of one language, with times in the client's zone. */
import type { Reason } from '#/plans/facts.ts';
import type { Finding } from '#/plans/findings.ts';
import type { Locale } from '#/plans/reports/head.ts';
import { sayFinding, sayReason } from '#/server/reason-words.ts';
import type { Params, Templates } from '#/server/templates.ts';

const NO_RECORD = 'coverage.no-record';

export interface Voice {
  locale: Locale;
  /** A sentence of `report.json`, by its key without `report.`. */
  say(key: string, params?: Params): string;
  /** A word of the pages, by its whole key. */
  word(key: string, params?: Params): string;
  reason(reason: Reason): string;
  /** What was found, and what to do about it unless that is not wanted. */
  finding(finding: Finding, options?: { remedy: boolean }): string;
  /** What an evidence code stands for; a code without words stands for itself. */
  kind(code: string): string;
  /** A reason about several kinds of record at once. */
  list(key: string, kinds: string[]): string;
  /** Day and time of day. */
  moment(iso: string): string;
  /** A day of every year, `MM-DD`. */
  monthDay(day: string): string;
  duration(seconds: number): string;
  percent(share: number): string;
}

export function voiceOf(templates: Templates, locale: Locale, timeZone: string): Voice {
  const { dateTime, monthDay, duration, percent } = templates.formats(locale, timeZone);
  const say = (key: string, params?: Params) => templates.say(locale, key, params, timeZone);
  return {
    locale,
    say: (key, params) => say(`report.${key}`, params),
    word: say,
    reason: (reason) => sayReason(reason, say),
    finding: (finding, options) =>
      sayFinding(finding, { say, has: (key) => templates.has(locale, key) }, options),
    kind: (code) => (templates.has(locale, `code.${code}`) ? say(`code.${code}`) : code),
    list: (key, kinds) => say(key, { code: kinds.join(', ') }),
    moment: dateTime,
    monthDay,
    duration,
    percent,
  };
}

/** Each sentence once, in the order of its first place. Records that are missing alike share a sentence. */
export function sentences(reasons: Reason[], voice: Voice): string[] {
  const missing = reasons
    .filter(({ key }) => key === NO_RECORD)
    .map(({ params }) => voice.kind(String(params.code)));
  const shared = missing.length === 0 ? [] : [voice.list(NO_RECORD, [...new Set(missing)])];
  const told = reasons.flatMap((reason) => (reason.key === NO_RECORD ? shared : [voice.reason(reason)]));
  return [...new Set(told)];
}

/** So many of a total, in the form that the only one there is has for itself. */
export function someOf(
  key: string,
  { count, total }: { count: number; total: number },
  voice: Voice,
): string {
  return total === 1 ? voice.say(`${key}.only`) : voice.say(key, { count, total });
}
