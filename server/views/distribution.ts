/** What `plans/distributions` shows. */
import type { Client } from '#/plans/clients.ts';
import type { OutdatedCopy } from '#/plans/distribution-gaps.ts';
import type { CHANNELS, Distribution } from '#/plans/distributions.ts';
import type { PlanVersion } from '#/plans/plan-versions.ts';
import type { Plan } from '#/plans/plans.ts';
import type { Form } from '../views.ts';

export interface DistributionView {
  client: Client;
  plan: Plan;
  version: Pick<PlanVersion, 'id' | 'number' | 'state'>;
  copies: (Distribution & {
    /** Read by the reader's own word, by somebody else's, or not yet. */
    state: 'done' | 'declared' | 'waiting';
    /** What the visitor may say of it; null: nothing. */
    receipt: 'give' | 'note' | null;
  })[];
  /** What people hold of earlier versions. */
  outdated: OutdatedCopy[];
  /** Who leads in a crisis and was not handed this version, while it is in force. */
  lacking: { id: string; name: string }[];
  contacts: { id: string; name: string; jobTitle: string | null; isTicked: boolean }[];
  channels: typeof CHANNELS;
  mayHandOut: boolean;
  /** Posts `contacts` and `channel` to /plan-versions/:id/distributions. */
  form: Form;
}
