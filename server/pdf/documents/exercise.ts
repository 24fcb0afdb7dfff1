/** The exercise report: what was tried and by whom, which objectives were met, what was seen, and what is done about it. */
import type { ExerciseSnapshot } from '#/plans/reports/exercise/snapshot.ts';
import { type SignName, signOf } from '#/server/charts/signs.ts';
import { aftermathView } from '../view/after-action/aftermath.ts';
import { chapter, frameOf } from '../view/frame.ts';
import { cleaned } from '../view/user-text.ts';
import type { Voice } from '../view/voice.ts';

const LIMITS = ['recorded', 'exercise-people', 'no-opinion'];
/** Given by people: met is said, not proven. */
const RATINGS: Record<string, SignName> = { met: 'declared', 'partly-met': 'partial', 'not-met': 'failed' };

export function exerciseView(given: ExerciseSnapshot, voice: Voice) {
  const snapshot = cleaned(given);
  const { client, exercise, aftermath } = snapshot;
  const seconds =
    exercise.startedAt && exercise.endedAt
      ? (Date.parse(exercise.endedAt) - Date.parse(exercise.startedAt)) / 1000
      : null;
  return {
    ...frameOf(given, voice, {
      owner: client.name,
      title: exercise.title,
      chapters: [
        chapter(voice, 'objectives', '1'),
        chapter(voice, 'course', '2'),
        chapter(voice, 'learned', '3'),
        chapter(voice, 'log', 'A'),
        chapter(voice, 'closing', 'B'),
      ],
      facts: [{ word: voice.say('exercise.kind'), text: voice.word(`exercise-kind.${exercise.kind}`) }],
      limits: LIMITS,
    }),
    scope: voice.say('exercise.scope', { title: exercise.title, plannedDate: exercise.plannedOn }),
    title: titleOf(snapshot, voice),
    calledOff: exercise.calledOffReason ?? '',
    summary: exercise.summary ?? voice.say('exercise.no-summary'),
    about: [
      [voice.say('exercise.scenario'), exercise.scenario ?? voice.say('none')],
      [voice.say('exercise.plans'), exercise.plans.join(', ') || voice.say('none')],
      [
        voice.say('exercise.when'),
        exercise.startedAt ? voice.moment(exercise.startedAt) : voice.say('incident.not-recorded'),
      ],
      [voice.say('exercise.lasted'), seconds === null ? voice.say('not-measured') : voice.duration(seconds)],
    ].map(([word, text]) => ({ word, text })),
    objectives: exercise.objectives.map(({ objective, target, rating, note }) => ({
      ...{ objective, target: target ?? '', note: note ?? '' },
      rating: rating ? voice.word(`rating.${rating}`) : voice.say('exercise.not-rated'),
      sign: signOf(RATINGS[rating ?? ''] ?? 'missing'),
    })),
    participants: exercise.participants.map(({ name, part, wasPresent }) => ({
      name,
      part: voice.word(`exercise-part.${part}`),
      present: voice.say(wasPresent ? 'exercise.present' : 'exercise.absent'),
      sign: signOf(wasPresent ? 'declared' : 'missing'),
    })),
    injects: exercise.injects.map(({ atSeconds, message, givenTo, expected, outcome }) => ({
      ...{
        message,
        givenTo: givenTo ?? '',
        expected: expected ?? '',
        outcome: outcome ?? voice.say('exercise.no-outcome'),
      },
      at: voice.say('plan.begins', { seconds: atSeconds }),
    })),
    observations: exercise.observations.map(({ at, author, note, severity }) => ({
      ...{ author, note, at: voice.moment(at) },
      severity: voice.word(`severity.${severity}`),
    })),
    aftermath: aftermathView(aftermath, voice),
  };
}

/** What was not rated is not met. */
function titleOf({ exercise }: ExerciseSnapshot, voice: Voice): string {
  const { state, objectives } = exercise;
  if (state === 'called-off') return voice.say('exercise.title.called-off');
  if (objectives.length === 0) return voice.say('exercise.title.no-objective');
  const met = objectives.filter(({ rating }) => rating === 'met').length;
  return voice.say('exercise.title', { count: met, total: objectives.length });
}
