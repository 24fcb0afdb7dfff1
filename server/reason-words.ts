/** Reasons and findings as sentences: the codes in their params become words first. */
import type { Reason } from '#/plans/facts.ts';
import type { Because } from '#/plans/findings.ts';

/** What finds a sentence, and whether there is one. */
export interface Words {
  say(key: string, params?: Reason['params']): string;
  has(key: string): boolean;
}

/** Evidence codes and sections have names of their own in `templates/words/<locale>/reasons.json`. */
export function sayReason({ key, params }: Reason, say: Words['say']): string {
  const named = { ...params };
  for (const kind of ['code', 'section'])
    if (named[kind] !== undefined) named[kind] = say(`${kind}.${named[kind]}`);
  return say(key, named);
}

/** Params of findings that are codes, and the words they have. The system has more errors than we have words. */
const NAMED = { cause: 'errno', fault: 'fault', property: 'property' } as const;

/**
 * A finding in the reader's language: what is wrong and where, and what to do unless that is not wanted. One that this
 * release does not know is told in its own words, in a frame.
 */
export function sayFinding(
  { code, params, message }: Because & { message?: string },
  { say, has }: Words,
  { remedy = true }: { remedy?: boolean } = {},
): string {
  if (!has(`finding.${code}`)) return say('finding.unexpected', { original: message ?? code });
  const named = { ...params };
  for (const [param, group] of Object.entries(NAMED))
    if (has(`${group}.${named[param]}`)) named[param] = say(`${group}.${named[param]}`);
  const found = say(`finding.${code}`, named);
  return remedy && has(`remedy.${code}`) ? `${found} ${say(`remedy.${code}`, named)}` : found;
}
