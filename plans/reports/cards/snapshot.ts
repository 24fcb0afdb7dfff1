/** What the cards of crisis roles say: for each role the page that its holder keeps in a pocket. */
import type { CELLS } from '../../crisis-roles.ts';
import type { ClientHead } from '../head.ts';
import type { PersonShown } from '../plan/snapshot.ts';

export interface CardsSnapshot extends ClientHead {
  kind: 'cards';
  cards: RoleCard[];
  /** What they were made from. */
  plans: { title: string; number: number; sha256: string }[];
}

export interface RoleCard {
  name: string;
  cell: (typeof CELLS)[number];
  mandate: string | null;
  holders: PersonShown[];
  /** Signs by which they set a plan off. */
  decides: { plan: string; sign: string; limit: string }[];
  /** Whom they call, in that order. */
  calls: { name: string; people: PersonShown[]; timeoutSeconds: number; fallback: string | null }[];
  steps: {
    plan: string;
    place: number;
    action: string;
    beginsAfterSeconds: number;
    p50Seconds: number | null;
  }[];
}
