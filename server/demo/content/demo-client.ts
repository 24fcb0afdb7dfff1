/**
 * What a client of the demo is made of: what its verbs take, with `@names` in place of ids, `ref` for the name of what comes of
 * it, and days before today in place of dates. Lists are told in the order in which they are founded.
 */
import type { z } from 'zod';
import type { NewActivity } from '#/plans/activities.ts';
import type { NewAssertion } from '#/plans/assertions.ts';
import type { NewAsset } from '#/plans/assets.ts';
import type { NewStudy } from '#/plans/bia-studies.ts';
import type { NewCallNode } from '#/plans/call-trees.ts';
import type { NewClauseDecision } from '#/plans/clause-decisions.ts';
import type { NewClientFramework } from '#/plans/client-frameworks.ts';
import type { NewClient } from '#/plans/clients.ts';
import type { NewContact } from '#/plans/contacts.ts';
import type { NewCrisisRole } from '#/plans/crisis-roles.ts';
import type { NewDeclaration } from '#/plans/declarations.ts';
import type { NewDependency } from '#/plans/dependencies.ts';
import type { NewExercise, NewObservation } from '#/plans/exercises.ts';
import type { NewImpactCategory } from '#/plans/impact-categories.ts';
import type { NewIncident } from '#/plans/incidents.ts';
import type { NewLesson } from '#/plans/lessons.ts';
import type { NewLogEntry } from '#/plans/logbook.ts';
import type { Section } from '#/plans/plan-sections.ts';
import type { NewPlan } from '#/plans/plans.ts';
import type { ReviewChange } from '#/plans/reviews.ts';
import type { NewStep } from '#/plans/runbooks.ts';
import type { NewScenario } from '#/plans/scenarios.ts';
import type { NewAgreement } from '#/plans/service-agreements.ts';
import type { NewSite } from '#/plans/sites.ts';
import type { NewStore } from '#/plans/stores.ts';
import type { NewStrategy } from '#/plans/strategies.ts';
import type { NewSupplier } from '#/plans/suppliers.ts';
import type { Clock } from '../clock.ts';
import type { PersonKey } from '../people.ts';

type Named<Schema extends z.ZodType> = z.input<Schema> & { ref: string };

export interface DemoClient {
  key: string;
  /** Days ago on which it was taken on. */
  since: number;
  client: z.input<typeof NewClient>;
  /** Who writes its plans, who approves them, and who runs its backups. */
  author: PersonKey;
  approver: PersonKey;
  inventory: Inventory;
  analysis: Analysis;
  scenarios: { on: number; scenarios: Named<typeof NewScenario>[]; strategies: DemoStrategy[] };
  crisisRoles: { on: number; roles: DemoRole[] };
  plans: DemoPlan[];
  /** Who keeps a copy of the recovery key. */
  keyHolders: DemoKeyHolder[];
  /** Calls to try whether somebody is reached. */
  contactTests: DemoContactTest[];
  exercises: DemoExercise[];
  incidents: DemoIncident[];
  judging: Judging;
  changes: DemoChange[];
  protection: { stores: Omit<Named<typeof NewStore>, 'address'>[]; policies: DemoPolicy[] };
}

export interface Inventory {
  on: number;
  sites: Named<typeof NewSite>[];
  contacts: DemoContact[];
  suppliers: (Named<typeof NewSupplier> & { checked?: number; about?: Partial<z.input<typeof NewAsset>> })[];
  assets: Named<typeof NewAsset>[];
  dependencies: z.input<typeof NewDependency>[];
  /** Days ago on which somebody confirmed what needs what; null: nobody did. */
  confirmed: number | null;
}

/** `person` is a sign-in of the demo. A point that needs an asset is told so once the assets are there. */
export type DemoContact = Omit<Named<typeof NewContact>, 'person'> & { person?: PersonKey; left?: number };

export interface Analysis {
  on: number;
  categories: Named<typeof NewImpactCategory>[];
  activities: Named<typeof NewActivity>[];
  studies: {
    on: number;
    approved: number | null;
    study: Omit<z.input<typeof NewStudy>, 'nextReviewOn'>;
    review: number;
  }[];
}

export type DemoStrategy = z.input<typeof NewStrategy> & {
  /** Place of the option, counted from one, and why. */
  choice?: { option: number; reason: string; on: number };
  inPlace?: number;
  refused?: { reason: string; on: number };
};

export type DemoRole = Omit<Named<typeof NewCrisisRole>, 'holders'> & {
  /** Holder, then deputies. */
  holders: string[];
};

export interface DemoPlan {
  ref: string;
  plan: z.input<typeof NewPlan>;
  versions: DemoVersion[];
  assertions?: z.input<typeof NewAssertion>[];
}

export interface DemoKeyHolder {
  on: number;
  contact: string;
  place: string;
  drills: { on: number; answeredBy: PersonKey }[];
}

export interface DemoVersion {
  drafted: number;
  /** Null: still a draft. */
  approved: number | null;
  changeSummary: string;
  sections: ((clock: Clock) => Omit<Section, 'payload'>[]) | null;
  /** Null: as the version before has it. */
  steps: z.input<typeof NewStep>[] | null;
  callTree: z.input<typeof NewCallNode>[] | null;
  comment?: string;
  handouts: DemoHandout[];
}

export interface DemoHandout {
  on: number;
  contacts: string[];
  channel: 'service' | 'mail' | 'paper' | 'offline-pack';
  /** Days ago on which somebody noted that they read it. */
  read?: number;
}

export interface DemoContactTest {
  on: number;
  at: string;
  contact: string;
  method: string;
  seconds: number | null;
  note?: string;
}

export interface DemoExercise {
  ref: string;
  added: number;
  on: number;
  begins: string;
  ends: string;
  planned: Omit<z.input<typeof NewExercise>, 'plannedOn' | 'objectives' | 'participants'> & {
    participants: z.input<typeof NewExercise>['participants'];
    objectives: {
      objective: string;
      target?: string;
      rating: 'met' | 'partly-met' | 'not-met';
      note?: string;
    }[];
  };
  log?: DemoEntry[];
  observations: (z.input<typeof NewObservation> & { at: string })[];
  /** A plan whose runbook is run: minutes after the beginning at which each step began, and how many it took. */
  run?: {
    plan: string;
    decidedBy: string;
    steps: [key: string, from: number, minutes: number, note?: string][];
    over: string;
  };
  review: DemoReview | null;
}

/** `day` is how many days after the beginning. */
export type DemoEntry = Omit<z.input<typeof NewLogEntry>, 'at'> & {
  time: string;
  day?: number;
  told?: string;
  by: PersonKey;
};

export interface DemoIncident {
  ref: string;
  on: number;
  incident: Omit<
    z.input<typeof NewIncident>,
    'occurredAt' | 'detectedAt' | 'declaredAt' | 'containedAt' | 'restoredAt' | 'reports'
  >;
  /** Each as days after the first and a time of day. */
  times: Record<'occurred' | 'detected' | 'declared' | 'contained' | 'restored', [day: number, time: string]>;
  reports: { to: string; due: [day: number, time: string]; done: [day: number, time: string] | null }[];
  log: DemoEntry[];
  /** A plan that was put to use, without its steps being timed. */
  activated?: {
    plan: string;
    decidedBy: string;
    at: [day: number, time: string];
    over: [day: number, time: string];
  };
  closed: [day: number, time: string];
  review: DemoReview | null;
}

export interface DemoReview {
  held: number;
  closed: number | null;
  by: PersonKey;
  said: Omit<z.input<typeof ReviewChange>, 'heldOn'>;
  lessons: (Omit<z.input<typeof NewLesson>, 'review'> & { actions?: DemoAction[] })[];
}

export interface DemoAction {
  title: string;
  owner: string;
  due: number;
  done?: { on: number; by: PersonKey };
  verified?: { on: number; by: PersonKey; effect: string };
  dropped?: { on: number; reason: string };
}

export interface Judging {
  on: number;
  frameworks: z.input<typeof NewClientFramework>[];
  decisions: (Omit<z.input<typeof NewClauseDecision>, 'until'> & { on: number; until?: number })[];
  declarations: (Omit<z.input<typeof NewDeclaration>, 'validUntil'> & {
    on: number;
    by: PersonKey;
    until: number;
  })[];
  agreements: (Omit<z.input<typeof NewAgreement>, 'validFrom' | 'validUntil'> & {
    from: number;
    until?: number;
  })[];
  /** Corrective actions that come from no review. */
  actions: (DemoAction & { on: number })[];
}

/** What was changed later, so that what was proved before has to be looked at again. */
export type DemoChange =
  | { on: number; kind: 'asset'; asset: Named<typeof NewAsset>; neededBy: z.input<typeof NewDependency>[] }
  | { on: number; kind: 'activity'; activity: string; change: Partial<z.input<typeof NewActivity>> }
  | { on: number; kind: 'impact-category'; category: string; firstIntolerable: number }
  | { on: number; kind: 'left'; contact: string };

export interface DemoPolicy {
  asset: string;
  store: string;
  /** Which of the sources that the demo makes. */
  source: 'erp' | 'folder' | 'ostrea' | 'ostreaBooks' | 'maubrey';
  intervalSeconds: number;
  /** How many restore tests the main job runs on the newest point. */
  tests: number;
}
