/** What a drill does: in which order, by whom or from which point, and how long it is to take. Plain data, kept as it was made. */
import { z } from 'zod';

const Words = z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });
const Named = z.object({ id: z.string(), name: z.string() });

export const ITEM_KINDS = ['restore', 'step', 'rebuild'] as const;

export const PlannedItem = z.object({
  key: z.string(),
  kind: z
    .enum(ITEM_KINDS)
    .describe(
      '`restore`: from a recovery point; `step`: of a runbook; `rebuild`: an asset that no runbook has',
    ),
  name: z.string(),
  asset: Named.nullable(),
  point: z.object({ id: z.string(), dataTime: z.iso.datetime(), store: z.string() }).nullable(),
  step: z.object({ plan: Named, version: z.string(), key: z.string() }).nullable(),
  role: z.string().nullable(),
  /** Who is to do it, the first first. */
  contacts: z.array(Named),
  resource: z.enum(['none', 'technician', 'link']),
  /** Null while nobody knows. */
  seconds: z.number().nullable(),
  isMeasured: z.boolean(),
  /** Keys of the items that come before. */
  after: z.array(z.string()),
  startsAt: z.number(),
  endsAt: z.number(),
});
export type PlannedItem = z.infer<typeof PlannedItem>;

export const PlannedActivity = z.object({
  id: z.string(),
  name: z.string(),
  rtoSeconds: z.number().nullable(),
  rpoSeconds: z.number().nullable(),
  hasPath: z.boolean(),
  /** Why it has none. */
  reasons: z.array(Words),
  /** Items that must be over before it works again. */
  items: z.array(z.string()),
  expectedSeconds: z.number().nullable(),
  /** Age of the oldest data it would go on with, at the alarm. */
  lossSeconds: z.number().nullable(),
});
export type PlannedActivity = z.infer<typeof PlannedActivity>;

export const DrillPlan = z.object({
  scenario: Named,
  compromisedAt: z.iso.datetime().nullable(),
  lost: z.array(Named.extend({ kind: z.string(), isHit: z.boolean(), isGone: z.boolean() })),
  absent: z.array(Named),
  stores: z.array(Named.extend({ lostBy: z.enum(['site', 'account']).nullable() })),
  activities: z.array(PlannedActivity),
  items: z.array(PlannedItem),
  expectedSeconds: z.number(),
  technicians: z.int(),
  links: z.int(),
  caveats: z.array(Words),
});
export type DrillPlan = z.infer<typeof DrillPlan>;
