/** A message in words, in the language of whom it is for. It holds no secret: whoever relays it may read it. */
import type { Alert } from '#/plans/alerts/alerts.ts';
import type { Message } from '#/plans/alerts/messages.ts';
import type { Locale } from '#/plans/reports/head.ts';
import { formatsOf } from '../formats.ts';
import { sayFinding, sayReason } from '../reason-words.ts';
import type { Templates } from '../templates.ts';

const MOST_NAMED = 20;
const MOST_TOLD = 50;

/** One alert as it is told. */
export interface Item {
  id: string;
  occasion: string;
  severity: Alert['severity'];
  /** `Critique – Atelier Delorme` */
  label: string;
  client: string;
  title: string;
  because: string | null;
  facts: { label: string; value: string }[];
  subjects: string[];
  more: string | null;
  href: string | null;
}

export interface Content {
  subject: string;
  /** What this is, in a sentence: a digest, a test, an escalation. */
  lead: string;
  items: Item[];
  /** How many more there are than are told. */
  more: string | null;
  /** Label of the link to an alert. */
  open: string;
  /** Why it was sent, and by whom. */
  foot: string;
}

export function contentOf(
  message: Message,
  { templates, publicUrl }: { templates: Pick<Templates, 'say' | 'has'>; publicUrl: string | null },
): Content {
  const locale = message.locale as Locale;
  const say = (key: string, params = {}) => templates.say(locale, key, params);
  const items = message.told.map((told) => itemOf(told, locale, templates, publicUrl));
  return {
    subject: subjectOf(message, items, say),
    lead: leadOf(message, say),
    items: items.slice(0, MOST_TOLD),
    more: items.length > MOST_TOLD ? say('alert-mail.more', { count: items.length - MOST_TOLD }) : null,
    open: say('alert-mail.open'),
    foot: say('alert-mail.foot', { provider: message.provider }),
  };
}

type Say = (key: string, params?: Record<string, string | number>) => string;

function subjectOf({ told, isDigest }: Message, items: Item[], say: Say): string {
  const [only] = items;
  if (told.length === 0) return say('alert-mail.test-subject');
  if (isDigest || !only) {
    const digest = say('alert-mail.digest-subject', { count: items.length });
    const critical = items.filter((one) => one.severity === 'critical' && one.occasion !== 'resolved').length;
    return critical === 0 ? digest : say('alert-mail.digest-critical', { digest, count: critical });
  }
  // The same for all that is told of one alert, so that mail programs keep it together.
  const [{ alert }] = told as [Message['told'][number]];
  return say('alert-mail.subject', {
    client: alert.client.name,
    rule: say(`alert-rule.${alert.rule}`),
    name: alert.subjects[0]?.name ?? '',
  });
}

function leadOf({ told, isDigest }: Message, say: Say): string {
  const [only] = told;
  if (!only) return say('alert-mail.test-lead');
  if (isDigest) return say('alert-mail.digest-lead', { count: told.length });
  const { acknowledgement } = only.alert;
  const lead = say(`alert-mail.${only.occasion}-lead`);
  return acknowledgement && only.occasion !== 'resolved'
    ? `${lead} ${say('alert-mail.acknowledged', { by: acknowledgement.by })}`
    : lead;
}

function itemOf(
  { occasion, alert }: Message['told'][number],
  locale: Locale,
  templates: Pick<Templates, 'say' | 'has'>,
  publicUrl: string | null,
): Item {
  const { client, severity, reason, because, since, resolvedAt, subjects, subjectCount } = alert;
  const say = (key: string, params = {}) => templates.say(locale, key, params, client.timeZone);
  const { dateTime } = formatsOf(locale, client.timeZone);
  const named = subjects.slice(0, MOST_NAMED);
  const more = subjectCount - named.length;
  return {
    id: alert.id,
    occasion,
    severity,
    label: `${say(`alert-severity.${severity}`)} – ${client.name}`,
    client: client.name,
    title: sayReason(reason, say),
    because:
      because &&
      sayFinding(because, { say, has: (key) => templates.has(locale, key) || templates.has('en', key) }),
    facts: [
      { label: say('alert-mail.rule'), value: say(`alert-rule.${alert.rule}`) },
      { label: say('alert-mail.since'), value: `${dateTime(since)} (${client.timeZone})` },
      ...(resolvedAt && occasion === 'resolved'
        ? [{ label: say('alert-mail.until'), value: `${dateTime(resolvedAt)} (${client.timeZone})` }]
        : []),
    ],
    // One subject is named in the sentence already.
    subjects: subjectCount > 1 ? named.map(({ name }) => name) : [],
    more: subjectCount > 1 && more > 0 ? say('alert-mail.more', { count: more }) : null,
    href: publicUrl && new URL(`/alerts/${alert.id}`, publicUrl).href,
  };
}
