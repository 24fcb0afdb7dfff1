/** What binds a recovery time, in words: the longest step of the path, and what waited for a technician or a line. */
import type { Reason } from '../facts.ts';
import type { ActivityReadiness } from './readiness.ts';
import { because } from './reasons.ts';

type Effective = ActivityReadiness['effective'];

export function bindingReasons(
  { name: activity }: { name: string },
  {
    seconds,
    path,
    scheduled,
  }: Pick<Effective, 'path'> & { seconds: number; scheduled: NonNullable<Effective['scheduled']> },
): Reason[] {
  return [...longestStep(activity, seconds, path), ...waits(scheduled)];
}

function longestStep(activity: string, effectiveSeconds: number, path: Effective['path']): Reason[] {
  const [step] = path.toSorted((left, right) => (right.seconds ?? 0) - (left.seconds ?? 0));
  if (!step?.seconds) return [];
  const told = { activity, effectiveSeconds, asset: step.name, stepSeconds: step.seconds };
  if (step.measuredAt === null) return [because('readiness.longest-step-declared', told)];
  return [because('readiness.longest-step', { ...told, measuredAt: step.measuredAt, samples: step.samples })];
}

const waits = ({ path, technicians, links }: NonNullable<Effective['scheduled']>): Reason[] =>
  path.flatMap(({ name: asset, waitSeconds, waitsFor }) => {
    if (waitsFor === null) return [];
    if (waitsFor === 'technician')
      return [because('readiness.waits-for-technician', { asset, waitSeconds, technicians })];
    return [because('readiness.waits-for-link', { asset, waitSeconds, links })];
  });
