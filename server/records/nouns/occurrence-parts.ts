import { CAUSES } from '#/plans/schedules/claim.ts';
import { listNextDueTimes, listSettled, OCCURRENCE_STATES } from '#/plans/schedules/occurrences.ts';
import { findSchedule } from '#/plans/schedules/schedules.ts';
import type { Work } from '#/plans/work.ts';
import type { Field } from '../field.ts';
import type { SubList } from '../noun.ts';

const NEXT = 5;
const LAST = 20;

const WHEN: Field = { name: 'dueAt', kind: 'moment' };
const WHAT: Field = {
  name: 'state',
  kind: 'choice',
  values: [...OCCURRENCE_STATES, 'called'],
  words: 'occurrence-state',
  tones: { missed: 'danger', skipped: 'warning' },
};
const WHY: Field = { name: 'cause', kind: 'choice', values: CAUSES, words: 'occurrence-cause' };

/** What is due next, and what became of what was. Where a run is none yet, since people are to begin it, `hrefOf` says null. */
export async function whatBecame(
  work: Work,
  purpose: string,
  subject: string,
  hrefOf: (run: string) => string | null,
): Promise<SubList[]> {
  const schedule = await findSchedule(work, purpose, subject);
  if (!schedule) return [];
  const next = await listNextDueTimes(work, schedule, NEXT);
  const last = await listSettled(work, schedule.id, LAST);
  return [
    {
      name: 'occurrence.next',
      columns: [WHEN],
      rows: next.map((due) => ({ href: null, values: { dueAt: due.toISOString() } })),
    },
    {
      name: 'occurrence.last',
      columns: [WHEN, WHAT, WHY],
      rows: last.map((one) => {
        const href = one.run && hrefOf(one.run);
        return { href, values: { ...one, state: one.run && !href ? 'called' : one.state } };
      }),
    },
  ];
}
