/** Founds incidents: what happened, the log that was kept meanwhile, how it ended, and what was learnt. */
import { activate, NewActivation, standDown } from '#/plans/activations.ts';
import { addIncident, changeIncident, closeIncident, NewIncident } from '#/plans/incidents.ts';
import { appendLogEntry, type LogOf, NewLogEntry } from '#/plans/logbook.ts';
import { findPlan } from '#/plans/plans.ts';
import type { DemoEntry, DemoIncident } from '../content/demo-client.ts';
import { reviewChapters } from './reviews.ts';
import { as, type Chapter, moment, type Story } from './story.ts';

export const incidentChapters = ({ incidents }: Story['content']): Chapter[] =>
  incidents.flatMap((incident) => [
    { on: incident.on, tell: (story) => tellIncident(story, incident) },
    ...(incident.review ? reviewChapters(incident.ref, incident.review) : []),
  ]);

/** It is written down as soon as it is declared, with what is known by then; the rest follows. */
async function tellIncident(story: Story, incident: DemoIncident): Promise<void> {
  const { client, refs } = story;
  const { on, times } = incident;
  const at = (when: readonly [number, string]) => as(story, 'samia', moment(story, on, when));
  const whole = NewIncident.parse(toldOf(story, incident));
  const { id } = await addIncident(at(times.declared), client, {
    ...whole,
    containedAt: null,
    restoredAt: null,
    dataLossSeconds: null,
    reports: whole.reports.map((report) => ({ ...report, doneAt: null })),
  });
  refs.set(incident.ref, id);
  const over = incident.activated && (await putToUse(story, incident, incident.activated));
  await tellLog(story, { kind: 'incident', id }, on, incident.log);
  await over?.();
  await changeIncident(at(incident.closed), id, whole);
  await closeIncident(at(incident.closed), id, { unrestoredReason: null });
}

/** What it answers ends the activation, once the log has been told. */
async function putToUse(
  story: Story,
  { ref, on }: DemoIncident,
  { plan, decidedBy, at, over }: NonNullable<DemoIncident['activated']>,
): Promise<() => Promise<void>> {
  const { client, refs } = story;
  const begin = as(story, 'samia', moment(story, on, at));
  const { inForce } = await findPlan(begin, refs.id(plan));
  const told = NewActivation.parse({ incident: refs.id(ref), planVersion: inForce!.id, decidedBy });
  const { id } = await activate(begin, client, told);
  return async () => {
    const end = as(story, 'samia', moment(story, on, over));
    await standDown(end, id, { stoodDownBy: decidedBy, exitCriteria: 'Activités revenues, saisies à jour.' });
  };
}

function toldOf(story: Story, { on, incident, times, reports }: DemoIncident) {
  const iso = (when: readonly [number, string]) => moment(story, on, when).toISOString();
  return {
    ...story.refs.resolve(incident),
    occurredAt: iso(times.occurred),
    detectedAt: iso(times.detected),
    declaredAt: iso(times.declared),
    containedAt: iso(times.contained),
    restoredAt: iso(times.restored),
    reports: reports.map(({ to, due, done }) => ({ to, dueAt: iso(due), doneAt: done && iso(done) })),
  };
}

/** `told` is when something happened that was written down later. */
export async function tellLog(story: Story, of: LogOf, on: number, entries: DemoEntry[]): Promise<void> {
  for (const { time, day = 0, told, by, ...entry } of entries) {
    const happened = told ? moment(story, on, [day, told]).toISOString() : null;
    await appendLogEntry(
      as(story, by, moment(story, on, [day, time])),
      of,
      NewLogEntry.parse({ ...entry, at: happened }),
    );
  }
}
