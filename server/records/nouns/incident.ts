import { may } from '#/plans/access.ts';
import { listActivations } from '#/plans/activations.ts';
import {
  addIncident,
  Closing,
  changeIncident,
  closeIncident,
  findIncident,
  findIncidentForChange,
  INCIDENT_CLASSES,
  INCIDENT_SEVERITIES,
  Incident,
  listIncidents,
  NewIncident,
} from '#/plans/incidents.ts';
import { noun } from '../noun.ts';
import { activationPart } from './activation-part.ts';
import { logAction, logNotices, logPart, toldLog } from './log-parts.ts';
import { reviewPart } from './review-part.ts';

export const incident = noun<Incident, NewIncident>({
  name: 'incident',
  path: 'incidents',
  tab: 'life',
  titleOf: ({ title }) => title,
  fields: [
    { name: 'title', kind: 'line' },
    { name: 'class', kind: 'choice', values: INCIDENT_CLASSES, words: 'incident-class' },
    { name: 'severity', kind: 'choice', values: INCIDENT_SEVERITIES, words: 'incident-severity' },
    { name: 'description', kind: 'text', optional: true, max: 10_000, rows: 5 },
    { name: 'scenario', kind: 'reference', to: 'scenarios', optional: true },
    { name: 'occurredAt', kind: 'moment', optional: true },
    { name: 'detectedAt', kind: 'moment' },
    { name: 'declaredAt', kind: 'moment', optional: true },
    { name: 'containedAt', kind: 'moment', optional: true },
    { name: 'restoredAt', kind: 'moment', optional: true },
    { name: 'dataLossSeconds', kind: 'duration', optional: true },
    { name: 'activities', kind: 'references', to: 'activities', optional: true },
    { name: 'assets', kind: 'references', to: 'assets', optional: true },
    { name: 'isReportable', kind: 'tick' },
    {
      name: 'reports',
      kind: 'rows',
      fields: [
        { name: 'to', kind: 'line' },
        { name: 'dueAt', kind: 'moment' },
        { name: 'doneAt', kind: 'moment', optional: true },
      ],
    },
  ],
  told: [
    { name: 'closedAt', kind: 'moment' },
    { name: 'unrestoredReason', kind: 'text' },
  ],
  columns: ['class', 'severity', 'detectedAt', 'restoredAt', 'closedAt'],
  item: Incident,
  input: NewIncident,
  list: listIncidents,
  find: findIncident,
  findForChange: findIncidentForChange,
  add: addIncident,
  change: changeIncident,
  right: 'life.change',
  isOpen: ({ closedAt }) => closedAt === null,
  start: async (work) => ({ detectedAt: work.now.toISOString() }),
  parts: async (work, { id, client, closedAt }) => [
    activationPart(
      (await listActivations(work, client)).filter((one) => one.incident === id),
      may(work, 'life.change') && closedAt === null
        ? `/clients/${client}/activations/new?incident=${id}`
        : null,
    ),
    await logPart(work, { kind: 'incident', id }),
    ...(await reviewPart(work, client, { kind: 'incident', id })),
  ],
  asTold: toldLog,
  notices: (work, { id }) => logNotices(work, { kind: 'incident', id }),
  actions: [
    logAction('incident', ({ closedAt }) => closedAt === null),
    {
      name: 'closure',
      fields: [{ name: 'unrestoredReason', kind: 'text', optional: true, max: 2000, rows: 2 }],
      input: Closing,
      right: 'life.change',
      isOffered: ({ closedAt }) => closedAt === null,
      run: closeIncident,
      isFinal: true,
    },
  ],
});
