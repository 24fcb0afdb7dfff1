/** How long it takes to bring each asset back, and how that is known. What people say is never taken for what was measured. */
import type { AssetFacts, AssetKind, ClientFacts } from '../facts.ts';
import { type AssetProof, fullRestores } from './restore-proof.ts';
import { median, p90, slowest } from './samples.ts';
import { type StepRunTime, stepResources, stepRunTimes, stepsDeclared } from './step-times.ts';

/**
 * No restore brings these back, so none need measure them: without a time they stand in the path and add nothing. Time for
 * people, rooms, machines or a supplier to be there counts where somebody says it or an exercise measured it.
 */
const NOT_RESTORED: readonly AssetKind[] = [
  'premises',
  'equipment',
  'team',
  'person',
  'skill',
  'key',
  'supplier',
];

export const isRestorable = ({ kind }: Pick<AssetFacts, 'kind'>): boolean => !NOT_RESTORED.includes(kind);

/** `untimed`: no restore brings it back, and nobody says how long it takes. */
export type Standing = 'measured' | 'untimed' | 'declared' | 'unmeasured';
export type Resource = AssetFacts['recoveryResource'];

export interface Timing {
  standing: Standing;
  /** The median of what was measured, or what is said; zero where nothing is known. */
  seconds: number;
  /** `repository-proof`: a restore of what another tool made. */
  source: 'restore-test' | 'repository-proof' | 'step-run' | 'declared' | null;
  /** How many measures there are. */
  samples: number;
  /** Null while there are too few measures to say it. */
  p90Seconds: number | null;
  slowestSeconds: number | null;
  /** Of the newest measure. */
  measuredAt: string | null;
  /** The test that took this time. */
  restoreTest: string | null;
  /** What it keeps busy meanwhile. */
  resource: Resource;
}

/** Timings by asset. Measures count for `intervalDays`, and none while a failed test stands. */
export function timingsOf(
  facts: ClientFacts,
  proof: Map<string, AssetProof>,
  intervalDays: number,
): Map<string, Timing> {
  const runs = stepRunTimes(facts, intervalDays);
  const planned = stepsDeclared(facts);
  const resources = stepResources(facts);
  return new Map(
    facts.assets.map((asset) => {
      const own = proof.get(asset.id)!;
      const tests = fullRestores(own, facts.now, intervalDays);
      const stepResource = resources.get(asset.id) ?? asset.recoveryResource;
      const measured = own.failure
        ? []
        : [
            ...measuredByTests(tests, asset.recoveryResource),
            ...measuredByRuns(runs.get(asset.id) ?? [], stepResource),
          ];
      // Two kinds of measure see different parts of the work: the slower one counts.
      const [slower] = measured.toSorted((left, right) => right.seconds - left.seconds);
      if (slower) return [asset.id, slower];
      return [
        asset.id,
        own.failure ? unknown(asset) : unmeasured(asset, planned.get(asset.id), stepResource),
      ];
    }),
  );
}

function measuredByTests(tests: ReturnType<typeof fullRestores>, resource: Resource): Timing[] {
  if (tests.length === 0) return [];
  const times = tests.map(({ seconds }) => seconds);
  const seconds = median(times);
  const { id, tool } = tests.find((test) => test.seconds === seconds)!;
  return [
    {
      ...measured(times, resource),
      source: tool ? 'repository-proof' : 'restore-test',
      measuredAt: tests[0]!.finishedAt,
      restoreTest: id,
    },
  ];
}

function measuredByRuns(runs: StepRunTime[], resource: Resource): Timing[] {
  if (runs.length === 0) return [];
  const newest = runs
    .map(({ endedAt }) => endedAt)
    .toSorted((left, right) => Date.parse(right) - Date.parse(left));
  return [
    {
      ...measured(
        runs.map(({ seconds }) => seconds),
        resource,
      ),
      source: 'step-run',
      measuredAt: newest[0]!,
      restoreTest: null,
    },
  ];
}

const measured = (times: number[], resource: Resource) => ({
  standing: 'measured' as const,
  seconds: median(times),
  samples: times.length,
  p90Seconds: p90(times),
  slowestSeconds: slowest(times),
  resource,
});

/** What people say counts as said; of what the asset and a plan say, the longer. */
function unmeasured(asset: AssetFacts, planned: number | undefined, stepResource: Resource): Timing {
  const own = asset.declaredRecoverySeconds;
  if (own === null && planned === undefined)
    return isRestorable(asset) ? unknown(asset) : { ...unknown(asset), standing: 'untimed' };
  const isOfPlan = planned !== undefined && planned > (own ?? -1);
  return {
    ...unknown(asset),
    standing: 'declared',
    seconds: isOfPlan ? planned : own!,
    source: 'declared',
    resource: isOfPlan ? stepResource : asset.recoveryResource,
  };
}

const unknown = ({ recoveryResource }: AssetFacts): Timing => ({
  standing: 'unmeasured',
  seconds: 0,
  source: null,
  samples: 0,
  p90Seconds: null,
  slowestSeconds: null,
  measuredAt: null,
  restoreTest: null,
  resource: recoveryResource,
});
