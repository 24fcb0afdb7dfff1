import type { Client } from '#/plans/clients.ts';
import type { CrisisPack } from '#/plans/crisis-pack-list.ts';
import type { Form } from '../views.ts';

/** `reports/crisis-packs` */
export interface CrisisPacksView {
  client: Client;
  standing: { state: 'none' | 'fresh' | 'stale'; madeAt: string | null };
  packs: { pack: CrisisPack; isUnderWay: boolean }[];
  isUnderWay: boolean;
  /** The newest that can be handed out. */
  newest: CrisisPack | null;
  stores: { id: string; name: string }[];
  media: string[];
  mayMake: boolean;
  maySet: boolean;
  mayNote: boolean;
  make: Form;
  change: Form;
  handover: Form;
}
