/** The scales of the starter set, for clients that keep them as they are. */
import { STARTER_CATEGORIES } from '#/plans/starter-impact-categories.ts';
import type { Analysis } from './demo-client.ts';

/** By their keys there: `financial`, `customers`, `legal` and so on. */
export const starterScales = (...keys: string[]): Analysis['categories'] =>
  STARTER_CATEGORIES.filter(({ key }) => keys.includes(key)).map(({ key, name, levels }) => ({
    ref: key,
    name: name.fr,
    levels: levels.map(({ level, isTolerable, meaning }) => ({ level, isTolerable, meaning: meaning.fr })),
  }));
