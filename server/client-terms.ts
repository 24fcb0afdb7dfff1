/**
 * The client's own word in place of a term whose usage clashes. Only words that say the term and nothing else can give
 * way: in a sentence another word may want another article.
 */
import { CLASHING_TERMS, type ClashingTerm, type Client } from '#/plans/clients.ts';

const KEYS: Record<ClashingTerm, readonly string[]> = {
  mtpd: [
    'term.mtpd',
    'activity.field.mtpdSeconds',
    'activity.field.mtpdSeconds.short',
    'study.activities.field.mtpdSeconds',
    'impact-category.activities.field.mtpdSeconds',
    'impact.limit',
  ],
  rto: [
    'term.rto',
    'activity.field.rtoSeconds',
    'activity.field.rtoSeconds.short',
    'study.activities.field.rtoSeconds',
  ],
  rpo: [
    'term.rpo',
    'activity.field.rpoSeconds',
    'activity.field.rpoSeconds.short',
    'study.activities.field.rpoSeconds',
  ],
  'rpo-target': ['activity.field.rpoTargetSeconds'],
  bcp: ['plan-kind.bcp'],
  drp: ['plan-kind.drp'],
};

const TERM_OF = new Map(CLASHING_TERMS.flatMap((term) => KEYS[term].map((key) => [key, term] as const)));

/** What a client calls what a key says; undefined where it has no word of its own. */
export function ownWord(client: Pick<Client, 'labels'> | null | undefined, key: string): string | undefined {
  const term = TERM_OF.get(key);
  return term && client?.labels?.[term];
}
