import type { Client } from '#/plans/clients.ts';
import type { Step } from '#/plans/runbooks.ts';
import type { Input } from '../records/inputs.ts';
import type { RecordFormView } from '../records/views.ts';
import type { Form } from '../views.ts';

/** A step as it is read. */
export type ReadStep = Step & {
  number: number;
  /** The crisis role, or whoever else does it; null when nobody was named. */
  who: string | null;
  /** Holder and deputies of the role: as they were frozen, in a draft those of today. */
  people: string[];
  /** From the start, in the usual case. */
  beginsAfterSeconds: number;
  /** It stands on the chain that takes longest. */
  isBinding: boolean;
  /** The name is null for what is out of the inventory. */
  restores: { id: string; name: string | null } | null;
  /** `isBelow`: it is read only after the step that waits for it. */
  waits: { key: string; lagSeconds: number; number: number; action: string; isBelow: boolean }[];
  editHref: string | null;
};

/** `partials/runbook-steps` */
export interface RunbookView {
  steps: ReadStep[];
  chain: ReadStep[];
  skills: { skill: string; count: number }[];
  /** Null when it cannot be changed, or not by this reader. */
  addHref: string | null;
  versionHref: string;
}

/** `plans/step`. Its forms post to `action`, `moveHref` and `removeHref`. */
export interface StepView {
  client: Client;
  runbook: { id: string; title: string };
  /** A draft, and the reader may write in it. */
  isOpen: boolean;
  /** Null for a new one. */
  stepTitle: string | null;
  action: string;
  version: string | null;
  inputs: Input[];
  differences: RecordFormView['differences'];
  /** Steps by key, to be named as what this one waits for. */
  others: Pick<Step, 'key' | 'action'>[];
  /** Where it can be moved; null for a new one. */
  moving: { href: string; inputs: Input[] } | null;
  removeHref: string | null;
  form: Form;
}
