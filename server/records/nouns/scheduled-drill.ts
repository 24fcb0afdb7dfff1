import { z } from 'zod';
import { listDrillCalls } from '#/plans/drill-calls.ts';
import { DRILL_MODES, startDrill } from '#/plans/drills/drills.ts';
import {
  addScheduledDrill,
  changeScheduledDrill,
  DRILL,
  findScheduledDrill,
  findScheduledDrillForChange,
  listScheduledDrills,
  NewScheduledDrill,
  removeScheduledDrill,
  ScheduledDrill,
  ScheduledDrillChange,
} from '#/plans/scheduled-drills.ts';
import type { Work } from '#/plans/work.ts';
import { type Notice, noun } from '../noun.ts';
import { besidesRhythm, scheduleFields } from '../schedule-fields.ts';
import { whatBecame } from './occurrence-parts.ts';

export const scheduledDrill = noun<ScheduledDrill, NewScheduledDrill, ScheduledDrillChange>({
  name: 'scheduled-drill',
  path: 'scheduled-drills',
  tab: 'tests',
  titleOf: ({ scenarioName }) => scenarioName,
  fields: [
    { name: 'scenario', kind: 'reference', to: 'scenarios', once: true },
    { name: 'mode', kind: 'choice', values: DRILL_MODES, words: 'drill-mode', once: true },
    { name: 'beginsByItself', kind: 'tick' },
    { name: 'beginWithinSeconds', kind: 'duration' },
    { name: 'deadlineSeconds', kind: 'duration' },
    ...scheduleFields(['interval', 'daily', 'weekly', 'monthly', 'cron']).filter(
      ({ name }) => name !== 'completionWindowSeconds', // a drill has its own longest time
    ),
  ],
  told: [
    { name: 'nextDueAt', kind: 'moment' },
    { name: 'beginBy', kind: 'moment' },
  ],
  apart: ({ rhythm }) => besidesRhythm(rhythm),
  columns: ['mode', 'rhythm', 'nextDueAt', 'beginBy', 'beginsByItself'],
  item: ScheduledDrill,
  input: NewScheduledDrill,
  changeInput: ScheduledDrillChange,
  list: listScheduledDrills,
  find: findScheduledDrill,
  findForChange: findScheduledDrillForChange,
  add: addScheduledDrill,
  change: changeScheduledDrill,
  remove: removeScheduledDrill,
  right: 'protection.change',
  start: async () => ({
    mode: 'restore',
    beginWithinSeconds: 14 * 86_400,
    deadlineSeconds: 8 * 3600,
    rhythm: 'cron',
    expression: '0 9 1 3,9 *',
    startWindowSeconds: 604_800,
    catchUp: 'once',
  }),
  actions: [
    {
      name: 'beginning',
      fields: [],
      input: z.object({}),
      right: 'drill.request',
      isOffered: ({ beginBy }) => beginBy !== null,
      isAwaited: true,
      run: beginNow,
    },
  ],
  notices: async (work, item) => [...awaited(item), ...(await whyCalled(work, item))],
  parts: async (work, { id }) => {
    const drills = new Map((await listDrillCalls(work, id)).map(({ id: call, drill }) => [call, drill]));
    return whatBecame(work, DRILL, id, (run) => {
      const drill = drills.get(run);
      return drill ? `/drills/${drill}` : null;
    });
  },
});

/** As its schedule has it; who wants it otherwise, prepares one of the scenario. */
async function beginNow(work: Work, id: string) {
  const { client, scenario, mode, deadlineSeconds } = await findScheduledDrill(work, id);
  const question = { scenario, activities: null, absent: [], lostStores: [], compromisedAt: null };
  return startDrill(work, client, { ...question, mode, deadlineSeconds });
}

const awaited = ({ beginBy, isOverdue }: ScheduledDrill): Notice[] =>
  beginBy === null
    ? []
    : [
        {
          kind: isOverdue ? 'danger' : 'warning',
          reason: {
            key: isOverdue ? 'scheduled-drill.overdue' : 'scheduled-drill.awaited',
            params: { beginByAt: beginBy },
          },
        },
      ];

async function whyCalled(work: Work, { id }: ScheduledDrill): Promise<Notice[]> {
  const [last] = await listDrillCalls(work, id);
  if (!last?.finding || last.drill !== null) return [];
  return [{ kind: 'plain', reason: { key: `finding.${last.finding.code}`, params: last.finding.params } }];
}
