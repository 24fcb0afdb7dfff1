/** A reason as a sentence: the codes in its params become words first. */
import type { Reason } from '#/plans/facts.ts';

/** Evidence codes and sections have names of their own in `templates/words/<locale>/reasons.json`. */
export function sayReason(
  { key, params }: Reason,
  say: (key: string, params?: Reason['params']) => string,
): string {
  const named = { ...params };
  for (const kind of ['code', 'section'])
    if (named[kind] !== undefined) named[kind] = say(`${kind}.${named[kind]}`);
  return say(key, named);
}
