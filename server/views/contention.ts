import type { Contention, Shared } from '#/plans/contention.ts';
import type { Part } from '../views.ts';

/** `portfolio/shared` */
export interface SharedView {
  shared: Shared[];
}

/** `portfolio/contention` */
export interface ContentionView extends Omit<Contention, 'losses'> {
  losses: Part<Contention['losses'][number]>;
  /** How many of the clients the reader does not see. */
  unseen: number;
}
