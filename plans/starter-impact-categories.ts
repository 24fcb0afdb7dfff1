/** The scales that a consultant starts from: six categories in which a standstill hurts, each in five levels. */
import { z } from 'zod';
import { findClient } from './clients.ts';
import { addImpactCategory, listImpactCategories } from './impact-categories.ts';
import texts from './starter/impact-categories.json' with { type: 'json' };
import type { Work } from './work.ts';

const Words = z.object({ fr: z.string().min(1), en: z.string().min(1), nl: z.string().min(1) });

export const STARTER_CATEGORIES = z
  .array(
    z.strictObject({
      key: z.string(),
      name: Words,
      levels: z.array(z.strictObject({ level: z.int(), isTolerable: z.boolean(), meaning: Words })).length(5),
    }),
  )
  .parse(texts);

/** Adds those that bear a name which none of the client's has, in the client's language. */
export async function takeStarterCategories(work: Work, client: string): Promise<void> {
  const { locale } = await findClient(work, client);
  const known = await listImpactCategories(work, client);
  for (const { name, levels } of STARTER_CATEGORIES) {
    if (known.some((category) => category.name === name[locale])) continue;
    await addImpactCategory(work, client, {
      name: name[locale],
      position: null,
      levels: levels.map(({ level, isTolerable, meaning }) => ({
        level,
        isTolerable,
        meaning: meaning[locale],
      })),
    });
  }
}
