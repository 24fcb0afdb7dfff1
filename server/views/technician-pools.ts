import type { TechnicianPool } from '#/plans/technician-pools.ts';
import type { Cell } from '../records/cells.ts';
import type { Input } from '../records/inputs.ts';
import type { RecordFormView } from '../records/views.ts';
import type { Form } from '../views.ts';

/** `technician-pools/list` */
export interface PoolListView {
  pools: TechnicianPool[];
  mayChange: boolean;
}

/** `technician-pools/show` */
export interface PoolView {
  pool: TechnicianPool;
  facts: Cell[];
  /** Those in sight that count on it. */
  clients: { id: string; name: string }[];
  /** Where it is told what happens when they fail together; null while there are not two. */
  contentionHref: string | null;
  mayChange: boolean;
  version: string;
  isSaved: boolean;
  /** Why it was not removed. */
  refusal: string | null;
}

/** `technician-pools/edit` */
export interface PoolFormView {
  /** Null for a new one. */
  pool: TechnicianPool | null;
  version: string | null;
  inputs: Input[];
  form: Form;
  differences: RecordFormView['differences'];
}
