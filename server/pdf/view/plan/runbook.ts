/** The runbook with boxes to tick and lines for times: who does what, when it can begin, and what it waits for. */
import type { PlanSnapshot, RunbookStepShown } from '#/plans/reports/plan/snapshot.ts';
import type { Voice } from '../voice.ts';

export function runbookView({ runbook }: PlanSnapshot, voice: Voice) {
  const { steps, p50Seconds, p90Seconds, withoutTime } = runbook;
  const places = new Map(steps.map(({ key }, index) => [key, index + 1]));
  return {
    title:
      steps.length === 0
        ? voice.say('plan.runbook.none')
        : voice.say('plan.runbook.title', { count: steps.length, p50Seconds }),
    slow: voice.say('plan.runbook.slow', { p90Seconds }),
    incomplete: withoutTime > 0 ? voice.say('plan.runbook.without-time', { count: withoutTime }) : '',
    steps: steps.map((step, index) => stepView(step, { place: index + 1, places }, voice)),
  };
}

export type StepView = ReturnType<typeof stepView>;

export function stepView(
  step: RunbookStepShown,
  { place, places }: { place: number; places: ReadonlyMap<string, number> },
  voice: Voice,
) {
  const after = step.after.flatMap((key) => places.get(key) ?? []);
  return {
    place,
    what: step.action,
    detail: step.detail ?? '',
    test: step.successTest ?? '',
    rollback: step.rollback ?? '',
    link: step.link ?? '',
    brings: step.asset ? voice.say('plan.brings', { asset: step.asset }) : '',
    who: [step.who ?? voice.say('plan.nobody-named'), step.skill].filter(Boolean).join(' · '),
    waits:
      after.length > 0 ? voice.say('plan.after', { steps: after.join(', ') }) : voice.say('plan.at-once'),
    begins: voice.say('plan.begins', { seconds: step.beginsAfterSeconds }),
    usual: step.p50Seconds === null ? voice.say('not-set') : voice.duration(step.p50Seconds),
    slow: step.p90Seconds === null ? '' : voice.say('plan.at-most', { seconds: step.p90Seconds }),
    isOnLongestChain: step.isOnLongestChain,
  };
}
