import { canonical } from '../canonical.ts';
import type { Reason } from '../facts.ts';
import type { Readiness } from './readiness.ts';

/** Every contradiction of a client and its activities, each told once however many activities it touches. */
export function allContradictions({ contradictions, activities }: Readiness): Reason[] {
  const all = [...contradictions, ...activities.flatMap((activity) => activity.contradictions)];
  return [...new Map(all.map((reason) => [canonical(reason), reason])).values()];
}
