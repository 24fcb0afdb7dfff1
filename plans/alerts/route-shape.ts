/** What a route says: who is told of which alerts, when, and who is told when nobody answers. */
import { z } from 'zod';
import { Checkbox, Line } from '../text.ts';
import { ALERT_RULES, ALERT_SEVERITIES } from './condition.ts';

export const PACES = ['at-once', 'daily', 'weekly'] as const;

const ClockTime = z.preprocess(
  (value) => (value === '' || value === undefined ? null : value),
  z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'schedule.time' })
    .nullable(),
);

const Zone = z
  .string()
  .trim()
  .max(100)
  .refine((zone) => isZone(zone), { error: 'alert-route.time-zone' })
  .nullable();

const RouteRecipient = z.object({
  to: z
    .string()
    .regex(/^(person|contact|channel):[0-9a-f-]{36}$/, { error: 'alert-route.recipient' })
    .describe('`person:…` of the provider or client, `contact:…` of the client, or `channel:…`'),
  isDeputy: Checkbox.default(false).describe('Told only when nobody took note in time'),
  timeZone: Zone.default(null).describe('Of quiet hours and digests; null: that of the client'),
});

export const NewAlertRoute = z
  .object({
    name: Line(200),
    client: z.uuid().nullable().default(null).describe('Null: alerts of all clients'),
    leastSeverity: z.enum(ALERT_SEVERITIES).default('notice'),
    rules: z.array(z.enum(ALERT_RULES)).default([]).describe('Empty: all'),
    recipients: z.array(RouteRecipient).min(1, { error: 'alert-route.nobody' }).max(50),
    pace: z
      .enum(PACES)
      .default('at-once')
      .describe('Of what is not critical: a digest at 8 in the morning, a weekly one on Monday'),
    quietFrom: ClockTime.default(null),
    quietUntil: ClockTime.default(null),
    isQuietAtWeekends: Checkbox.default(false),
    doesCriticalPass: Checkbox.default(true).describe('What is critical is told in quiet hours too'),
    escalateAfterSeconds: z
      .int()
      .min(60)
      .max(604_800)
      .nullable()
      .default(null)
      .describe('Without acknowledgement by then, deputies are told'),
    isEnabled: Checkbox.default(true),
  })
  .refine(({ quietFrom, quietUntil }) => (quietFrom === null) === (quietUntil === null), {
    error: 'alert-route.quiet-half',
    path: ['quietUntil'],
  })
  .refine(({ quietFrom, quietUntil }) => quietFrom === null || quietFrom !== quietUntil, {
    error: 'alert-route.quiet-all-day',
    path: ['quietUntil'],
  })
  .refine(({ recipients }) => recipients.some(({ isDeputy }) => !isDeputy), {
    error: 'alert-route.deputies-only',
    path: ['recipients'],
  })
  .refine(
    ({ recipients, escalateAfterSeconds }) =>
      escalateAfterSeconds === null || recipients.some(({ isDeputy }) => isDeputy),
    { error: 'alert-route.no-deputy', path: ['escalateAfterSeconds'] },
  )
  .refine(({ recipients }) => new Set(recipients.map(({ to }) => to)).size === recipients.length, {
    error: 'alert-route.twice',
    path: ['recipients'],
  });
export type NewAlertRoute = z.infer<typeof NewAlertRoute>;

export const AlertRoute = z
  .object({
    id: z.uuid(),
    ...NewAlertRoute.shape,
    recipients: z.array(
      z.object({
        to: z.string(),
        name: z.string(),
        isDeputy: z.boolean(),
        timeZone: z.string().nullable(),
        trouble: z
          .enum(['left', 'no-access', 'no-mail'])
          .nullable()
          .describe('Why nothing reaches them; null where something can'),
      }),
    ),
  })
  .meta({ id: 'AlertRoute' });
export type AlertRoute = z.infer<typeof AlertRoute>;

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
