/** Gathers what an incident report says. */
import { findIncident } from '../../incidents.ts';
import type { Work } from '../../work.ts';
import { aftermathOf } from '../after-action/aftermath.ts';
import type { Built, ClientOrder } from '../order.ts';

export async function buildIncident(work: Work, { facts, subject }: ClientOrder): Promise<Built<'incident'>> {
  const incident = await findIncident(work, subject);
  const { id, title, description, dataLossSeconds, isReportable, reports, unrestoredReason } = incident;
  const { occurredAt, detectedAt, declaredAt, containedAt, restoredAt, closedAt } = incident;
  return {
    kind: 'incident',
    client: facts.client,
    versions: {},
    incident: {
      ...{ id, title, description, dataLossSeconds, isReportable, unrestoredReason },
      ...{ class: incident.class, severity: incident.severity },
      ...{ occurredAt, detectedAt, declaredAt, containedAt, restoredAt, closedAt },
      scenario: facts.scenarios.find((one) => one.id === incident.scenario)?.name ?? null,
      reports: reports.map(({ to, dueAt, doneAt }) => ({ to, dueAt, doneAt })),
    },
    activities: facts.activities
      .filter((one) => incident.activities.includes(one.id))
      .map(({ name, rtoSeconds, rpoSeconds, mtpdSeconds }) => ({
        name,
        rtoSeconds,
        rpoSeconds,
        mtpdSeconds,
      })),
    assets: facts.assets.filter((one) => incident.assets.includes(one.id)).map(({ name }) => name),
    aftermath: await aftermathOf(work, facts.client.id, { kind: 'incident', id }),
  };
}
