/** An index of names: what a text may mean, from the surest way of naming something to the least. */
import type { ReferenceTo } from './sheets.ts';

/** An id, or `#assets:7` for what row 7 of a sheet adds, or `!Actifs!9` for a row that cannot be read. */
export type Token = string;

const WAYS = ['id', 'label', 'origin', 'name'] as const;
type Way = (typeof WAYS)[number];

export interface Names {
  add(to: ReferenceTo, way: Way, text: unknown, token: Token): void;
  /** The one thing that bears the name, or how many do. */
  find(to: ReferenceTo, text: string): { token: Token } | { count: number };
}

export function openNames(): Names {
  const tokens = new Map<string, Set<Token>>();
  const keyOf = (to: ReferenceTo, way: Way, text: string) => `${to} ${way} ${plainName(text)}`;
  return {
    add(to, way, text, token) {
      if (typeof text !== 'string' || text === '') return;
      const key = keyOf(to, way, text);
      tokens.set(key, (tokens.get(key) ?? new Set()).add(token));
    },
    find(to, text) {
      for (const way of WAYS) {
        const found = tokens.get(keyOf(to, way, text));
        if (found) return found.size === 1 ? { token: [...found][0]! } : { count: found.size };
      }
      return { count: 0 };
    },
  };
}

/** How another program calls it, and which program. */
export const originOf = (source: unknown, id: unknown): string | null =>
  typeof source === 'string' && typeof id === 'string' ? `${source}:${id}` : null;

/** Names are the same whatever their case and spaces. Accents count: they tell two names apart. */
export const plainName = (text: string) => text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
