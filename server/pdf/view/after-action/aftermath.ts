/** What followed, as the reports of incidents and of exercises print it. */
import type { Aftermath } from '#/plans/reports/after-action/aftermath.ts';
import { type SignName, signOf } from '#/server/charts/signs.ts';
import type { Voice } from '../voice.ts';

/** All of it is people's word, and none of it wears the colour of what was proven. */
const ACTION_SIGNS: Record<string, SignName> = {
  open: 'missing',
  overdue: 'late',
  done: 'partial',
  verified: 'declared',
  dropped: 'not-applicable',
};
const STEP_SIGNS: Record<string, SignName> = {
  done: 'declared',
  failed: 'failed',
  skipped: 'not-applicable',
};

export function aftermathView({ log, isLogIntact, activations, review, actions }: Aftermath, voice: Voice) {
  return {
    log: {
      title:
        log.length === 0 ? voice.say('after.log.none') : voice.say('after.log.title', { count: log.length }),
      intact: voice.say(isLogIntact ? 'after.log.intact' : 'after.log.altered'),
      sign: signOf(isLogIntact ? 'proven' : 'contradicted'),
      isAltered: !isLogIntact,
      rows: log.map(({ seq, at, author, kind, text, corrects }) => ({
        ...{ seq, author, text },
        at: voice.moment(at),
        kind: voice.word(`log-kind.${kind}`),
        corrects: corrects === null ? '' : voice.say('after.corrects', { entry: corrects }),
      })),
    },
    activations: activations.map((one) => activationView(one, voice)),
    review: reviewView(review, actions, voice),
    actions: actions.map(({ title, owner, dueOn, state, effect }) => ({
      ...{ what: title, owner, effect: effect ?? '' },
      due: voice.say('after.due', { dueDate: dueOn }),
      state: voice.word(`action-state.${state}`),
      sign: signOf(ACTION_SIGNS[state] ?? 'missing'),
    })),
  };
}

function activationView(
  { plan, number, decidedBy, startedAt, stoodDownAt, steps }: Aftermath['activations'][number],
  voice: Voice,
) {
  return {
    title: voice.say('after.activation', { plan, number }),
    lead: voice.say(stoodDownAt ? 'after.activated' : 'after.still-active', {
      ...{ decidedBy, startedAt },
      ...(stoodDownAt && { stoodDownAt }),
    }),
    steps: steps.map((step, index) => ({
      ...{ place: index + 1, what: step.action, by: step.by ?? '', note: step.note ?? '' },
      sign: signOf(STEP_SIGNS[step.state] ?? 'not-run'),
      state: voice.word(`step-state.${step.state}`),
      took: step.seconds === null ? voice.say('not-measured') : voice.duration(step.seconds),
      planned: step.plannedSeconds === null ? voice.say('not-set') : voice.duration(step.plannedSeconds),
      tone:
        step.seconds !== null && step.plannedSeconds !== null && step.seconds > step.plannedSeconds
          ? 'is-late'
          : '',
    })),
  };
}

function reviewView(review: Aftermath['review'], actions: Aftermath['actions'], voice: Voice) {
  if (!review) return { title: voice.say('after.review.none'), state: '', parts: [], lessons: [] };
  const { heldOn, closedAt, isOverdue, dueOn, lessons } = review;
  const done = actions.filter(({ state }) => state === 'verified').length;
  return {
    title:
      lessons.length === 0
        ? voice.say('after.review.no-lesson')
        : voice.say('after.review.title', { count: lessons.length, actions: actions.length, done }),
    state: reviewState({ heldOn, closedAt, isOverdue, dueOn }, voice),
    parts: (['causes', 'whatWorked', 'whatFailed', 'participants'] as const).flatMap((part) =>
      review[part] ? [{ word: voice.say(`after.${part}`), text: review[part] }] : [],
    ),
    lessons: lessons.map(({ text, severity }) => ({
      text,
      severity: voice.word(`severity.${severity}`),
      tone: severity === 'strength' || severity === 'minor' ? '' : 'is-late',
    })),
  };
}

function reviewState(
  {
    heldOn,
    closedAt,
    isOverdue,
    dueOn,
  }: Pick<NonNullable<Aftermath['review']>, 'heldOn' | 'closedAt' | 'isOverdue' | 'dueOn'>,
  voice: Voice,
): string {
  if (closedAt) return voice.say('after.review.closed', { closedAt });
  if (heldOn) return voice.say('after.review.held', { heldDate: heldOn });
  return voice.say(isOverdue ? 'after.review.overdue' : 'after.review.due', { dueDate: dueOn });
}
