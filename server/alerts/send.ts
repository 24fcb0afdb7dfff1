/** Sends a message of an alert by its channel, for the worker. */
import type { Tools } from '#/jobs/job.ts';
import type { Message, SealedChannel, Sent } from '#/plans/alerts/messages.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { Settings } from '../settings.ts';
import type { Templates } from '../templates.ts';
import type { Vault } from '../vault.ts';
import { type Content, contentOf } from './content.ts';
import type { Relay } from './mail.ts';
import { mailText } from './mail-text.ts';
import { ownShape, signatureOf, slackShape, teamsShape } from './shapes.ts';
import { post } from './webhook.ts';

interface Parts {
  settings: Settings;
  templates: Templates;
  vault: Pick<Vault, 'open'>;
  clock: () => Date;
}

export function openSender(parts: Parts): Tools['sendAlert'] {
  let relay: Relay | null = null;
  const { settings } = parts;
  return async (provider, message) => {
    const content = contentOf(message, { templates: parts.templates, publicUrl: settings.http.publicUrl });
    if (message.to.kind !== 'mail') return postTo(message.to, provider, message, content, parts);
    if (!settings.mail) return WITHOUT_RELAY;
    // Most processes never send: what knows SMTP is read when it is needed.
    relay ??= (await import('./mail.ts')).openRelay(settings.mail);
    return relay.send({
      to: message.to,
      subject: content.subject,
      text: mailText(content),
      html: parts.templates.render('mail/alert', message.locale as Locale, {
        ...content,
        locale: message.locale,
      }),
      id: message.id,
      thread: threadOf(message),
      isUrgent: message.told.some(
        ({ alert, occasion }) => alert.severity === 'critical' && occasion !== 'resolved',
      ),
    });
  };
}

/** Not sent, and tried again: somebody may set a relay up. */
const WITHOUT_RELAY: Sent = {
  isAccepted: false,
  answer: null,
  isFinal: false,
  finding: { code: 'alert.no-relay', params: {}, message: 'No mail relay is set up.' },
};

/** All mails of one alert belong together; a digest and a test stand alone. */
const threadOf = ({ told, isDigest }: Message): string | null =>
  isDigest || !told[0] ? null : `alert-${told[0].alert.id}`;

async function postTo(
  channel: SealedChannel,
  provider: string,
  message: Message,
  content: Content,
  { settings, vault, clock }: Parts,
): Promise<Sent> {
  const address = new URL(vault.open(provider, 'alert-channel', channel.sealedAddress));
  const body = JSON.stringify(shapeOf(channel.kind, message, content));
  const secret = channel.sealedSecret && vault.open(provider, 'alert-channel', channel.sealedSecret);
  const seconds = Math.floor(clock().getTime() / 1000);
  return post(
    {
      address,
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Reprise',
        ...(secret ? signatureOf(secret, message.id, seconds, body) : { 'webhook-id': message.id }),
      },
    },
    { isPrivateAllowed: settings.mayPostToPrivate },
  );
}

function shapeOf(kind: SealedChannel['kind'], message: Message, content: Content): object {
  if (kind === 'slack') return slackShape(content);
  if (kind === 'teams') return teamsShape(content);
  return ownShape(message, content);
}
