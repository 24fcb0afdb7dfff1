/** Examples of alerts, and of who is told of them. */
import type { Alert } from '#/plans/alerts/alerts.ts';
import { ALERT_RULES, ALERT_SEVERITIES } from '#/plans/alerts/condition.ts';
import type { AlertDelivery } from '#/plans/alerts/deliveries.ts';
import type { Field } from '#/server/records/field.ts';
import { inputsOf } from '#/server/records/inputs.ts';
import type { AlertListView, AlertSettingsView, AlertSettingView, AlertView } from '#/server/views/alerts.ts';
import { form } from '#/server/views.ts';
import { at, changedMeanwhile, client, hash, part } from './examples.ts';

const id = (digit: number) => `00000000-0000-4000-8000-0000000000a${digit}`;
const alert: Alert = {
  id: id(1),
  client: { id: client.id, name: client.name, timeZone: client.timeZone },
  rule: 'store-trouble',
  severity: 'critical',
  state: 'open',
  reason: { key: 'alert.store-trouble', params: { store: 'Coffre de Lyon', count: 200 } },
  because: {
    code: 'store.unreachable',
    params: { address: 's3://coffre', cause: 'ECONNREFUSED' },
    message: 'No.',
  },
  subjects: [
    { kind: 'store', id: id(2), name: 'Coffre de Lyon' },
    { kind: 'asset', id: id(3), name: 'Base ERP' },
  ],
  subjectCount: 201,
  opening: 3,
  since: at,
  openedAt: at,
  lastSeenAt: at,
  acknowledgement: null,
  resolvedAt: null,
};
const taken: Alert = {
  ...alert,
  id: id(4),
  rule: 'data-too-old',
  severity: 'warning',
  state: 'acknowledged',
  reason: { key: 'alert.data-nearly-too-old', params: { asset: 'Paie', rpoSeconds: 3600 } },
  because: null,
  opening: 1,
  acknowledgement: { at, by: 'Samia Benali', until: at, note: 'Liaison rétablie ce soir.' },
};
const over: Alert = {
  ...alert,
  id: id(5),
  rule: 'action-overdue',
  severity: 'notice',
  state: 'resolved',
  reason: { key: 'alert.action-overdue', params: { name: 'Onduleur', dueDate: '2026-11-01' } },
  resolvedAt: at,
};
const asked = { state: null, severity: null, rule: null };

export const alertList: AlertListView = {
  client: null,
  here: '/alerts',
  alerts: part([alert, taken, over]),
  asked: { ...asked, severity: 'critical' },
  states: ['open', 'acknowledged', 'resolved'],
  severities: ALERT_SEVERITIES,
  rules: ALERT_RULES,
  maySeeRoutes: true,
  isUnheard: true,
};
export const noAlerts: AlertListView = {
  ...alertList,
  client,
  here: `/clients/${client.id}/alerts`,
  alerts: { items: [], total: 0, first: 0, last: 0, previous: null, next: null },
  asked,
  isUnheard: false,
};

const delivery: AlertDelivery = {
  id: id(6),
  alert: alert.id,
  client: client.id,
  route: id(7),
  occasion: 'opened',
  to: `person:${id(8)}`,
  name: 'Samia Benali',
  isDigest: false,
  state: 'accepted',
  dueAt: at,
  tries: 1,
  answer: '250 2.0.0 Ok: queued as 4F1',
  finding: null,
  createdAt: at,
  endedAt: at,
};
const deliveries: AlertDelivery[] = [
  delivery,
  {
    ...delivery,
    occasion: 'escalated',
    isDigest: true,
    state: 'waiting',
    tries: 0,
    answer: null,
    endedAt: null,
  },
  {
    ...delivery,
    occasion: 'resolved',
    state: 'failed',
    tries: 9,
    answer: null,
    finding: { code: 'alert.no-relay', params: {}, message: 'No relay.' },
  },
  { ...delivery, occasion: 'reminded', state: 'dropped' },
];

export const alertShown: AlertView = {
  client,
  alert,
  subjects: alert.subjects.map((subject) => ({ ...subject, href: `/assets/${subject.id}` })),
  moreSubjects: 199,
  story: [
    { at, kind: 'opened', by: null, note: null, told: 0 },
    { at, kind: 'acknowledged', by: 'Samia Benali', note: 'Je regarde', told: null },
    { at, kind: 'reopened', by: null, note: null, told: 2 },
  ],
  deliveries,
  version: hash,
  isSaved: true,
  mayAcknowledge: true,
  hours: [4, 24],
  form: form({}, changedMeanwhile),
};
export const alertTaken: AlertView = {
  ...alertShown,
  alert: taken,
  subjects: taken.subjects.map((subject) => ({ ...subject, href: null })),
  moreSubjects: 0,
  deliveries: [],
  isSaved: false,
  form: form(),
};

const route: AlertSettingsView['routes'][number] = {
  id: id(7),
  name: 'Astreinte',
  client: null,
  clientName: null,
  leastSeverity: 'warning',
  rules: ['backup-failed', 'store-trouble'],
  recipients: [
    { to: `person:${id(8)}`, name: 'Samia Benali', isDeputy: false, timeZone: null, trouble: null },
    {
      to: `contact:${id(9)}`,
      name: 'Ana Ruiz',
      isDeputy: true,
      timeZone: 'Europe/Paris',
      trouble: 'no-mail',
    },
  ],
  pace: 'daily',
  quietFrom: '20:00',
  quietUntil: '07:00',
  isQuietAtWeekends: true,
  doesCriticalPass: true,
  escalateAfterSeconds: 1800,
  isEnabled: false,
};
export const alertSettings: AlertSettingsView = {
  relay: null,
  hasAddress: false,
  unheard: [
    { clients: ['Valmont', 'Ostréa'], severity: 'critical', rules: [...ALERT_RULES], isEveryRule: true },
    {
      clients: ['Valmont'],
      severity: 'notice',
      rules: ['action-overdue', 'review-overdue'],
      isEveryRule: false,
    },
  ],
  routes: [
    route,
    { ...route, id: id(2), client: client.id, clientName: client.name, rules: [], isEnabled: true },
  ],
  channels: [
    {
      id: id(3),
      client: null,
      clientName: null,
      name: 'Supervision',
      kind: 'teams',
      host: 'hooks.example.com',
      isSigned: false,
      locale: 'fr',
      routes: 1,
    },
  ],
  troubled: deliveries.filter(({ finding }) => finding !== null),
  mayChange: true,
};
export const heardSettings: AlertSettingsView = {
  relay: { host: 'mail.example.com:587', from: 'reprise@example.com' },
  hasAddress: true,
  unheard: [],
  routes: [],
  channels: [],
  troubled: [],
  mayChange: false,
};

const FIELDS: Field[] = [
  { name: 'name', kind: 'line' },
  { name: 'rules', kind: 'choices', values: ALERT_RULES, words: 'alert-rule', optional: true },
  {
    name: 'recipients',
    kind: 'rows',
    fields: [
      {
        name: 'to',
        kind: 'among',
        among: [{ id: `person:${id(8)}`, name: 'Samia Benali · samia@example.com' }],
      },
      { name: 'isDeputy', kind: 'tick' },
      { name: 'timeZone', kind: 'line', max: 100, optional: true },
    ],
  },
  { name: 'escalateAfterSeconds', kind: 'duration', optional: true },
];
const typed = { name: 'Astreinte', rules: ['backup-failed'], 'recipients.0.to': `person:${id(8)}` };
export const alertRoute: AlertSettingView = {
  noun: 'alert-route',
  path: '/alert-routes',
  setting: { id: id(7), name: 'Astreinte' },
  version: hash,
  inputs: inputsOf(FIELDS, { words: 'alert-route', typed, choices: {}, errors: [] }),
  form: form(typed, changedMeanwhile),
  differences: [{ label: 'alert-route.field.name', recorded: 'Astreinte de nuit', typed: 'Astreinte' }],
  tests: deliveries.map((one) => ({ ...one, occasion: 'test' })),
  isUnderWay: true,
  mayChange: true,
  isSaved: true,
  secret: null,
  refusal: 'Ouvrez d’abord un autre circuit.',
};
export const alertChannelAdded: AlertSettingView = {
  ...alertRoute,
  noun: 'alert-channel',
  path: '/alert-channels',
  inputs: [],
  form: form(),
  differences: [],
  tests: [],
  isUnderWay: false,
  isSaved: false,
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  refusal: null,
};
