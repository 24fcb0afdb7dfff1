import type { Client } from '#/plans/clients.ts';
import type { Cell } from '../records/cells.ts';
import type { Input } from '../records/inputs.ts';
import type { RecordFormView } from '../records/views.ts';
import type { Form } from '../views.ts';

/** `clients/settings`. The form posts back to this address; who may not change reads the facts. */
export interface ClientSettingsView {
  client: Client;
  isSaved: boolean;
  mayChange: boolean;
  mayReadClosings: boolean;
  version: string;
  facts: Cell[];
  inputs: Input[];
  form: Form;
  differences: RecordFormView['differences'];
}
