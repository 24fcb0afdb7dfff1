/** What receivers take: our own signed JSON, a Slack message, an adaptive card for Teams. */
import { createHmac } from 'node:crypto';
import { secretBytes } from '#/plans/alerts/channels.ts';
import type { Message } from '#/plans/alerts/messages.ts';
import type { Content, Item } from './content.ts';

/** For programs: the sentences beside what they were made from. */
export const ownShape = (message: Message, content: Content): object => ({
  type: message.told.length === 0 ? 'alert.test' : message.isDigest ? 'alert.digest' : 'alert.told',
  provider: message.provider,
  text: content.lead,
  alerts: message.told.map(({ occasion, alert }, place) => ({
    occasion,
    ...alert,
    title: content.items[place]?.title,
    href: content.items[place]?.href,
  })),
});

/** The header's three values: id, moment and signature, as Standard Webhooks has them. */
export function signatureOf(
  secret: string,
  id: string,
  seconds: number,
  body: string,
): Record<string, string> {
  const mac = createHmac('sha256', secretBytes(secret)).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${mac}` };
}

export const slackShape = ({ subject, lead, items, open, foot }: Content): object => ({
  text: escaped(subject),
  blocks: [
    section(`*${escaped(subject)}*\n${escaped(lead)}`),
    ...items.slice(0, 20).map((item) => section(linesOf(item, open).join('\n'))),
    { type: 'context', elements: [{ type: 'mrkdwn', text: escaped(foot) }] },
  ],
});

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2900) } });

const linesOf = ({ label, title, because, subjects, more, href }: Item, open: string): string[] => [
  `*${escaped(label)}* – ${escaped(title)}`,
  ...(because ? [escaped(because)] : []),
  ...subjects.map((name) => `• ${escaped(name)}`),
  ...(more ? [escaped(more)] : []),
  ...(href ? [`<${href}|${escaped(open)}>`] : []),
];

/** Slack's own three; a name with `<!channel>` in it calls nobody. */
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const teamsShape = ({ subject, lead, items, open, foot }: Content): object => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          { type: 'TextBlock', text: plain(subject), weight: 'Bolder', size: 'Medium', wrap: true },
          { type: 'TextBlock', text: plain(lead), wrap: true },
          ...items.slice(0, 20).map((item) => cardItem(item)),
          { type: 'TextBlock', text: plain(foot), isSubtle: true, size: 'Small', wrap: true },
        ],
        actions: items
          .flatMap(({ href }) => (href ? [{ type: 'Action.OpenUrl', title: open, url: href }] : []))
          .slice(0, 1),
      },
    },
  ],
});

const COLOURS = { critical: 'Attention', warning: 'Warning', notice: 'Default' } as const;

const cardItem = ({ label, title, because, subjects, more, severity }: Item) => ({
  type: 'Container',
  separator: true,
  items: [
    { type: 'TextBlock', text: plain(label), color: COLOURS[severity], weight: 'Bolder', wrap: true },
    ...[title, because, subjects.join(', '), more]
      .filter((text): text is string => text !== null && text !== '')
      .map((text) => ({ type: 'TextBlock', text: plain(text), wrap: true, spacing: 'Small' })),
  ],
});

/** Cards read a little Markdown: a name is no link and no list. */
const plain = (text: string) => text.replace(/([\\`*_[\]#<>])/g, '\\$1');
