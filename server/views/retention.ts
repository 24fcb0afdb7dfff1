import type { Client } from '#/plans/clients.ts';
import type { Expiry } from '#/plans/retention/expiries.ts';
import type { Retention } from '#/plans/retention/retentions.ts';
import type { Simulation } from '#/plans/retention/simulations.ts';
import type { StartingSet } from '#/plans/retention/starting-sets.ts';
import type { Form } from '../views.ts';

/** `protection/retention`. The form posts to /backup-policies/:id/retention, or asks the same address to try the rules. */
export interface RetentionView {
  client: Client;
  retention: Retention;
  version: string;
  history: Retention[];
  expiry: Expiry;
  /** What is shown is not in force. */
  isTried: boolean;
  rules: { name: string; count: number }[];
  keepsAll: boolean;
  sets: readonly StartingSet[];
  simulation: Simulation;
  /** There are more points than are listed. */
  isCut: boolean;
  /** By quarters. */
  forecast: Simulation['forecast'];
  mayChange: boolean;
  form: Form;
}
