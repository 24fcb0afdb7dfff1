import { z } from 'zod';
import {
  Acknowledgement,
  Alert,
  AlertsAsked,
  acknowledgeAlert,
  findAlert,
  findAlertForChange,
  listAlerts,
  releaseAlert,
} from '#/plans/alerts/alerts.ts';
import {
  AddedAlertChannel,
  AlertChannel,
  addAlertChannel,
  changeAlertChannel,
  findAlertChannel,
  findAlertChannelForChange,
  listAlertChannels,
  NewAlertChannel,
  removeAlertChannel,
} from '#/plans/alerts/channels.ts';
import { AlertDelivery, listDeliveries, listDeliveriesOf } from '#/plans/alerts/deliveries.ts';
import { AlertEvent, listEvents } from '#/plans/alerts/events.ts';
import { AlertRoute, NewAlertRoute } from '#/plans/alerts/route-shape.ts';
import {
  addAlertRoute,
  changeAlertRoute,
  findAlertRoute,
  findAlertRouteForChange,
  listAlertRoutes,
  removeAlertRoute,
} from '#/plans/alerts/routes.ts';
import { testChannel, testRoute } from '#/plans/alerts/tests.ts';
import type { Work } from '#/plans/work.ts';
import { api } from '../http/route.ts';
import { listOf, Nothing, OfClient, One, whole } from '../http/shapes.ts';

const AlertStory = Alert.extend({
  story: z.array(AlertEvent),
  deliveries: z.array(AlertDelivery),
}).meta({ id: 'AlertStory' });

interface OfOne {
  work: Work;
  params: { id: string };
}
const currentAlert = ({ work, params: { id } }: OfOne) => findAlertForChange(work, id);
const currentRoute = ({ work, params: { id } }: OfOne) => findAlertRouteForChange(work, id);
const currentChannel = ({ work, params: { id } }: OfOne) => findAlertChannelForChange(work, id);

export const alertsApi = [
  api({
    method: 'get',
    path: '/alerts',
    summary: 'What needs somebody, of all clients in scope, the most pressing first',
    query: AlertsAsked,
    output: listOf(Alert),
    run: async ({ work, query }) => whole(await listAlerts(work, { ...query, client: null })),
  }),
  api({
    method: 'get',
    path: '/clients/:client/alerts',
    summary: 'What needs somebody, of one client',
    params: OfClient,
    query: AlertsAsked,
    output: listOf(Alert),
    run: async ({ work, params: { client }, query }) => whole(await listAlerts(work, { ...query, client })),
  }),
  api({
    method: 'get',
    path: '/alerts/:id',
    summary: 'An alert with its story and who was told',
    params: One,
    output: AlertStory,
    run: async ({ work, params: { id } }) => ({
      ...(await findAlert(work, id)),
      story: await listEvents(work, id),
      deliveries: await listDeliveriesOf(work, id),
    }),
  }),
  api({
    method: 'post',
    path: '/alerts/:id/acknowledgement',
    summary: 'Take an alert on',
    params: One,
    body: Acknowledgement,
    output: Alert,
    current: currentAlert,
    run: ({ work, params: { id }, body }) => acknowledgeAlert(work, id, body),
  }),
  api({
    method: 'delete',
    path: '/alerts/:id/acknowledgement',
    summary: 'Give an alert back',
    params: One,
    output: Alert,
    current: currentAlert,
    run: ({ work, params: { id } }) => releaseAlert(work, id),
  }),
  api({
    method: 'get',
    path: '/alert-deliveries',
    summary: 'The latest hundred messages, and what relays and receivers answered',
    output: listOf(AlertDelivery),
    run: async ({ work }) => whole(await listDeliveries(work)),
  }),
];

export const alertRoutesApi = [
  api({
    method: 'get',
    path: '/alert-routes',
    summary: 'Who is told of what, and how',
    output: listOf(AlertRoute),
    run: async ({ work }) => whole(await listAlertRoutes(work)),
  }),
  api({
    method: 'post',
    path: '/alert-routes',
    summary: 'Add: alert route',
    body: NewAlertRoute,
    output: AlertRoute,
    status: 201,
    run: ({ work, body }) => addAlertRoute(work, body),
  }),
  api({
    method: 'get',
    path: '/alert-routes/:id',
    summary: 'One alert route',
    params: One,
    output: AlertRoute,
    run: ({ work, params: { id } }) => findAlertRoute(work, id),
  }),
  api({
    method: 'put',
    path: '/alert-routes/:id',
    summary: 'Change: alert route',
    params: One,
    body: NewAlertRoute,
    output: AlertRoute,
    current: currentRoute,
    run: ({ work, params: { id }, body }) => changeAlertRoute(work, id, body),
  }),
  api({
    method: 'delete',
    path: '/alert-routes/:id',
    summary: 'Remove: alert route',
    params: One,
    output: Nothing,
    status: 204,
    current: currentRoute,
    run: async ({ work, params: { id } }) => {
      await removeAlertRoute(work, id);
      return {};
    },
  }),
  api({
    method: 'post',
    path: '/alert-routes/:id/tests',
    summary: 'Send a real test to everybody on a route',
    params: One,
    output: Nothing,
    status: 202,
    startsWork: true,
    run: async ({ work, params: { id } }) => {
      await testRoute(work, id);
      return {};
    },
  }),
];

export const alertChannelsApi = [
  api({
    method: 'get',
    path: '/alert-channels',
    summary: 'Where programs are told',
    output: listOf(AlertChannel),
    run: async ({ work }) => whole(await listAlertChannels(work)),
  }),
  api({
    method: 'post',
    path: '/alert-channels',
    summary: 'Add: alert channel; the secret of a webhook is told in this answer and never again',
    body: NewAlertChannel,
    output: AddedAlertChannel,
    status: 201,
    run: ({ work, body }) => addAlertChannel(work, body),
  }),
  api({
    method: 'get',
    path: '/alert-channels/:id',
    summary: 'One alert channel',
    params: One,
    output: AlertChannel,
    run: ({ work, params: { id } }) => findAlertChannel(work, id),
  }),
  api({
    method: 'put',
    path: '/alert-channels/:id',
    summary: 'Change: alert channel',
    params: One,
    body: NewAlertChannel,
    output: AlertChannel,
    current: currentChannel,
    run: ({ work, params: { id }, body }) => changeAlertChannel(work, id, body),
  }),
  api({
    method: 'delete',
    path: '/alert-channels/:id',
    summary: 'Remove: alert channel',
    params: One,
    output: Nothing,
    status: 204,
    current: currentChannel,
    run: async ({ work, params: { id } }) => {
      await removeAlertChannel(work, id);
      return {};
    },
  }),
  api({
    method: 'post',
    path: '/alert-channels/:id/tests',
    summary: 'Post a real test to a channel',
    params: One,
    output: Nothing,
    status: 202,
    startsWork: true,
    run: async ({ work, params: { id } }) => {
      await testChannel(work, id);
      return {};
    },
  }),
];
