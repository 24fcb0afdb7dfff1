import type { Client } from '#/plans/clients.ts';
import type { Drill, DrillInList, DrillItem } from '#/plans/drills/drills.ts';
import type { DrillOutcome } from '#/plans/drills/outcome.ts';
import type { DrillPlan, PlannedActivity, PlannedItem } from '#/plans/drills/plan.ts';
import type { Form, Measure } from '../views.ts';

/** `drills/list` */
export interface DrillListView {
  client: Client;
  drills: DrillInList[];
  mayStart: boolean;
}

interface Choice {
  id: string;
  name: string;
  isChosen: boolean;
}

/** Where a bar begins and how long it is, on a scale of seconds. */
export interface Bar {
  from: number;
  length: number;
  scale: number;
}

/** `drills/prepare`. What is chosen is asked with GET; the form that begins the drill posts to /clients/:client/drills. */
export interface DrillPrepareView {
  client: Client;
  scenarios: Choice[];
  /** The scenario chosen, with what else can be taken away; null before one is. */
  chosen: { id: string; isIntrusion: boolean } | null;
  contacts: Choice[];
  stores: Choice[];
  activities: Choice[];
  dwells: { days: string; isChosen: boolean }[];
  plan: DrillPlan | null;
  planned: (PlannedItem & { bar: Bar; waitsFor: string[] })[];
  measured: { activity: PlannedActivity; expected: Measure; loss: Measure }[];
  /** The choice, as fields of the form that begins the drill. */
  kept: { field: string; value: string }[];
  mayStart: boolean;
  form: Form;
}

export type ShownItem = DrillItem & {
  /** From its beginning to its end, or until now. */
  took: number | null;
  bar: Bar | null;
  waitsFor: string[];
  isForPeople: boolean;
};

type MeasuredActivity = DrillOutcome['activities'][number];

/** `drills/show`, and alone `partials/drill-progress`. Calling off posts to /drills/:id/cancellation. */
export interface DrillView {
  client: Client;
  drill: Drill;
  isUnderWay: boolean;
  elapsedSeconds: number;
  counts: { over: number; all: number };
  items: ShownItem[];
  results: { activity: MeasuredActivity; recovery: Measure; loss: Measure }[];
  events: (Drill['events'][number] & { item: string | null; afterSeconds: number })[];
  mine: number;
  version: string;
  mayConfirm: boolean;
  mayCancel: boolean;
  form: Form;
}

/** `drills/my-steps`. Forms post to /drills/:id/my-steps. */
export interface MyStepsView {
  client: Client;
  drill: Drill;
  items: ShownItem[];
  /** Every step that people do, and not one's own alone. */
  isAll: boolean;
  mayAll: boolean;
  mayRun: boolean;
  refusedKey: string | null;
  form: Form;
}
