/** Things that name each other by keys of their own: steps of a runbook, nodes of a call tree. */
import { z } from 'zod';

/** As the tables hold it. */
export const Key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, { error: 'key.wrong' });

/** A key may be left out: it is made from what the thing is called. Empty in a form means left out. */
export const OptionalKey = z.preprocess((value) => (value === '' ? null : value), Key.nullable());

const LONGEST = 60;

/** Each with its key: the one it has, else one made from its name that nothing else has. */
export function withKeys<Thing extends { key: string | null }>(
  things: readonly Thing[],
  nameOf: (thing: Thing) => string,
): (Thing & { key: string })[] {
  const taken = new Set(things.flatMap(({ key }) => key ?? []));
  return things.map((thing) => {
    if (thing.key !== null) return { ...thing, key: thing.key };
    const key = freeKey(nameOf(thing), taken);
    taken.add(key);
    return { ...thing, key };
  });
}

function freeKey(name: string, taken: ReadonlySet<string>): string {
  const plain =
    name
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, LONGEST - 4)
      .replace(/-$/, '') || 'n';
  if (!taken.has(plain)) return plain;
  for (let number = 2; ; number++) if (!taken.has(`${plain}-${number}`)) return `${plain}-${number}`;
}

/** The first key that stands twice. */
export const repeatedKey = (keys: readonly string[]): string | null =>
  keys.find((key, place) => keys.indexOf(key) < place) ?? null;

/** Keys that are named and that nothing has. */
export const unknownKeys = (keys: readonly string[], named: readonly string[]): string[] =>
  [...new Set(named)].filter((key) => !keys.includes(key));

/** A circle, as the keys along it: each leads to the next one, and the last to the first. Null when there is none. */
export function circleOf(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  for (const start of edges.keys()) {
    const trail: { key: string; open: string[] }[] = [{ key: start, open: [...(edges.get(start) ?? [])] }];
    while (trail.length > 0) {
      const here = trail.at(-1)!;
      const next = here.open.shift();
      if (next === undefined) {
        done.add(here.key);
        trail.pop();
        continue;
      }
      const place = trail.findIndex(({ key }) => key === next);
      if (place !== -1) return trail.slice(place).map(({ key }) => key);
      if (!done.has(next)) trail.push({ key: next, open: [...(edges.get(next) ?? [])] });
    }
  }
  return null;
}
