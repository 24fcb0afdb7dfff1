/** What readiness and coverage answer, field by field, for the JSON interface's description. */
import { z } from 'zod';
import { COVERAGE_STATES, type Coverage } from '#/plans/coverage/coverage.ts';
import type { Readiness } from '#/plans/readiness/readiness.ts';

const Reason = z
  .object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })
  .describe('A sentence by its key; the words are in the pages’ languages')
  .meta({ id: 'Reason' });

const Level = z.union([
  z.literal(0),
  z.literal(1),
  z.literal(2),
  z.literal(3),
  z.literal(4),
  z.literal(5),
  z.literal(6),
  z.literal(7),
]);
const Seconds = z.number().nullable();

const PathStep = z.object({
  asset: z.uuid(),
  name: z.string(),
  isRestorable: z
    .boolean()
    .describe('False for people, premises, suppliers and the like: no restore measures them'),
  seconds: Seconds.describe('The median of its measures, or what is declared; null: not known'),
  source: z.enum(['restore-test', 'repository-proof', 'step-run', 'declared']).nullable(),
  samples: z.int().describe('How many measures there are'),
  p90Seconds: Seconds.describe('Nine of ten take no longer, with 90 % confidence; null below 22 measures'),
  measuredAt: z.iso.datetime().nullable(),
  restoreTest: z.uuid().nullable(),
});

const ScheduledStep = z.object({
  asset: z.uuid(),
  name: z.string(),
  waitSeconds: z.number(),
  waitsFor: z.enum(['technician', 'link']).nullable(),
});

const Effective = z.object({
  verdict: z
    .enum(['within', 'late', 'declared', 'declared-late', 'unmeasured', 'no-objective'])
    .describe('On what is scheduled. `declared`: a number on the way is somebody’s word'),
  seconds: Seconds.describe('With as many technicians and lines as anybody could want'),
  knownSeconds: Seconds.describe('What measures alone bear out: it takes at least that'),
  scheduled: z
    .object({
      seconds: z.number(),
      technicians: z.int(),
      links: z.int(),
      path: z.array(ScheduledStep),
    })
    .nullable()
    .describe('With the technicians and lines the client has; null while unmeasured'),
  path: z.array(PathStep).describe('The longest chain of restores, in the order of recovery'),
  reasons: z.array(Reason).describe('What keeps the time from being a measured one'),
  binding: z.array(Reason).describe('What binds the time'),
});

const ObservedRpo = z
  .object({
    verdict: z.enum(['within', 'late', 'unmeasured', 'no-objective']),
    seconds: Seconds,
    asset: z.uuid().nullable().describe('The data set with the worst gap'),
    claimedSeconds: Seconds.describe('The same gap over all points, proven or not'),
    reasons: z.array(Reason),
  })
  .describe('Worst gap in the last 90 days between proven points, and to now');

const UnderCompromise = z.object({
  dwellDays: z.number(),
  state: z
    .enum(['kept', 'none', 'unknown'])
    .describe('`unknown`: there are copies from before, and no record shows that they were locked'),
  seconds: Seconds.describe('Work lost with the worst data set'),
  asset: z.uuid().nullable(),
  reasons: z.array(Reason),
});

const ActivityReadiness = z
  .object({
    activity: z.uuid(),
    name: z.string(),
    isPriority: z.boolean(),
    mtpdSeconds: Seconds,
    rtoSeconds: Seconds,
    rpoSeconds: Seconds,
    level: Level.describe('R0 to R7'),
    missing: Reason.nullable().describe('The one step that is missing for the next level; null at R7'),
    effective: Effective,
    observedRpo: ObservedRpo,
    underCompromise: z
      .array(UnderCompromise)
      .describe('What is left when somebody with every right was in for so many days'),
    contradictions: z.array(Reason),
  })
  .meta({ id: 'ActivityReadiness' });

const Named = z.object({ id: z.uuid(), name: z.string() });

const Deadlock = z
  .object({
    scenarios: z.array(Named).describe('In which it holds'),
    isCircle: z.boolean().describe('False when there is nothing it could come back from'),
    circle: z.array(
      Named.extend({ kind: z.enum(['asset', 'copies', 'store', 'plan', 'contact']) }).describe(
        'It waits for the next, and the last for the first. `copies`: of the asset of that id',
      ),
    ),
    assets: z.array(z.uuid()).describe('All that stays away because of it'),
    activities: z.array(z.uuid()),
    breaks: z.array(Reason).describe('What would open it, each alone, the easiest first'),
  })
  .meta({ id: 'RecoveryDeadlock' });

export const ReadinessAnswer = z
  .object({
    level: Level.describe('Of the weakest priority activity; 0 when there is none'),
    weakest: z.uuid().nullable(),
    missing: Reason.nullable(),
    activities: z.array(ActivityReadiness),
    contradictions: z.array(Reason).describe('Of the client as a whole'),
    cycles: z.array(z.array(z.uuid())).describe('Assets that wait for each other'),
    deadlocks: z.array(Deadlock).describe('What never comes back in a retained scenario'),
  })
  .meta({ id: 'Readiness' });

const Clause = z.object({
  framework: z.string(),
  ref: z.string(),
  paraphrase: z.string().describe('In the reader’s language, our own words'),
  state: z.enum(COVERAGE_STATES),
  reasons: z.array(Reason),
  evidence: z.array(z.string()).describe('Ids of the records behind the state, whatever the state'),
  isUnchecked: z.boolean().describe('The clause number was not checked against the source text'),
});

const Framework = z.object({
  framework: z.string(),
  name: z.string(),
  level: z.string().nullable().describe('The client’s level of it; null: all levels are looked at'),
  total: z.int().describe('Rows that apply'),
  provenShare: z.number().min(0).max(1),
  declaredShare: z.number().min(0).max(1).describe('Never added to what is proven'),
  counts: z.record(z.enum(COVERAGE_STATES), z.int()),
  clauses: z.array(Clause),
});

export const CoverageAnswer = z
  .object({ catalogueVersion: z.string(), frameworks: z.array(Framework) })
  .meta({ id: 'Coverage' });

/** Both say the same, whoever changes one: else this does not compile. */
type Same<One, Other> = [One, Other] extends [Other, One] ? true : false;
true satisfies Same<z.output<typeof ReadinessAnswer>, Readiness>;
true satisfies Same<z.output<typeof CoverageAnswer>, Coverage>;
