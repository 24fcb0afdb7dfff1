/** Every noun that has plain pages and a JSON interface made from its declaration. */
import { apiOf } from '../api.ts';
import { pagesOf } from '../pages.ts';
import { scenario } from './scenario.ts';
import { site } from './site.ts';
import { strategy } from './strategy.ts';

/** With what one and many are called in the JSON interface's description. */
const NOUNS = [
  [site, ['site', 'sites']],
  [scenario, ['risk scenario', 'risk scenarios']],
  [strategy, ['continuity strategy', 'continuity strategies']],
] as const;

export const nouns = NOUNS.map(([noun]) => noun);
export const recordsApi = NOUNS.flatMap(([noun, phrase]) => apiOf(noun, [...phrase]));
export const recordsPages = NOUNS.flatMap(([noun]) => pagesOf(noun));
