/** What followed an incident or an exercise: its log, the plans put to use, what was learned, and what is done about it. */
import { listActivations } from '../../activations.ts';
import { listActions } from '../../corrective-actions.ts';
import { listLessons } from '../../lessons.ts';
import { readLog, verifyLog } from '../../logbook.ts';
import { listReviews } from '../../reviews.ts';
import type { Work } from '../../work.ts';

export interface Aftermath {
  log: { seq: number; at: string; author: string; kind: string; text: string; corrects: number | null }[];
  /** Every entry was hashed again when this was made. */
  isLogIntact: boolean;
  activations: {
    plan: string;
    number: number;
    decidedBy: string;
    startedAt: string;
    stoodDownAt: string | null;
    steps: {
      action: string;
      state: string;
      startedAt: string | null;
      endedAt: string | null;
      seconds: number | null;
      plannedSeconds: number | null;
      by: string | null;
      note: string | null;
    }[];
  }[];
  review: {
    dueOn: string;
    isOverdue: boolean;
    heldOn: string | null;
    closedAt: string | null;
    participants: string | null;
    causes: string | null;
    whatWorked: string | null;
    whatFailed: string | null;
    lessons: { id: string; text: string; severity: string }[];
  } | null;
  actions: {
    title: string;
    owner: string;
    dueOn: string;
    state: string;
    effect: string | null;
    lesson: string | null;
  }[];
}

export async function aftermathOf(
  work: Work,
  client: string,
  of: { kind: 'incident' | 'exercise'; id: string },
): Promise<Aftermath> {
  const review = (await listReviews(work, client)).find(
    (one) => one.of.kind === of.kind && one.of.id === of.id,
  );
  const lessons = review ? (await listLessons(work, client)).filter((one) => one.review === review.id) : [];
  const learned = new Set(lessons.map(({ id }) => id));
  const actions = (await listActions(work, client)).filter(
    ({ lesson }) => lesson !== null && learned.has(lesson),
  );
  const activations = (await listActivations(work, client)).filter((one) => one[of.kind] === of.id);
  return {
    log: (await readLog(work, of)).map(({ seq, at, author, kind, text, corrects }) => ({
      ...{ seq, at, author, kind, text, corrects },
    })),
    isLogIntact: (await verifyLog(work, of)).isIntact,
    activations: activations.map(({ plan, number, decidedBy, startedAt, stoodDownAt, steps }) => ({
      ...{ plan: plan.title, number, decidedBy, startedAt, stoodDownAt },
      steps: steps.map((step) => ({
        ...{ action: step.action, state: step.state, startedAt: step.startedAt, endedAt: step.endedAt },
        ...{ seconds: step.seconds, plannedSeconds: step.p50Seconds, by: step.endedBy, note: step.note },
      })),
    })),
    review: review
      ? {
          ...{
            dueOn: review.dueOn,
            isOverdue: review.isOverdue,
            heldOn: review.heldOn,
            closedAt: review.closedAt,
          },
          ...{ participants: review.participants, causes: review.causes },
          ...{ whatWorked: review.whatWorked, whatFailed: review.whatFailed },
          lessons: lessons.map(({ id, text, severity }) => ({ id, text, severity })),
        }
      : null,
    actions: actions.map(({ title, owner, dueOn, state, effect, lesson }) => ({
      ...{ title, owner, dueOn, state, effect, lesson },
    })),
  };
}
