/** Begins scenario drills that are due, or calls people to begin them. */
import { addDrillCall, listDrillCalls } from './drill-calls.ts';
import { isDrillUnderWay, previewDrill, startDrill } from './drills/drills.ts';
import { Refusal } from './errors.ts';
import { type Finding, finding } from './findings.ts';
import { findScheduledDrill, type ScheduledDrill } from './scheduled-drills.ts';
import type { Purpose } from './schedules/purpose.ts';
import type { Work } from './work.ts';

export const scheduledDrills: Purpose = {
  async begin(work, { subject }) {
    const scheduled = await findScheduledDrill(work, subject);
    const [last] = await listDrillCalls(work, subject);
    if (last && last.drill === null) return 'overlap';
    if (await isDrillUnderWay(work, scheduled.scenario)) return 'overlap';
    const began = scheduled.beginsByItself ? await beginByItself(work, scheduled) : null;
    const call = {
      beginBy: new Date(work.now.getTime() + scheduled.beginWithinSeconds * 1000),
      drill: typeof began === 'string' ? began : null,
      finding: typeof began === 'string' ? null : began,
    };
    return { run: await addDrillCall(work, scheduled, call) };
  },
};

/** The drill, or why it needs people. What cannot be drilled at all is not left out in silence: they are called to see why. */
async function beginByItself(work: Work, scheduled: ScheduledDrill): Promise<string | Finding> {
  const { client, scenario, mode, deadlineSeconds } = scheduled;
  const question = { scenario, activities: null, absent: [], lostStores: [], compromisedAt: null };
  const { items } = await previewDrill(work, client, question);
  if (items.some(({ kind }) => kind !== 'restore'))
    return finding('scheduled-drill.needs-people', 'The drill has steps that people do: it waits for them.');
  try {
    return (await startDrill(work, client, { ...question, mode, deadlineSeconds })).id;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.key === 'drill.no-path'
      ? finding('scheduled-drill.no-path', 'Nothing comes back from what the scenario leaves.')
      : finding('scheduled-drill.nothing-stands-still', 'The scenario stops no activity.');
  }
}
