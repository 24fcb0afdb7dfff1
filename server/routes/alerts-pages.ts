import { z } from 'zod';
import { may } from '#/plans/access.ts';
import {
  ACKNOWLEDGED_FOR_HOURS,
  Acknowledgement,
  ALERT_STATES,
  AlertsAsked,
  acknowledgeAlert,
  findAlert,
  findAlertForChange,
  listAlerts,
  releaseAlert,
} from '#/plans/alerts/alerts.ts';
import { ALERT_RULES, ALERT_SEVERITIES } from '#/plans/alerts/condition.ts';
import { listDeliveriesOf } from '#/plans/alerts/deliveries.ts';
import { listEvents } from '#/plans/alerts/events.ts';
import { reachOf } from '#/plans/alerts/recipients.ts';
import { listAlertRoutes } from '#/plans/alerts/routes.ts';
import { clientNames, unheardOf } from '#/plans/alerts/unheard.ts';
import { type Client, findClient } from '#/plans/clients.ts';
import type { Work } from '#/plans/work.ts';
import { pageOfSubject } from '../alerts/subject-pages.ts';
import { etagOf, page, type Route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { OfClient, One } from '../http/shapes.ts';
import type { AlertListView, AlertView } from '../views/alerts.ts';
import { type Form, form } from '../views.ts';
import { PageNumber, partOf } from './parts.ts';

const Asked = AlertsAsked.extend({ page: PageNumber });
const current = ({ work, params: { id } }: { work: Work; params: { id: string } }) =>
  findAlertForChange(work, id);

/** What needs somebody: of all clients, of one, and one alert with its story. */
export const alertsPages = ({ settings }: Pick<Services, 'settings'>): Route[] => [
  page({
    method: 'get',
    path: '/alerts',
    summary: 'Alerts of all clients',
    query: Asked,
    run: async ({ work, query }) => ({
      show: 'alerts/list',
      data: { ...(await list(work, null, query)), isUnheard: await isUnheard(work, settings) },
    }),
  }),
  page({
    method: 'get',
    path: '/clients/:client/alerts',
    summary: 'Alerts of a client',
    params: OfClient,
    query: Asked,
    run: async ({ work, params: { client }, query }) => ({
      show: 'alerts/list',
      data: await list(work, await findClient(work, client), query),
    }),
  }),
  page({
    method: 'get',
    path: '/alerts/:id',
    summary: 'An alert',
    params: One,
    query: z.object({ saved: z.string().optional() }),
    run: async ({ work, params: { id }, query: { saved } }) => ({
      show: 'alerts/show',
      data: { ...(await view(work, id, form())), isSaved: saved !== undefined },
    }),
  }),
  page({
    method: 'post',
    path: '/alerts/:id/acknowledgement',
    summary: 'Take an alert on',
    params: One,
    body: Acknowledgement,
    current,
    run: async ({ work, params: { id }, body }) => {
      await acknowledgeAlert(work, id, body);
      return { goTo: `/alerts/${id}?saved` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'alerts/show',
      data: await view(work, id, form(typed, problem)),
    }),
  }),
  page({
    method: 'post',
    path: '/alerts/:id/release',
    summary: 'Give an alert back',
    params: One,
    current,
    run: async ({ work, params: { id } }) => {
      await releaseAlert(work, id);
      return { goTo: `/alerts/${id}?saved` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'alerts/show',
      data: await view(work, id, form(typed, problem)),
    }),
  }),
];

async function list(
  work: Work,
  client: Client | null,
  { page: number, ...asked }: z.output<typeof Asked>,
): Promise<AlertListView> {
  const here = client ? `/clients/${client.id}/alerts` : '/alerts';
  const alerts = await listAlerts(work, { ...asked, client: client?.id ?? null });
  const filters = Object.entries(asked).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return {
    client,
    here,
    alerts: partOf(
      alerts,
      number,
      (wanted) => `${here}?${new URLSearchParams([...filters, ['page', String(wanted)]])}`,
    ),
    asked,
    states: ALERT_STATES,
    severities: ALERT_SEVERITIES.toReversed(),
    rules: ALERT_RULES,
    maySeeRoutes: may(work, 'alert-route.read'),
    isUnheard: false,
  };
}

async function isUnheard(work: Work, { mail }: Services['settings']): Promise<boolean> {
  if (!may(work, 'alert-route.read')) return false;
  const heard = { routes: await listAlertRoutes(work), reach: await reachOf(work), hasRelay: mail !== null };
  return unheardOf(await clientNames(work), heard).some(({ severity }) => severity === 'critical');
}

async function view(work: Work, id: string, shown: Form): Promise<AlertView> {
  const alert = await findAlert(work, id);
  const maySeePages = may(work, 'protection.read');
  return {
    client: await findClient(work, alert.client.id),
    alert,
    subjects: alert.subjects.map((one) => ({ ...one, href: maySeePages ? pageOfSubject(one) : null })),
    moreSubjects: alert.subjectCount - alert.subjects.length,
    story: await listEvents(work, id),
    deliveries: await listDeliveriesOf(work, id),
    version: etagOf(alert),
    isSaved: false,
    mayAcknowledge: may(work, 'alert.acknowledge'),
    hours: ACKNOWLEDGED_FOR_HOURS.filter((hours) => alert.severity !== 'critical' || hours <= 168),
    form: shown,
  };
}
