import { z } from 'zod';
import { Line } from '#/plans/text.ts';

/** Path parameters and paging, the same on every address. */
export const One = z.object({ id: z.uuid() });
export const OfClient = z.object({ client: z.uuid() });
export const OfPlan = z.object({ plan: z.uuid() });

/** A cursor is what the list before it said under `next`: a moment, of lists that go by time. */
export const Paged = z.object({ cursor: z.iso.datetime({ error: 'http.cursor' }).optional() });
export const PagedByName = z.object({ cursor: Line(300).optional() });

/** A list, and the cursor of the page after it; null at the end. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

export const Nothing = z.object({});

/** A whole list: nothing comes after it. */
export const whole = <Item>(items: Item[]) => ({ items, next: null });

/** A page of a list whose full length is `size`: when it is full, more may follow. */
export const paged = <Item>(items: Item[], size: number, cursorOf: (last: Item) => string) => {
  const last = items.at(-1);
  return { items, next: last && items.length >= size ? cursorOf(last) : null };
};
