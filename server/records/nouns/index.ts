/** Every noun that has plain pages and a JSON interface made from its declaration. */
import { apiOf } from '../api.ts';
import { pagesOf } from '../pages.ts';
import { site } from './site.ts';

/** With what one and many are called in the JSON interface's description. */
const NOUNS = [[site, ['site', 'sites']]] as const;

export const nouns = NOUNS.map(([noun]) => noun);
export const recordsApi = NOUNS.flatMap(([noun, phrase]) => apiOf(noun, [...phrase]));
export const recordsPages = NOUNS.flatMap(([noun]) => pagesOf(noun));
