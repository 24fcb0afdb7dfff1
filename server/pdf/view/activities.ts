/** Chapter 2: where each activity stands, and what binds its return. */
import type { Reason } from '#/plans/facts.ts';
import type { ActivityReadiness, PathStep, Readiness } from '#/plans/readiness/readiness.ts';
import { barAgainstObjective } from '#/server/charts/bar-against-objective.ts';
import { ladderDots } from '#/server/charts/ladder.ts';
import { signOf } from '#/server/charts/signs.ts';
import { sentences, someOf, type Voice } from './voice.ts';

export function activitiesView({ activities, contradictions }: Readiness, voice: Voice) {
  return {
    title: titleOf(activities, voice),
    rows: activities.toSorted(urgentFirst).map((activity) => activityView(activity, voice)),
    clientContradictions: sentences(contradictions, voice),
  };
}

/** Priority before the rest, the weakest of each first. */
const urgentFirst = (left: ActivityReadiness, right: ActivityReadiness) =>
  Number(right.isPriority) - Number(left.isPriority) || left.level - right.level;

/** The title speaks of the priority activities; without any, of all. */
function titleOf(activities: ActivityReadiness[], voice: Voice): string {
  const priority = activities.filter(({ isPriority }) => isPriority);
  if (activities.length === 0) return voice.say('readiness.title.empty');
  if (priority.length === 0) return voice.say('readiness.title.no-priority', { count: activities.length });
  const of = (...verdicts: string[]) =>
    priority.filter(({ effective }) => verdicts.includes(effective.verdict)).length;
  const [total, late, unmeasured, within] = [priority.length, of('late'), of('unmeasured'), of('within')];
  const declared = of('declared', 'declared-late');
  if (late > 0 && unmeasured > 0)
    return voice.say('readiness.title.late-and-unmeasured', { late, unmeasured, total });
  if (late > 0) return someOf('readiness.title.late', { count: late, total }, voice);
  if (unmeasured > 0) return someOf('readiness.title.unmeasured', { count: unmeasured, total }, voice);
  if (declared > 0) return someOf('readiness.title.declared', { count: declared, total }, voice);
  if (within === total) return voice.say('readiness.title.within', { count: total });
  return someOf('readiness.title.no-objective', { count: total - within, total }, voice);
}

function activityView(activity: ActivityReadiness, voice: Voice) {
  const { name, level, missing, isPriority, mtpdSeconds, rtoSeconds, rpoSeconds, effective } = activity;
  return {
    name,
    isPriority,
    level: `R${level}`,
    levelName: voice.say(`level.R${level}`),
    dots: ladderDots({
      level,
      title: voice.say('chart.ladder', { name }),
      desc: voice.say('chart.ladder-of', { level: `R${level}`, step: voice.say(`level.R${level}`) }),
    }),
    missing: missing ? voice.reason(missing) : voice.say('readiness.nothing-missing'),
    mtpd: objective(mtpdSeconds, voice),
    rto: objective(rtoSeconds, voice),
    rpo: objective(rpoSeconds, voice),
    time: timeView(activity, voice),
    loss: lossView(activity, voice),
    underCompromise: underCompromise(activity, voice),
    binding: sentences(effective.binding, voice),
    path: effective.path.map((step, index) => stepView(step, { isFirst: index === 0 }, voice)),
    contradictions: sentences(activity.contradictions, voice),
    reasons: sentences(otherReasons(activity), voice),
  };
}

const objective = (seconds: number | null, voice: Voice) =>
  seconds === null ? voice.say('not-set') : voice.duration(seconds);

/** Each reason once: contradictions and the missing step are told in places of their own. */
function otherReasons({ effective, observedRpo, contradictions, missing }: ActivityReadiness): Reason[] {
  const told = new Set([...contradictions, missing].map((reason) => JSON.stringify(reason)));
  return [...effective.reasons, ...observedRpo.reasons].filter((reason) => !told.has(JSON.stringify(reason)));
}

function timeView({ name, effective, rtoSeconds }: ActivityReadiness, voice: Voice) {
  const { verdict, scheduled } = effective;
  const seconds = scheduled?.seconds ?? effective.seconds;
  const measured = measureOf(verdict, seconds, voice);
  const against = objective(rtoSeconds, voice);
  return {
    ...verdictView(verdict, measured, voice),
    means: meansOf(effective, voice),
    bar: barAgainstObjective({
      verdict,
      seconds,
      objectiveSeconds: rtoSeconds,
      title: voice.say('chart.time', { name }),
      desc: voice.say('chart.against', { measured, against, verdict: voice.say(`verdict.${verdict}`) }),
    }),
  };
}

/** Both figures, where something has to wait for a technician or a line. */
function meansOf({ seconds, scheduled }: ActivityReadiness['effective'], voice: Voice): string {
  if (seconds === null || scheduled === null || scheduled.seconds <= seconds) return '';
  const { technicians, links } = scheduled;
  return voice.say('readiness.scheduled', { technicians, links, unlimitedSeconds: seconds });
}

function underCompromise({ underCompromise: losses }: ActivityReadiness, voice: Voice): string {
  const told = losses.map(({ state, dwellDays, seconds }) =>
    voice.say(`readiness.loss-${state}`, { dwellDays, seconds }),
  );
  return voice.say('readiness.under-compromise', { losses: told.join(', ') });
}

function lossView({ name, observedRpo, rpoSeconds }: ActivityReadiness, voice: Voice) {
  const { verdict, seconds, claimedSeconds } = observedRpo;
  const measured = measureOf(verdict, seconds, voice);
  const against = objective(rpoSeconds, voice);
  return {
    ...verdictView(verdict, measured, voice),
    claimed: claimedSeconds === null ? '' : voice.say('readiness.claimed', { claimedSeconds }),
    bar: barAgainstObjective({
      verdict,
      seconds,
      objectiveSeconds: rpoSeconds,
      claimedSeconds,
      title: voice.say('chart.loss', { name }),
      desc: voice.say('chart.against', { measured, against, verdict: voice.say(`verdict.${verdict}`) }),
    }),
  };
}

type Verdict = ActivityReadiness['effective']['verdict'];

/** What is known of something unmeasured is a lower bound, and zero of it is nothing. */
function measureOf(verdict: Verdict, seconds: number | null, voice: Voice): string {
  if (seconds === null || (verdict === 'unmeasured' && seconds === 0)) return voice.say('not-measured');
  return verdict === 'unmeasured' ? voice.say('at-least', { seconds }) : voice.duration(seconds);
}

/** Of what is not measured at all, the measure and the verdict are the same words: they stand once. */
const verdictView = (verdict: Verdict, measured: string, voice: Voice) => ({
  measured,
  verdict: measured === voice.say(`verdict.${verdict}`) ? '' : voice.say(`verdict.${verdict}`),
  sign: signOf(verdict),
  tone: `is-${verdict}`,
});

function stepView(step: PathStep, { isFirst }: { isFirst: boolean }, voice: Voice) {
  return { name: step.name, isFirst, ...stepTime(step, voice), chevron: signOf('chevron', 9) };
}

function stepTime({ isRestorable, seconds, source, samples, p90Seconds }: PathStep, voice: Voice) {
  if (seconds === null && isRestorable) return { tone: 'step-unmeasured', time: voice.say('not-measured') };
  if (seconds === null) return { tone: 'step-untimed', time: voice.say('readiness.untimed') };
  if (source === 'declared')
    return { tone: 'step-declared', time: voice.say('readiness.declared', { seconds }) };
  if (p90Seconds !== null)
    return {
      tone: 'step-measured',
      time: voice.say('readiness.measured-p90', { seconds, samples, p90Seconds }),
    };
  if (samples > 1)
    return { tone: 'step-measured', time: voice.say('readiness.measured', { seconds, samples }) };
  return { tone: 'step-measured', time: voice.duration(seconds) };
}
