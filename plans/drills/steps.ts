/** What people do in a drill, as they say it themselves: begun, done, talked through, failed or left out, with name and time. */
import { z } from 'zod';
import { allow, may } from '../access.ts';
import { record } from '../audit.ts';
import { conflict, invalid, Refusal } from '../errors.ts';
import { OptionalLine } from '../text.ts';
import { personOf, type Work } from '../work.ts';
import { type Drill, type DrillItem, findDrill, findDrillForChange } from './drills.ts';
import { noteDrillEvent } from './events.ts';

export const DRILL_STEP_EVENTS = ['start', 'done', 'talk', 'fail', 'skip'] as const;

export const DrillStepEvent = z.object({
  key: z.string().max(200),
  event: z.enum(DRILL_STEP_EVENTS).describe('`talk`: said at a table, and not done'),
  note: OptionalLine(4000).default(null),
});
export type DrillStepEvent = z.infer<typeof DrillStepEvent>;

const STATES = { start: 'running', done: 'done', talk: 'talked', fail: 'failed', skip: 'skipped' } as const;
const EVENTS = { start: 'started', done: 'done', talk: 'talked', fail: 'failed', skip: 'skipped' } as const;

export async function runDrillStep(
  work: Work,
  id: string,
  { key, event, note }: DrillStepEvent,
): Promise<Drill> {
  allow(work, 'drill.confirm');
  const drill = await findDrillForChange(work, id);
  if (drill.state !== 'running') throw conflict('drill.over');
  const item = drill.items.find((one) => one.key === key);
  if (!item) throw invalid('key', 'drill.no-such-step', { key });
  const isOwn = (await ownItems(work, drill)).has(key);
  if (!isOwn && work.actor.role === 'client-approver') throw new Refusal('forbidden', 'drill.not-yours');
  refuseWrongEvent(drill, item, event, note);

  const ended = event !== 'start';
  await work.db
    .updateTable('drill_items')
    .set({
      state: STATES[event],
      is_own: isOwn,
      note: note ?? item.note,
      // What was never begun can be done, but nothing is measured then.
      ...(!ended && { started_at: work.now, started_by: work.actor.name }),
      ...(ended && { ended_at: work.now, ended_by: work.actor.name }),
      // A clock that was set back meanwhile has measured nothing.
      ...(ended && new Date(item.startedAt ?? 0) > work.now && { started_at: null }),
    })
    .where('drill_id', '=', id)
    .where('key', '=', key)
    .execute();
  await noteDrillEvent(work, drill, EVENTS[event], { item: key, note });
  await record(
    work,
    `drill-step.${EVENTS[event]}`,
    { kind: 'drill', id, client: drill.client },
    { key, name: item.name, note, isOwn },
  );
  if (ended) await work.enqueue('move-drill', { drillId: id });
  return findDrill(work, id);
}

/** Whether people do it: all but what machines restore. */
export const isForPeople = ({ mode }: Pick<Drill, 'mode'>, { kind }: Pick<DrillItem, 'kind'>): boolean =>
  kind !== 'restore' || mode === 'table-top';

/** Keys of those that are this actor's to do. */
export async function ownItems({ db, actor }: Work, { items }: Pick<Drill, 'items'>): Promise<Set<string>> {
  const person = personOf(actor);
  if (person === null) return new Set();
  const contacts = await db.selectFrom('contacts').select('id').where('person_id', '=', person).execute();
  const own = new Set(contacts.map(({ id }) => id));
  return new Set(items.filter((item) => item.contacts.some(({ id }) => own.has(id))).map(({ key }) => key));
}

/** Whether this actor may say what became of an item: staff of any, an approver of the client of their own. */
export const mayConfirm = (
  work: Pick<Work, 'actor'>,
  item: Pick<DrillItem, 'key'>,
  own: Set<string>,
): boolean => may(work, 'drill.confirm') && (work.actor.role !== 'client-approver' || own.has(item.key));

function refuseWrongEvent(
  drill: Drill,
  item: DrillItem,
  event: DrillStepEvent['event'],
  note: string | null,
) {
  const named = { item: item.name };
  if (!isForPeople(drill, item)) throw invalid('key', 'drill.by-machine', named);
  if (item.state === 'waiting' && event !== 'skip') throw conflict('drill.too-early', named);
  if (item.state === 'running' && event === 'start') throw conflict('drill.step-begun', named);
  if (item.state !== 'waiting' && item.state !== 'ready' && item.state !== 'running')
    throw conflict('drill.step-over', named);
  if (drill.mode === 'table-top' && event === 'done') throw invalid('event', 'drill.table-top', named);
  if ((event === 'fail' || event === 'skip') && !note) throw invalid('note', 'drill.say-why');
}
