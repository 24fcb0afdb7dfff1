import { z } from 'zod';
import type { Part } from '../views.ts';

const SIZE = 50;

/** A page's number in an address, from 1; anything else is the first. */
export const PageNumber = z.coerce.number().int().min(1).max(10_000).catch(1);

/** The part of a list that one page shows, with the addresses of the parts before and after it. */
export function partOf<Item>(all: Item[], asked: number, addressOf: (number: number) => string): Part<Item> {
  const pages = Math.max(1, Math.ceil(all.length / SIZE));
  const number = Math.min(asked, pages);
  const start = (number - 1) * SIZE;
  const items = all.slice(start, start + SIZE);
  return {
    items,
    total: all.length,
    first: items.length === 0 ? 0 : start + 1,
    last: start + items.length,
    previous: number > 1 ? addressOf(number - 1) : null,
    next: number < pages ? addressOf(number + 1) : null,
  };
}

/** Whether a name holds what is looked for, whatever its accents and capitals. */
export function holds(search: string): (name: string) => boolean {
  const wanted = bare(search.trim());
  return (name) => bare(name).includes(wanted);
}

const bare = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
