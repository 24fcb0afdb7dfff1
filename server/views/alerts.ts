import type { ALERT_STATES, Alert, AlertsAsked } from '#/plans/alerts/alerts.ts';
import type { AlertChannel } from '#/plans/alerts/channels.ts';
import type { ALERT_RULES, ALERT_SEVERITIES, AlertSubject } from '#/plans/alerts/condition.ts';
import type { AlertDelivery } from '#/plans/alerts/deliveries.ts';
import type { AlertEvent } from '#/plans/alerts/events.ts';
import type { AlertRoute } from '#/plans/alerts/route-shape.ts';
import type { Unheard } from '#/plans/alerts/unheard.ts';
import type { Client } from '#/plans/clients.ts';
import type { Input } from '../records/inputs.ts';
import type { RecordFormView } from '../records/views.ts';
import type { Form, Part } from '../views.ts';

/** `alerts/list`: of one client, or of all in sight. */
export interface AlertListView {
  client: Client | null;
  /** Address of the list. */
  here: string;
  alerts: Part<Alert>;
  asked: AlertsAsked;
  states: typeof ALERT_STATES;
  severities: readonly (typeof ALERT_SEVERITIES)[number][];
  rules: typeof ALERT_RULES;
  maySeeRoutes: boolean;
  /** Something critical would reach nobody; told to who sees routes. */
  isUnheard: boolean;
}

/** `alerts/show`. Forms post to /alerts/:id/acknowledgement and …/release. */
export interface AlertView {
  client: Client;
  alert: Alert;
  subjects: (AlertSubject & { href: string | null })[];
  moreSubjects: number;
  story: AlertEvent[];
  deliveries: AlertDelivery[];
  version: string;
  isSaved: boolean;
  mayAcknowledge: boolean;
  hours: readonly number[];
  form: Form;
}

/** `alerts/settings` */
export interface AlertSettingsView {
  relay: { host: string; from: string } | null;
  hasAddress: boolean;
  /** One line for clients of whom the same is unheard. */
  unheard: {
    clients: string[];
    severity: Unheard['severity'];
    rules: Unheard['rules'];
    isEveryRule: boolean;
  }[];
  routes: (AlertRoute & { clientName: string | null })[];
  channels: (AlertChannel & { clientName: string | null })[];
  /** What did not reach whom it was for. */
  troubled: AlertDelivery[];
  mayChange: boolean;
}

/** `alerts/edit`: a route or a channel, which `noun` says. */
export interface AlertSettingView {
  noun: 'alert-route' | 'alert-channel';
  path: string;
  /** Null for a new one. */
  setting: { id: string; name: string } | null;
  version: string | null;
  inputs: Input[];
  form: Form;
  differences: RecordFormView['differences'];
  tests: AlertDelivery[];
  /** One of them has not ended yet. */
  isUnderWay: boolean;
  mayChange: boolean;
  isSaved: boolean;
  /** Told once, right after it was made. */
  secret: string | null;
  /** Why it was not removed. */
  refusal: string | null;
}
