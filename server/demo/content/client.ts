/** The demo's client: a firm that does not exist, as a consultant would have written it down after a month of work. */
import type { z } from 'zod';
import type { NewActivity } from '#/plans/activities.ts';
import type { Expectation } from '#/plans/assertions.ts';
import type { NewAsset } from '#/plans/assets.ts';
import type { NewClient } from '#/plans/clients.ts';
import type { DependencyKind, PlanKind } from '#/plans/facts.ts';
import type { Section } from '#/plans/plan-sections.ts';
import { ACTIVITIES } from './activities.ts';
import { ASSERTIONS } from './assertions.ts';
import { ASSETS } from './assets.ts';
import { DEPENDENCIES } from './dependencies.ts';
import { french } from './french.ts';
import { PCA } from './pca.ts';
import { PRA } from './pra.ts';

/** A `ref` stands for the id that the database gives later. */
export interface DemoContent {
  client: z.input<typeof NewClient>;
  assets: (z.input<typeof NewAsset> & { ref: string })[];
  activities: (z.input<typeof NewActivity> & { ref: string })[];
  dependencies: { from: string; to: string; kind: DependencyKind }[];
  plans: {
    kind: PlanKind;
    title: string;
    owner: string;
    reviewIntervalDays: number;
    activities: string[];
    version: { changeSummary: string; sections: Omit<Section, 'payload'>[] };
  }[];
  assertions: { asset: string; name: string; query: string; expectation: Expectation }[];
}

const everyActivity = ACTIVITIES.map(({ ref }) => ref);

export const DEMO: DemoContent = {
  client: {
    name: 'Vernazet Fluides',
    sector: 'Fabrication et distribution de raccords et flexibles hydrauliques',
    country: 'FR',
    locale: 'fr',
    timeZone: 'Europe/Paris',
  },
  assets: ASSETS.map((asset) => ({ ...asset, description: french(asset.description) })),
  activities: ACTIVITIES.map((activity) => ({
    ...activity,
    description: french(activity.description),
    mbco: french(activity.mbco),
  })),
  dependencies: DEPENDENCIES,
  plans: [
    {
      kind: 'bcp',
      title: 'Plan de continuité d’activité de Vernazet Fluides',
      owner: 'Damien Morel, responsable QHSE',
      reviewIntervalDays: 365,
      activities: everyActivity,
      version: PCA,
    },
    {
      kind: 'drp',
      title: 'Plan de reprise d’activité du système d’information',
      owner: 'Thomas Béraud, responsable informatique',
      reviewIntervalDays: 180,
      activities: everyActivity,
      version: PRA,
    },
  ],
  assertions: ASSERTIONS,
};
